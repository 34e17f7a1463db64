using System.Security.Cryptography;
using System.Text;

namespace Portal.Domain.Webhooks;

/// <summary>
/// How a receiver knows that a call is the portal's: <c>t=SECONDS,v1=HEX</c>, where HEX is HMAC-SHA256 with the secret over
/// <c>SECONDS.BODY</c>. While a new secret is brought in there are two <c>v1</c>; one that fits is enough.
/// </summary>
public static class WebhookSignature
{
    /// <summary>The header it stands in.</summary>
    public const string Header = "Portal-Signature";

    /// <summary>The header with the delivery's identifier, the same at every try.</summary>
    public const string DeliveryHeader = "Portal-Delivery";

    /// <summary>The header's value.</summary>
    public static string Of(IEnumerable<string> secrets, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var seconds = at.ToUnixTimeSeconds();
        var signed = (byte[])[.. Encoding.ASCII.GetBytes($"{seconds}."), .. body];
        return string.Join(',', secrets.Select(secret => "v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))).Prepend($"t={seconds}"));
    }
}
