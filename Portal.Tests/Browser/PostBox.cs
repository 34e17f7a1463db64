using System.Text.Json.Nodes;
using Portal.Tests.Web.Notices;

namespace Portal.Tests.Browser;

/// <summary>A webhook's call, and what it says.</summary>
sealed record HookCall(ReceivedCall Call)
{
    public JsonNode Body { get; } = JsonNode.Parse(Call.Body)!;
}

/// <summary>A real mail server and a real receiver of webhooks, which keep what came until a test asks for it.</summary>
sealed class PostBox : IAsyncDisposable
{
    readonly SmtpReceiver mail = new();
    readonly List<ReceivedMail> mails = [];
    readonly List<HookCall> calls = [];
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
    public Task<ReceivedMail> MailAsync(string to, string subject) => MailsUntilAsync($"an e-mail “{subject}” to {to}",
        come => come.Find(one => one.To.Contains(to) && one.Message.Subject?.Contains(subject, StringComparison.Ordinal) == true));

    /// <summary>Every e-mail that came, once they are so many.</summary>
    public Task<IReadOnlyList<ReceivedMail>> MailsAsync(int count) => MailsUntilAsync<IReadOnlyList<ReceivedMail>>($"{count} e-mails", come => come.Count >= count ? come : null);

    /// <summary>The webhook's call of this kind with this title, once it has come.</summary>
    public Task<HookCall> CallAsync(string kind, string title) => CallsUntilAsync($"a call “{title}”",
        come => come.Find(one => one.Body["kind"]?.ToString() == kind && one.Body["title"]?.ToString() == title));

    /// <summary>Every call that came, once they are so many.</summary>
    public Task<IReadOnlyList<HookCall>> CallsAsync(int count) => CallsUntilAsync<IReadOnlyList<HookCall>>($"{count} calls", come => come.Count >= count ? come : null);

    Task<T> MailsUntilAsync<T>(string what, Func<List<ReceivedMail>, T?> look) where T : class =>
        UntilAsync(what, mails, look, mail.NextAsync, one => $"{one.Message.Subject} → {string.Join(", ", one.To)}");

    Task<T> CallsUntilAsync<T>(string what, Func<List<HookCall>, T?> look) where T : class =>
        UntilAsync(what, calls, look, async () => new(await hook!.NextAsync()), one => one.Call.Body);

    static async Task<T> UntilAsync<T, TOne>(string what, List<TOne> come, Func<List<TOne>, T?> look, Func<Task<TOne>> next, Func<TOne, string> words) where T : class
    {
        while (true)
        {
            if (look(come) is { } found)
                return found;
            try
            {
                come.Add(await next());
            }
            catch (TimeoutException silent)
            {
                throw new TimeoutException($"There was to be {what}. What came: {string.Join("; ", come.Select(words))}", silent);
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
