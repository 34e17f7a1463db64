using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Portal.Web.Notices;

/// <summary>One connection to the mail server, kept for the next e-mail while there is one and let go when there is not.</summary>
public sealed class MailLine(MailSettings settings, TimeProvider time) : IDisposable
{
    // Shorter than any server's patience, so that a connection taken up again is still one.
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(5);

    private SmtpClient? _client;
    private DateTimeOffset _used;

    /// <summary>Sends. Whatever goes wrong ends the connection too: the next try begins with a new one.</summary>
    public async Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - _used > Keep)
            Dispose();
        try
        {
            _client ??= await ConnectAsync(cancellationToken);
            await _client.SendAsync(message, cancellationToken);
            _used = time.GetUtcNow();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Lets go: there is nothing to send.</summary>
    public async Task RestAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_client is { IsConnected: true })
                await _client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or MailKit.ProtocolException or MailKit.CommandException or OperationCanceledException or System.Net.Sockets.SocketException)
        {
            // What was sent was sent; a server that is rude about the farewell changes nothing.
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client?.Dispose();
        _client = null;
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        // A closed network reaches no list of revoked certificates; the chain and the name are checked all the same.
        string? mistrust = null;
        var client = new SmtpClient
        {
            CheckCertificateRevocation = false,
            ServerCertificateValidationCallback = (_, certificate, chain, errors) => (mistrust = MailTrust.Refuse(settings, certificate, chain, errors)) is null,
        };
        try
        {
            await client.ConnectAsync(settings.Host, settings.Port, settings.Security, cancellationToken);
            if (settings.User is { } user)
                await client.AuthenticateAsync(user, settings.Password ?? "", cancellationToken);
            return client;
        }
        catch (Exception fault)
        {
            client.Dispose();
            // The handshake's own words are a page long and know neither the setting nor the remedy.
            if (fault is SslHandshakeException && mistrust is not null)
                throw new System.Security.Authentication.AuthenticationException(mistrust, fault);
            throw;
        }
    }
}
