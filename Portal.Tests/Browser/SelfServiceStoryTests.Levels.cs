using Microsoft.Playwright;

namespace Portal.Tests.Browser;

/// <content>A machine that two levels decide, one of them by somebody who stands in.</content>
public sealed partial class SelfServiceStoryTests
{
    /* An operator decides nothing; named as the stand-in he does, and his page says so while he looks at it. */
    async Task ApproverGoesAwayAsync()
    {
        await GoAsync(standIn, "/approvals");
        await Expect(OnPage(standIn).GetByText("You are not asked to decide requests.", new() { Exact = false })).ToBeVisibleAsync();

        await GoAsync(approver, "/approvals/away");
        await approver.GetByLabel("Who decides").SelectOptionAsync(new SelectOptionValue { Label = "Otto Operator (otto)" });
        await approver.GetByLabel("Why").FillAsync("By the sea");
        await Button(approver, "Have them decide").ClickAsync();
        var row = OnPage(approver).GetByRole(AriaRole.Row).Filter(new() { HasText = "Otto Operator" });
        await Expect(row.GetByText("now", new() { Exact = true })).ToBeVisibleAsync();
        await LookTwiceAsync(approver, "away");
        await Expect(OnPage(standIn).GetByText("Requests come here, oldest first", new() { Exact = false })).ToBeVisibleAsync();
    }

    async Task LargeOneTakesTwoLevelsAsync(string key)
    {
        // No page makes flavors. Four processors are what the rule asks for; the lab's hosts have little memory.
        (await site.ExecuteAsync("insert into flavors (id, name, vcpus, memory_mib, disk_gib, available) values (gen_random_uuid(), 'wide', 4, 128, 1, true)")).ShouldBe(1);
        await GoAsync(member, "/machines/new");
        await FillAsync("web-02", "wide", key);
        await Expect(OnPage(member).GetByText("Large machines: an owner, then an approver", new() { Exact = false }).First).ToBeVisibleAsync();
        await Button(member, "Ask for machine").ClickAsync();
        await member.WaitForURLAsync(RequestUrl());
        await Expect(OnPage(member).GetByText("(level 1 of 2)", new() { Exact = false })).ToBeVisibleAsync();

        await DecideAsync(owner, "The shop needs it.", "approvals-owner");
        await Expect(OnPage(member).GetByText("(level 2 of 2)", new() { Exact = false })).ToBeVisibleAsync();

        // The stand-in has not touched his page since.
        await Expect(OnPage(standIn).GetByText("You decide for Paul Approver, who is away.")).ToBeVisibleAsync();
        await LookTwiceAsync(standIn, "approvals-stand-in");
        await SayYesAsync(standIn, "There is room.");
        await Expect(OnPage(member).GetByText("Approved at level 1 of 2")).ToBeVisibleAsync();
        await Expect(OnPage(member).GetByText("Approved at level 2 of 2")).ToBeVisibleAsync();
        await Expect(OnPage(member).GetByText("Otto Operator for Paul Approver", new() { Exact = false })).ToBeVisibleAsync();
        await Expect(OnPage(member).GetByText("Machine made").First).ToBeVisibleAsync(Long);
        await LookTwiceAsync(member, "request-two-levels");

        await OnPage(member).GetByRole(AriaRole.Link, new() { Name = "Open web-02" }).ClickAsync();
        await Expect(State(member, "Running")).ToBeVisibleAsync(Long);
        await Expect(Fact("Size")).ToContainTextAsync("4 vCPU · 128 MiB · 1 GiB");
    }
}
