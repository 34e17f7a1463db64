using System.Net;
using System.Net.Sockets;
using Portal.Domain.Webhooks;

namespace Portal.Web.Webhooks;

/// <summary>The address a webhook leads to is not one it may lead to.</summary>
public sealed class TargetRefusedException(string host) : IOException($"{host} leads to no public address, nor to one an admin allowed in Portal__WebhookTargets.");

/// <summary>
/// The one way out for calls of webhooks. A name is looked up and the connection made to an address that was checked, so that a name that
/// leads elsewhere a moment later leads nowhere. No redirect is followed, no proxy asked, no cookie kept, and no answer's body read.
/// </summary>
public sealed class WebhookCaller(WebhookTargets targets) : IDisposable
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 16 * 1024,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        ActivityHeadersPropagator = null,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(targets, context.DnsEndPoint, cancellationToken),
    });

    /// <summary>Posts and gives the status. <see cref="HttpMessageInvoker"/> returns with the headers; the body is dropped.</summary>
    public async Task<HttpStatusCode> PostAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await _client.SendAsync(request, cancellationToken);
        return response.StatusCode;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static async ValueTask<Stream> ConnectAsync(WebhookTargets targets, DnsEndPoint to, CancellationToken cancellationToken)
    {
        var found = IPAddress.TryParse(to.Host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(to.Host, cancellationToken);
        var allowed = found.Where(targets.Allows).ToArray();
        if (allowed.Length == 0)
            throw new TargetRefusedException(to.Host);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, to.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
