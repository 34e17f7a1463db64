using System.Text.Json.Nodes;
using Portal.Tests.Web.Notices;

namespace Portal.Tests.Browser;

/// <summary>A real mail server and a real receiver of webhooks, which keep what came until a test asks for it.</summary>
sealed class PostBox : IAsyncDisposable
{
    readonly SmtpReceiver mail = new();
    readonly List<ReceivedMail> mails = [];
    readonly List<ReceivedCall> calls = [];
    HookReceiver? hook;

    /// <summary>What a portal that writes here is set to.</summary>
    public (string, string)[] Settings =>
    [
        ("Portal__Smtp__Host", "127.0.0.1"), ("Portal__Smtp__Port", mail.Port.ToString()), ("Portal__Smtp__Security", "none"), ("Portal__Smtp__From", "Portal <portal@example.org>"),
        ("Portal__PublicUrl", "https://portal.example"), ("Portal__WebhookTargets", "127.0.0.0/8"),
    ];

    /// <summary>What a webhook is to call.</summary>
    public string HookAddress => new Uri((hook ?? throw new InvalidOperationException("Start the receiver first.")).Address, "/hooks/portal").AbsoluteUri;

    public async Task StartAsync() => hook = await HookReceiver.StartAsync();

    /// <summary>The e-mail to this person with this subject, once it has come.</summary>
    public async Task<ReceivedMail> MailAsync(string to, string subject)
    {
        while (true)
        {
            if (mails.Find(one => one.To.Contains(to) && one.Message.Subject?.Contains(subject, StringComparison.Ordinal) == true) is { } found)
                return found;
            try
            {
                mails.Add(await mail.NextAsync());
            }
            catch (TimeoutException silent)
            {
                throw new TimeoutException($"No e-mail “{subject}” came for {to}. What came: {string.Join("; ", mails.Select(one => $"{one.Message.Subject} → {string.Join(", ", one.To)}"))}", silent);
            }
        }
    }

    /// <summary>The webhook's call of this kind with this title, once it has come.</summary>
    public async Task<(ReceivedCall Call, JsonNode Body)> CallAsync(string kind, string title)
    {
        while (true)
        {
            if (calls.Select(one => (Call: one, Body: JsonNode.Parse(one.Body)!)).FirstOrDefault(one => one.Body["kind"]?.ToString() == kind && one.Body["title"]?.ToString() == title) is { Call: not null } found)
                return found;
            try
            {
                calls.Add(await hook!.NextAsync());
            }
            catch (TimeoutException silent)
            {
                throw new TimeoutException($"No call “{title}” came. What came: {string.Join("; ", calls.Select(one => one.Body))}", silent);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await mail.DisposeAsync();
        if (hook is not null)
            await hook.DisposeAsync();
    }
}
