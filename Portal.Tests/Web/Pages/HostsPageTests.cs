using AngleSharp.Dom;
using Bunit;
using Portal.Domain.Hosts;
using Portal.Tests.Postgres;
using Portal.Web.Hosts;

namespace Portal.Tests.Web.Pages;

public class HostsPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task Hosts_show_their_room_and_their_machines()
    {
        await World.AddMachineAsync(host: World.Hosts[0]);

        var page = Open<HostsPage>(World.Admin, "/hosts");

        page.Says(World.Hosts[0].Name);
        var row = page.Row(World.Hosts[0].Name).Plain();
        row.ShouldContain("Answers");
        row.ShouldContain("1 machine");
        row.ShouldContain("0.25 of 14.4 GiB");
    }

    [Fact]
    public async Task A_silent_host_says_so_and_why()
    {
        await Get<HostService>().MarkUnreachableAsync(World.Hosts[1].Id, "No route to host", Ct);
        var page = Open<HostsPage>(World.Admin, "/hosts?state=unreachable");
        page.Says("1 host");

        await page.PressAsync($"More about {World.Hosts[1].Name}");

        page.Text().ShouldContain("Does not answer");
        page.Text().ShouldContain("No route to host");
    }

    [Fact]
    public async Task A_URI_that_is_none_is_refused_at_its_field_before_anything_is_connected_to()
    {
        var page = Open<HostsPage>(World.Admin, "/hosts");
        page.Says("2 hosts");
        _ = page.PressAsync("Add host");
        Dialogs.Says("Add a host");

        await Dialogs.TypeAsync("#host-uri", "ftp://elsewhere/system");
        await Dialogs.TypeAsync("#host-name", "hv9");
        await Dialogs.DoAsync("#add-host", e => e.SubmitAsync());

        Dialogs.Says("The portal does not connect by “ftp”");
        Dialogs.Find("#host-uri").GetAttribute("aria-invalid").ShouldBe("true");
    }

    [Fact]
    public async Task A_host_is_added_after_it_answered_a_test()
    {
        var page = Open<HostsPage>(World.Admin, "/hosts");
        page.Says("2 hosts");
        var pressed = page.PressAsync("Add host");
        Dialogs.Says("Add a host");

        await Dialogs.TypeAsync("#host-uri", "test:///default");
        await Dialogs.TypeAsync("#host-name", "try-out");
        await Dialogs.DoAsync("#add-host", e => e.SubmitAsync());
        Dialogs.Says("The host answers, but has no storage pool images. Define it there on the directory all hosts share");
        Dialogs.Find("#host-pool").GetAttribute("aria-invalid").ShouldBe("true");
        await Dialogs.TypeAsync("#host-pool", "default-pool");
        await Dialogs.DoAsync("#add-host", e => e.SubmitAsync());
        Dialogs.Says("answers");
        await Dialogs.DoAsync("#add-host", e => e.SubmitAsync());
        await pressed;

        page.Says("3 hosts");
        page.Text().ShouldContain("try-out");
    }

    [Fact]
    public async Task A_name_that_is_taken_is_said_with_the_test_and_not_only_when_adding()
    {
        var page = Open<HostsPage>(World.Admin, "/hosts");
        page.Says("2 hosts");
        _ = page.PressAsync("Add host");
        Dialogs.Says("Add a host");

        await Dialogs.TypeAsync("#host-uri", "test:///default");
        await Dialogs.TypeAsync("#host-name", World.Hosts[0].Name);
        await Dialogs.TypeAsync("#host-pool", "default-pool");
        await Dialogs.DoAsync("#add-host", e => e.SubmitAsync());

        Dialogs.Says($"There is a host named {World.Hosts[0].Name} already.");
        Dialogs.FindAll("button").ShouldNotContain(b => b.Plain() == $"Add {World.Hosts[0].Name}");
    }

    [Fact]
    public async Task A_host_with_machines_is_not_removed_and_says_why()
    {
        await World.AddMachineAsync(host: World.Hosts[0]);
        var page = Open<HostsPage>(World.Admin, "/hosts");
        page.Says("2 hosts");
        await page.PressAsync($"More about {World.Hosts[0].Name}");

        var pressed = page.PressAsync("Remove host…");
        Dialogs.Says($"Remove {World.Hosts[0].Name}?");
        await Dialogs.PressAsync($"Remove {World.Hosts[0].Name}");
        await pressed;

        page.Says("Move or delete them first.");
    }
}
