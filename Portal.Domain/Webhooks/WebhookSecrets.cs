using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Portal.Domain.Webhooks;

/// <summary>Makes webhooks' secrets and keeps them so that only the platform's keys open them: a copy of the database alone signs nothing.</summary>
public sealed class WebhookSecrets(IDataProtectionProvider protection)
{
    /// <summary>What every secret begins with, so that scanners of leaked secrets know one.</summary>
    public const string Prefix = "whsec_";

    readonly IDataProtector protector = protection.CreateProtector("Portal.Webhooks.Secret");

    /// <summary>A new secret of 256 random bits, and how it is kept.</summary>
    public (string Secret, string Protected) New()
    {
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (secret, protector.Protect(secret));
    }

    /// <summary>The secret as it was made.</summary>
    /// <exception cref="CryptographicException">The platform's keys were lost.</exception>
    public string Open(string kept) => protector.Unprotect(kept);
}
