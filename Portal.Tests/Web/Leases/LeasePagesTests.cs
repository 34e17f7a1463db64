using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Tests.Postgres;
using Portal.Tests.Web.Pages;
using Portal.Web.Leases;
using Portal.Web.Machines;
using Portal.Web.Overview;

namespace Portal.Tests.Web.Leases;

/// <summary>Leases on the pages.</summary>
public sealed class LeasePagesTests(PostgresCluster cluster) : PageTest(cluster)
{
    static readonly LeaseTerms Strict = new(30, 90, 180, [7, 3, 1], 5, ForEver: false);

    LeaseService Leases => Get<LeaseService>();

    /// <summary>Another page in the same browser; dialogs and popovers are there already.</summary>
    IRenderedComponent<TPage> Again<TPage>(Actor actor, string address, Action<ComponentParameterCollectionBuilder<TPage>>? parameters = null)
        where TPage : IComponent
    {
        SignIn(actor);
        Nav.NavigateTo(address);
        return Browser.Render(parameters ?? (_ => { }));
    }

    async Task<Machine> LeasedAsync(TimeSpan left, MachineState state = MachineState.Off)
    {
        var machine = await World.AddMachineAsync(state);
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.Machines.SingleAsync(m => m.Id == machine.Id, Ct)).ExtendLease(DateTimeOffset.UtcNow + left, DateTimeOffset.UtcNow - TimeSpan.FromDays(100));
        await db.SaveChangesAsync(Ct);
        return machine;
    }

    [Fact]
    public async Task The_list_shows_the_clock_and_finds_what_ends_soon()
    {
        var soon = await LeasedAsync(TimeSpan.FromDays(5.5));
        var never = await World.AddMachineAsync();

        var page = Open<MachinesPage>(World.Member, "/machines");
        page.Says(never.Name);
        page.Row(soon.Name).Plain().ShouldContain("5 days left");
        page.Row(never.Name).Plain().ShouldContain("For ever");

        var narrowed = Again<MachinesPage>(World.Member, "/machines?lease=soon");
        narrowed.Says(soon.Name);
        narrowed.Text().ShouldNotContain(never.Name);
        Again<OverviewPage>(World.Member, "/").Says("Ending soon");
    }

    [Fact]
    public async Task An_owner_keeps_a_machine_whose_lease_has_ended_and_a_member_reads_who_could()
    {
        var machine = await LeasedAsync(TimeSpan.FromSeconds(-10));
        await Get<LeaseSweeper>().SweepAsync(DateTimeOffset.UtcNow, Ct);

        Open<LeaseCard>(World.Member, $"/machines/{machine.Id}", p => p.Add(c => c.MachineId, machine.Id)).Says("You may not take the end of a lease back");
        var card = Again<LeaseCard>(World.Owner, $"/machines/{machine.Id}", p => p.Add(c => c.MachineId, machine.Id));
        card.Says("It is shut down and kept");
        await card.InvokeAsync(() => card.Find("button.primary").ClickAsync());

        card.Says("Ends on");
        (await MachineAsync(machine.Id)).LeaseStage.ShouldBe(LeaseStage.Running);
    }

    [Fact]
    public async Task A_new_machine_asks_for_a_length_shows_the_end_and_says_what_is_allowed()
    {
        await Leases.SetTermsAsync(World.Admin, World.Project.Id, Strict, 0, Ct);

        var page = Open<NewMachinePage>(World.Member, "/machines/new");
        page.Says("at most 90 days");
        page.Text().ShouldContain($"Ends about {DateTimeOffset.UtcNow.AddDays(30).UtcDateTime.ToString("d MMM yyyy", System.Globalization.CultureInfo.InvariantCulture)}");

        await page.TypeAsync("#lease", "95");
        page.Says("5 more than the 90 days");
        await page.TypeAsync("#lease", "<b>ten</b>");
        page.Says("a whole number of days");
    }

    [Fact]
    public async Task An_admin_changes_terms_and_an_error_keeps_what_was_typed()
    {
        var card = Open<LeaseTermsCard>(World.Admin, "/projects", p => p.Add(c => c.ProjectId, World.Project.Id));
        card.Says("the platform's");
        await card.PressAsync("Change terms");
        await card.TypeAsync("#defaultDays", "400");
        await card.TypeAsync("#warnDays", "5, 2");
        await card.InvokeAsync(() => card.Find("form").SubmitAsync());
        card.Says("more than the most one may ask for");
        card.Find("#warnDays").GetAttribute("value").ShouldBe("5, 2");

        await card.TypeAsync("#defaultDays", "20");
        await card.InvokeAsync(() => card.Find("form").SubmitAsync());
        card.Says("5, 2 days ahead");
        (await Leases.TermsAsync(World.Member, World.Project.Id, Ct)).Value.Terms.DefaultDays.ShouldBe(20);
    }

    [Fact]
    public async Task A_stale_form_of_terms_says_what_changed_and_may_then_be_saved_over_it()
    {
        var card = Open<LeaseTermsCard>(World.Admin, "/projects", p => p.Add(c => c.ProjectId, World.Project.Id));
        card.Says("the platform's");
        await card.PressAsync("Change terms");
        await Leases.SetTermsAsync(World.Admin, World.Project.Id, Strict with { MostDays = 77 }, 0, Ct);
        await card.TypeAsync("#graceDays", "9");
        await card.InvokeAsync(() => card.Find("form").SubmitAsync());
        card.Says("at most 77 days");

        await card.InvokeAsync(() => card.Find("form").SubmitAsync());
        card.WaitForState(() => card.FindAll("form").Count == 0);
        (await Leases.TermsAsync(World.Admin, World.Project.Id, Ct)).Value.Terms.GraceDays.ShouldBe(9);
    }

    [Fact]
    public void A_member_reads_terms_and_has_nothing_to_change_them_with()
    {
        var card = Open<LeaseTermsCard>(World.Member, "/projects", p => p.Add(c => c.ProjectId, World.Project.Id));
        card.Says("Usual length");
        card.FindAll("button").ShouldBeEmpty();
    }
}
