using System.Net;
using MimeKit;
using Portal.Domain.Notices.Deliveries;

namespace Portal.Web.Notices;

/// <summary>
/// Writes the e-mail of a delivery: the same one at every try, under the same Message-ID. Nothing a person wrote becomes a header by itself:
/// MimeKit encodes it, after line breaks and other control characters were taken out.
/// </summary>
public static class MailWriter
{
    /// <summary>Where a person chooses what comes by e-mail.</summary>
    public const string PreferencesPath = "/account#notices-title";

    /// <summary>The e-mail; null when the address cannot be one.</summary>
    public static MimeMessage? Write(ClaimedMail mail, MailboxAddress from, Uri portal)
    {
        if (!MailboxAddress.TryParse(mail.Address, out var parsed) || parsed.Address != mail.Address || !Domain.Texts.IsLine(mail.Address) || !mail.Address.Contains('@', StringComparison.Ordinal))
            return null;
        var (title, link) = (Domain.Texts.OneLine(mail.Payload.Title), LinkTo(portal, mail.Payload.Link));
        // No choice keeps a former address from being warned.
        var preferences = mail.Payload.Kind == DeliveryPayload.AddressChanged ? null : LinkTo(portal, PreferencesPath);
        var message = new MimeMessage
        {
            Subject = title,
            Date = mail.CreatedAt,
            MessageId = $"{mail.Id:n}@{portal.IdnHost.Trim('[', ']')}",
            Body = new Multipart("alternative")
            {
                new TextPart("plain") { Text = Plain(title, mail.Payload.Body, link, preferences) },
                new TextPart("html") { Text = Html(title, mail.Payload.Body, link, preferences) },
            },
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress(Domain.Texts.OneLine(mail.Name), parsed.Address));
        // RFC 3834: nobody's out-of-office reply shall answer.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (preferences is not null)
            message.Headers.Add(HeaderId.ListUnsubscribe, $"<{preferences}>");
        return message;
    }

    static string LinkTo(Uri portal, string path) => portal.AbsoluteUri.TrimEnd('/') + path;

    static string Plain(string title, string? body, string link, string? preferences) =>
        $"{title}\n\n{(body is null ? "" : body.ReplaceLineEndings("\n") + "\n\n")}{link}\n{(preferences is null ? "" : $"\n-- \nYou choose what comes by e-mail: {preferences}\n")}";

    static string Html(string title, string? body, string link, string? preferences) => $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>{Text(title)}</title></head>
        <body style="font:15px/22px system-ui,sans-serif;color:#1c2430;max-width:560px;margin:24px auto;padding:0 16px">
        <h1 style="font-size:18px;line-height:26px">{Text(title)}</h1>
        {(body is null ? "" : $"<p style=\"white-space:pre-wrap\">{Text(body)}</p>")}
        <p><a href="{Text(link)}">Open it in the portal</a></p>
        {(preferences is null ? "" : $"<p style=\"font-size:13px;color:#5b6675\">You choose what comes by e-mail on <a href=\"{Text(preferences)}\">your account’s page</a>.</p>")}
        </body></html>
        """;

    static string Text(string text) => WebUtility.HtmlEncode(text);
}
