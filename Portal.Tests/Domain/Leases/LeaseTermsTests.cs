using Portal.Domain;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Leases;

/// <summary>Terms: who sets them, what they refuse, and what they give a new machine.</summary>
public sealed class LeaseTermsTests(PostgresCluster cluster) : LeaseTest(cluster)
{
    static readonly LeaseTerms Strict = new(30, 90, 180, [7, 3, 1], 5, ForEver: false);

    RequestService Requests => Get<RequestService>();

    [Fact]
    public async Task A_lease_longer_than_the_terms_is_refused_with_what_they_allow()
    {
        var world = await Postgres.NewWorldAsync();
        await Leases.SetTermsAsync(world.Admin, world.Project.Id, Strict, 0, Ct);

        var refusal = (await Requests.SubmitAsync(world.Member, world.Draft() with { LeaseDays = 100 }, "key", Ct)).Refusal.ShouldBeOfType<LeaseTooLong>();
        refusal.Message.ShouldContain("10 more than the 90 days");
        refusal.Field.ShouldBe("leaseDays");
        (await Requests.SubmitAsync(world.Member, world.Draft() with { LeaseDays = LeaseTerms.NoEnd }, "key", Ct)).Refusal.ShouldBeOfType<NotForEver>();
        (await Requests.SubmitAsync(world.Member, world.Draft() with { LeaseDays = -1 }, "key", Ct)).Refusal.ShouldBeOfType<LeaseTooLong>();
        (await Requests.SubmitAsync(world.Member, world.Draft() with { LeaseDays = 90 }, "key", Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_machine_gets_the_usual_length_and_its_lease_begins_when_it_runs()
    {
        var world = await Postgres.NewWorldAsync();
        await Leases.SetTermsAsync(world.Admin, world.Project.Id, Strict, 0, Ct);
        var machine = await GrantedMachineAsync(world);
        machine.LeaseDays.ShouldBe(30);
        machine.LeaseEndsAt.ShouldBeNull();
        Postgres.Time.Advance(TimeSpan.FromHours(5));

        await Books.ProvisionedAsync(await ClaimAsync(), Ct);

        var runs = await MachineAsync(machine.Id);
        runs.LeaseEndsAt.ShouldBe(Now.AddDays(30));
        runs.LeaseStage.ShouldBe(LeaseStage.Running);
    }

    [Fact]
    public async Task Without_terms_machines_are_for_ever_and_one_may_ask_for_an_end()
    {
        var world = await Postgres.NewWorldAsync();
        var forEver = await GrantedMachineAsync(world);
        await Books.ProvisionedAsync(await ClaimAsync(), Ct);
        (await MachineAsync(forEver.Id)).LeaseStage.ShouldBe(LeaseStage.None);

        var view = (await Requests.SubmitAsync(world.Member, world.Draft() with { LeaseDays = 3 }, "key", Ct)).Value;
        ((CreateTerms)view.Terms).LeaseDays.ShouldBe(3);
    }

    [Fact]
    public async Task The_platforms_terms_hold_where_a_project_has_none_of_its_own()
    {
        var world = await Postgres.NewWorldAsync();
        await Leases.SetTermsAsync(world.Admin, null, Strict, 0, Ct);
        (await Leases.TermsAsync(world.Member, world.Project.Id, Ct)).Value.Terms.MostDays.ShouldBe(90);

        var own = (await Leases.SetTermsAsync(world.Admin, world.Project.Id, Strict with { MostDays = 40 }, 0, Ct)).Value;
        own.IsOwn.ShouldBeTrue();
        (await Leases.SetTermsAsync(world.Admin, world.Project.Id, null, own.Version, Ct)).Value.ShouldSatisfyAllConditions(t => t.IsOwn.ShouldBeFalse(), t => t.Terms.MostDays.ShouldBe(90));
    }

    [Fact]
    public async Task Only_an_admin_sets_terms_and_a_stranger_sees_none()
    {
        var world = await Postgres.NewWorldAsync();

        (await Leases.SetTermsAsync(world.Owner, world.Project.Id, Strict, 0, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Leases.SetTermsAsync(world.Owner, null, Strict, 0, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Leases.TermsAsync(world.Stranger, world.Project.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Leases.GetAsync(world.Stranger, (await world.AddMachineAsync()).Id, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_stale_form_is_told_who_changed_the_terms_and_what_they_say_now()
    {
        var world = await Postgres.NewWorldAsync();
        var read = (await Leases.SetTermsAsync(world.Admin, world.Project.Id, Strict, 0, Ct)).Value;
        await Leases.SetTermsAsync(world.Admin, world.Project.Id, Strict with { MostDays = 77 }, read.Version, Ct);

        var stale = (await Leases.SetTermsAsync(world.Admin, world.Project.Id, Strict, read.Version, Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>();

        stale.Message.ShouldContain(world.Admin.Name);
        stale.Message.ShouldContain("at most 77 days");
    }

    [Theory]
    [InlineData(null, 90, null, 5, false, "defaultDays")]
    [InlineData(0, 90, null, 5, true, "defaultDays")]
    [InlineData(91, 90, null, 5, true, "defaultDays")]
    [InlineData(30, 0, null, 5, true, "mostDays")]
    [InlineData(30, 4000, null, 5, true, "mostDays")]
    [InlineData(30, 90, 20, 5, true, "totalDays")]
    [InlineData(30, 90, null, -1, true, "graceDays")]
    public void Terms_that_make_no_sense_are_refused_at_their_field(int? usual, int most, int? total, int grace, bool forEver, string field) =>
        new LeaseTerms(usual, most, total, [7], grace, forEver).Check().ShouldNotBeNull().Field.ShouldBe(field);

    [Fact]
    public void Warnings_are_few_within_a_year_and_each_named_once()
    {
        (Strict with { WarnDays = [0] }).Check().ShouldNotBeNull();
        (Strict with { WarnDays = [3, 3] }).Check().ShouldNotBeNull();
        (Strict with { WarnDays = [1, 2, 3, 4, 5, 6, 7] }).Check().ShouldNotBeNull();
        (Strict with { WarnDays = [] }).Check().ShouldBeNull();
    }

    [Fact]
    public async Task The_list_finds_machines_whose_lease_ends_soon_or_is_in_grace()
    {
        var world = await Postgres.NewWorldAsync();
        var soon = await LeasedAsync(world, TimeSpan.FromDays(5));
        var late = await LeasedAsync(world, TimeSpan.FromDays(50));
        var kept = await LeasedAsync(world, TimeSpan.FromDays(1), MachineState.Off);
        await AfterAsync(TimeSpan.FromDays(1));

        async Task<IEnumerable<Guid>> FindAsync(string lease) => (await Get<MachineService>().ListAsync(world.Member, new ListQuery(Filters: new Dictionary<string, string> { ["lease"] = lease }), Ct)).Items.Select(m => m.Id);
        (await FindAsync("soon")).ShouldBe([soon.Id]);
        (await FindAsync("grace")).ShouldBe([kept.Id]);
        (await FindAsync("running")).ShouldBe([soon.Id, late.Id], ignoreOrder: true);
        (await FindAsync("nonsense")).ShouldBeEmpty();
        (await Get<MachineService>().ListAsync(world.Member, new ListQuery(Sort: "lease"), Ct)).Items[0].Lease.Stage.ShouldBe(LeaseStage.Grace);
    }
}
