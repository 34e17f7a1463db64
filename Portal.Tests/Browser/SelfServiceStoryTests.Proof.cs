using System.Globalization;
using Microsoft.Playwright;
using Portal.Tests.Web;
using Portal.Tests.Web.Notices;
using Portal.Web.Setup;

namespace Portal.Tests.Browser;

/// <content>What went out, and what stays behind: e-mails, calls of webhooks, the audit trail.</content>
public sealed partial class SelfServiceStoryTests
{
    /* Everything that went out: nobody was told too little, nobody too much, nobody twice. */
    async Task EverybodyWasToldAsync()
    {
        (string To, string Subject)[] mails =
        [
            ("mia", "web-01 was approved"), ("mia", "web-01 is made and runs."),
            ("mia", "The lease of web-01 ends in 1 day"), ("olga", "The lease of web-01 ends in 1 day"),
            ("paul", "The longer lease of web-01 waits for your decision"), ("mia", "The longer lease of web-01 was approved"),
            ("paul", "The new size of web-01 waits for your decision"), ("mia", "The new size of web-01 was approved"), ("mia", "web-01 has its new size."),
            ("otto", "You decide for Paul Approver"), ("olga", "web-02 waits for your decision"), ("paul", "web-02 waits for your decision"), ("otto", "web-02 waits for your decision"),
            ("mia", "web-02 was approved"), ("mia", "web-02 is made and runs."),
        ];
        (string Kind, string Title)[] calls =
        [
            ("RequestDecided", "web-01 was approved"), ("RequestDecided", "web-01 is made and runs."), ("LeaseEnding", "The lease of web-01 ends in 1 day"),
            ("DecisionDue", "The longer lease of web-01 waits for your decision"), ("RequestDecided", "The longer lease of web-01 was approved"),
            ("DecisionDue", "The new size of web-01 waits for your decision"), ("RequestDecided", "The new size of web-01 was approved"), ("RequestDecided", "web-01 has its new size."),
            ("DecisionDue", "web-02 waits for your decision"), ("DecisionDue", "web-02 waits for your decision"), ("RequestDecided", "web-02 was approved"), ("RequestDecided", "web-02 is made and runs."),
        ];
        (await post.MailsAsync(mails.Length)).Select(mail => (mail.To.Single(), mail.Message.Subject!)).ShouldBe(mails.Select(mail => ($"{mail.To}@example.org", mail.Subject)), ignoreOrder: true);
        var called = await post.CallsAsync(calls.Length);
        called.Select(call => (call.Body["kind"]!.ToString(), call.Body["title"]!.ToString())).ShouldBe(calls, ignoreOrder: true);
        called.ShouldAllBe(call => WebhookDeliveryTests.SignedBy(call.Call, hookSecret) && call.Body["project"]!.ToString() == project);
        called.Select(call => call.Call.Delivery).Distinct().Count().ShouldBe(calls.Length);

        await GoAsync(auditor, "/deliveries?status=Sent");
        await Expect(OnPage(auditor).GetByText($"{mails.Length + calls.Length} deliveries", new() { Exact = false })).ToBeVisibleAsync();
        await GoAsync(auditor, "/deliveries");
        await Expect(OnPage(auditor).GetByText($"{mails.Length + calls.Length} deliveries", new() { Exact = false })).ToBeVisibleAsync();
        await LookAsync(auditor, "deliveries");
    }

    async Task TrailIsWholeAsync()
    {
        await GoAsync(auditor, "/audit?q=web-02");
        var said = OnPage(auditor).GetByRole(AriaRole.Row);
        await Expect(said.Filter(new() { HasText = "Said yes at a level" })).ToContainTextAsync("Olga Owner");
        await Expect(said.Filter(new() { HasText = "Approved a request" })).ToContainTextAsync("Otto Operator");
        await Expect(said.Filter(new() { HasText = "Approved a request" })).ToContainTextAsync("Paul Approver");

        await Button(auditor, "Verify the trail").ClickAsync();
        var proof = OnPage(auditor).GetByRole(AriaRole.Status).Filter(new() { HasText = "The trail is whole" });
        await Expect(proof).ToBeVisibleAsync();
        await LookTwiceAsync(auditor, "audit-whole");
        var (exitCode, output) = await VerifyAsync("--head", await proof.Locator("code").InnerTextAsync());
        (exitCode, output).ShouldBe((ExitCodes.Fine, output));
        output.ShouldStartWith("The audit trail is whole: ");
    }

    /* Somebody with the database's password makes the operator's yes look like another. */
    async Task AlteredTrailIsFoundBrokenAsync()
    {
        const string yes = "action = 'request.approve' and subject_name = 'web-02'";
        (await site.ExecuteAsync($"update audit_events set detail = jsonb_set(detail, '{{reason}}', '\"Nobody asked.\"') where {yes}")).ShouldBe(1);
        var place = (await site.ReadAsync<long>($"select sequence from audit_seals where event_id = (select id from audit_events where {yes})")).ToString("N0", CultureInfo.InvariantCulture);

        await Button(auditor, "Verify the trail").ClickAsync();
        var alarm = OnPage(auditor).GetByRole(AriaRole.Alert);
        await Expect(alarm.GetByText($"The trail is broken at {place}")).ToBeVisibleAsync();
        await Expect(alarm).ToContainTextAsync($"The event at {place} is not what was sealed");
        await LookTwiceAsync(auditor, "audit-broken");
        var (exitCode, output) = await VerifyAsync();
        (exitCode, output).ShouldBe((ExitCodes.Broken, output));
        output.ShouldStartWith($"BROKEN (Altered at {place.Replace(",", "", StringComparison.Ordinal)}): The event at {place} is not what was sealed");
    }

    /// <summary>What <c>./portal audit verify</c> says.</summary>
    Task<(int ExitCode, string Output)> VerifyAsync(params string[] arguments) => PortalProcess.RunAsync(site.Database, Stop, ["audit", "verify", .. arguments]);
}
