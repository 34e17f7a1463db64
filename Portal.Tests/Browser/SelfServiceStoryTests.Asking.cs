using Microsoft.Playwright;
using Portal.Tests.Web.Api;
using Portal.Tests.Web.Notices;

namespace Portal.Tests.Browser;

/// <content>What the member asks for, and what policy alone says to it.</content>
public sealed partial class SelfServiceStoryTests
{
    /* While the member fills in the form, what she chose stops fitting: her page says so, by which rule, and what would fit. */
    async Task MoreThanTheQuotaIsRefusedAsync(ApiCaller api, string key)
    {
        await GoAsync(member, "/machines/new");
        await FillAsync("web-01", "small", key);
        await MemoryAsync(api, 200);

        var refusal = OnPage(member).GetByText("the project's limit is 200 MiB of memory").First;
        await Expect(refusal).ToBeVisibleAsync();
        await Expect(OnPage(member).GetByText("The largest flavor that fits is “tiny”").First).ToBeVisibleAsync();
        await Button(member, "Ask for machine").ClickAsync();
        await Expect(Button(member, "Asking…")).ToHaveCountAsync(0);
        await Expect(refusal).ToBeVisibleAsync();
        await LookAsync(member, "refused");
        (await site.ReadAsync<long>("select count(*) from requests")).ShouldBe(0);
    }

    async Task SmallerOneIsApprovedAtOnceAsync()
    {
        await member.GetByRole(AriaRole.Group, new() { Name = "Flavor" }).GetByText("tiny", new() { Exact = true }).ClickAsync();
        await Expect(OnPage(member).GetByText("Approved at once by the rule")).ToBeVisibleAsync();
        await LookAsync(member, "new-machine-at-once");
        await Button(member, "Ask for machine").ClickAsync();
        await member.WaitForURLAsync(RequestUrl());
        await Expect(OnPage(member).GetByText("Matched the rule “A tiny machine for a week: at once”")).ToBeVisibleAsync();
        await Expect(OnPage(member).GetByText("Machine made").First).ToBeVisibleAsync(Long);

        await OnPage(member).GetByRole(AriaRole.Link, new() { Name = "Open web-01" }).ClickAsync();
        await Expect(State(member, "Running")).ToBeVisibleAsync(Long);
        machine = new Uri(member.Url).PathAndQuery;
    }

    async Task LeaseIsWarnedAndExtendedAsync()
    {
        // Six days pass.
        (await site.ExecuteAsync("update machines set lease_ends_at = now() + interval '20 hours', lease_due_at = now() where name = 'web-01'")).ShouldBe(1);
        await GoAsync(member, "/notices");
        await Expect(OnPage(member).GetByText("The lease of web-01 ends in 1 day").First).ToBeVisibleAsync(Long);
        await LookAsync(member, "notices");
        (await post.MailAsync("mia@example.org", "The lease of web-01 ends in 1 day")).Message.TextBody!.ShouldContain("https://portal.example/machines/");
        var call = await post.CallAsync("LeaseEnding", "The lease of web-01 ends in 1 day");
        WebhookDeliveryTests.SignedBy(call.Call, hookSecret).ShouldBeTrue();
        call.Body["link"]!.ToString().ShouldBe("https://portal.example" + machine);

        await GoAsync(member, machine);
        await Button(member, "Extend lease…").First.ClickAsync();
        var dialog = member.GetByRole(AriaRole.Dialog);
        await Button(dialog, "7 days").ClickAsync();
        await Expect(dialog.GetByText("The lease would end on")).ToBeVisibleAsync();
        await Button(dialog, "Ask for more time").ClickAsync();
        await member.WaitForURLAsync(RequestUrl());
        await DecideAsync(approver, "The week was short.");
        await Expect(OnPage(member).GetByText("Lease extended").First).ToBeVisibleAsync();
        await GoAsync(member, machine);
        await Expect(OnPage(member).Locator("section[aria-labelledby=lease]").GetByText("Ends on", new() { Exact = false })).ToBeVisibleAsync();
        await LookAsync(member, "machine-lease");
        await post.MailAsync("paul@example.org", "The longer lease of web-01 waits for your decision");
        await post.MailAsync("mia@example.org", "The longer lease of web-01 was approved");
        (await site.ReadAsync<bool>("select lease_ends_at > now() + interval '7 days' from machines where name = 'web-01'")).ShouldBeTrue();
    }
}
