using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Portal.Tests.Fleet;

namespace Portal.Tests.Browser;

/// <content>What becomes of the machine that is there: another size, and a schedule.</content>
public sealed partial class SelfServiceStoryTests
{
    /* The clock shows whole minutes: the wait for one to come, and what a busy machine adds. */
    static readonly LocatorAssertionsToBeVisibleOptions UntilTheClock = new() { Timeout = 180_000 };

    /* The disk grows while the machine runs; the memory cannot, and the page says so before anybody asks. */
    async Task SizeIsChangedAsync()
    {
        await GoAsync(member, machine);
        await Button(member, "Resize…").ClickAsync();
        var dialog = member.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Spinbutton, new() { Name = "vCPU" }).FillAsync("2");
        await dialog.GetByRole(AriaRole.Spinbutton, new() { Name = "Memory" }).FillAsync("128");
        await dialog.GetByRole(AriaRole.Spinbutton, new() { Name = "Disk" }).FillAsync("2");
        var changes = dialog.GetByRole(AriaRole.List, new() { Name = "What changes" }).GetByRole(AriaRole.Listitem);
        await Expect(changes.Filter(new() { HasText = "96 MiB → 128 MiB" })).ToContainTextAsync("after a restart");
        await Expect(changes.Filter(new() { HasText = "1 GiB → 2 GiB" })).ToContainTextAsync("at once");
        await LookAsync(member, "resize");
        await Button(dialog, "Ask for this size").ClickAsync();
        await member.WaitForURLAsync(RequestUrl());

        await DecideAsync(approver, "The shop has grown.");
        await Expect(OnPage(member).GetByText("2 GiB of disk now", new() { Exact = false }).First).ToBeVisibleAsync(Long);
        await Expect(OnPage(member).GetByText("128 MiB of memory after it was shut down and started again.", new() { Exact = false }).First).ToBeVisibleAsync();
        await LookTwiceAsync(member, "request-resized");

        await GoAsync(member, machine);
        await Expect(State(member, "Running")).ToBeVisibleAsync();
        await Expect(Fact("Size")).ToContainTextAsync("96 MiB · 2 GiB");
        await Expect(Fact("After a restart")).ToContainTextAsync("2 vCPU · 128 MiB · 2 GiB");
    }

    async Task ScheduleStopsItAsync()
    {
        await OnPage(member).Locator("section[aria-labelledby=schedules]").GetByRole(AriaRole.Button, new() { Name = "New schedule" }).ClickAsync();
        await OnPage(member).GetByLabel("Time zone").FillAsync("UTC");
        foreach (var day in (string[])["Sat", "Sun"])
            await OnPage(member).GetByText(day, new() { Exact = true }).ClickAsync();
        await LookTwiceAsync(member, "schedule-editor");
        // Late enough that it is saved before, whatever else the machine has to do.
        var off = DateTime.UtcNow.AddSeconds(80);
        await OnPage(member).GetByLabel("Shut down at").FillAsync(Clock(off));
        await OnPage(member).GetByLabel("Start at").FillAsync(Clock(off.AddMinutes(1)));
        await Button(member, "Make schedule").ClickAsync();
        await Expect(OnPage(member).GetByText($"every day at {Clock(off)}, UTC", new() { Exact = true })).ToBeVisibleAsync();

        await Expect(State(member, "Off")).ToBeVisibleAsync(UntilTheClock);
        await LookTwiceAsync(member, "machine-off");
    }

    /* It comes back with the size that waited, and so says its guest. */
    async Task ScheduleStartsItAsync(GuestShell shell)
    {
        await GoAsync(member, machine);
        await Expect(State(member, "Running")).ToBeVisibleAsync(UntilTheClock);
        await Expect(Fact("Size")).ToContainTextAsync("2 vCPU · 128 MiB · 2 GiB");
        await Expect(Fact("After a restart")).ToHaveCountAsync(0);
        var guest = IPAddress.Parse(Address().Match(await OnPage(member).GetByText(SshLine()).First.InnerTextAsync()).Value);
        (await shell.RunAsync(guest, "nproc", Stop)).ShouldBe("2");
        await LookTwiceAsync(member, "machine-back");

        await GoAsync(member, "/schedules");
        foreach (var does in (string[])["Shut down", "Start"])
            await Expect(OnPage(member).GetByRole(AriaRole.Row).Filter(new() { HasText = does }).GetByText("Done", new() { Exact = true })).ToBeVisibleAsync(Long);
        await LookTwiceAsync(member, "schedules");
    }

    /* What the machine's page tells of one thing. */
    ILocator Fact(string name) => OnPage(member).Locator(".facts-list > div").Filter(new() { Has = member.GetByText(name, new() { Exact = true }) });

    static string Clock(DateTime at) => at.ToString("HH:mm", CultureInfo.InvariantCulture);

    [GeneratedRegex("^ssh ")]
    private static partial Regex SshLine();

    [GeneratedRegex(@"\d+\.\d+\.\d+\.\d+")]
    private static partial Regex Address();
}
