using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Authentication;
using MailKit;
using MailKit.Net.Smtp;
using Portal.Domain.Notices.Deliveries;

namespace Portal.Web.Notices;

/// <summary>Sends e-mails and says what became of each.</summary>
public sealed class MailSender(MailSettings settings, Uri portal, TimeProvider time) : IDeliverySender
{
    private readonly MailLine _line = new(settings, time);

    /// <inheritdoc/>
    public TimeSpan Deadline { get; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> TryAsync(ClaimedDelivery claim, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        if (claim is not ClaimedMail mail)
            throw new ArgumentException("Not an e-mail.", nameof(claim));
        if (MailWriter.Write(mail, settings.From, portal) is not { } message)
            return Ended(false, "That person’s address is no e-mail address.", isFinal: true);
        try
        {
            await _line.SendAsync(message, cancellationToken);
            return Ended(true, null, code: 250);
        }
        catch (SmtpCommandException refused)
        {
            var code = (int)refused.StatusCode;
            // A sender that is not accepted, or a sign-in, is a setting an admin can mend meanwhile; this person or this e-mail is not.
            var isFinal = code >= 500 && refused.ErrorCode is (SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted);
            return Ended(false, $"The mail server answered {code}: {refused.Message}", isFinal, code);
        }
        catch (MailKit.Security.AuthenticationException refused)
        {
            return Ended(false, $"The mail server does not take the sign-in as “{settings.User}” ({refused.Message.TrimEnd('.')}). Set Portal__Smtp__User and Portal__Smtp__Password anew.");
        }
        catch (Exception fault) when (fault is SocketException or IOException or ProtocolException or CommandException or ServiceNotConnectedException or ServiceNotAuthenticatedException
            or MailKit.Security.SslHandshakeException or AuthenticationException or NotSupportedException or TimeoutException)
        {
            return Ended(false, $"The mail server could not be used: {fault.Message}");
        }

        DeliveryOutcome Ended(bool ok, string? error, bool isFinal = false, int? code = null) => new(ok, error, isFinal, code, Stopwatch.GetElapsedTime(began));
    }

    /// <inheritdoc/>
    public Task RestAsync(CancellationToken cancellationToken) => _line.RestAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _line.Dispose();
}
