using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Migrations;
using Portal.Domain.MovePolicies;
using Portal.Domain.Schedules;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.MovePolicies;

/// <summary>Policies for moves that admins make beside those that are built in.</summary>
public sealed class MovePolicyTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    static readonly MovePolicyTerms Night = new(MaySlow: true, MoveEnding.PauseAndFinish, PatienceSeconds: 60, LongestPauseMs: 80, LongestSeconds: 900);
    static readonly ScheduleTiming Nightly = new("UTC", ScheduleTiming.Weekdays, new TimeOnly(2, 0));

    MovePolicyService Policies => Get<MovePolicyService>();

    MigrationService Migrations => Get<MigrationService>();

    [Fact]
    public async Task An_admin_makes_one_operators_and_auditors_read_it_and_others_see_none()
    {
        var world = await Postgres.NewWorldAsync();
        var operating = await Postgres.HireAsync(PlatformRoles.Operator);

        (await Policies.CreateAsync(operating, new("Night", Night), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        var made = await MakeAsync(world);

        (await Policies.ListAsync(operating, new ListQuery(Search: "nig"), Ct)).Items.ShouldHaveSingleItem().ShouldBe(made);
        (await Policies.ListAsync(await Postgres.HireAsync(PlatformRoles.Auditor), new ListQuery(), Ct)).Total.ShouldBe(1);
        (await Policies.ListAsync(world.Owner, new ListQuery(), Ct)).Total.ShouldBe(0);
        (await Policies.GetAsync(world.Owner, made.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Policies.RetireAsync(world.Owner, made.Id, true, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Policies.RetireAsync(operating, made.Id, true, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
    }

    [Theory]
    [InlineData("", null, "name")]
    [InlineData("a\u202Eb", null, "name")]
    [InlineData("Night", "patienceSeconds=-1", "patienceSeconds")]
    [InlineData("Night", "patienceSeconds=3601", "patienceSeconds")]
    [InlineData("Night", "patienceSeconds=900", "patienceSeconds")]
    [InlineData("Night", "longestPauseMs=9", "longestPauseMs")]
    [InlineData("Night", "longestPauseMs=60001", "longestPauseMs")]
    [InlineData("Night", "longestSeconds=29", "longestSeconds")]
    [InlineData("Night", "longestSeconds=86401", "longestSeconds")]
    [InlineData("Night", "ending=7", "ending")]
    public async Task What_makes_no_sense_is_refused_with_its_field(string name, string? change, string field)
    {
        var world = await Postgres.NewWorldAsync();
        var value = int.Parse(change?.Split('=')[1] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var terms = change?.Split('=')[0] switch
        {
            "patienceSeconds" => Night with { PatienceSeconds = value },
            "longestPauseMs" => Night with { LongestPauseMs = value },
            "longestSeconds" => Night with { LongestSeconds = value },
            "ending" => Night with { Ending = (MoveEnding)value },
            _ => Night,
        };

        (await Policies.CreateAsync(world.Admin, new(name, terms), Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe(field);
    }

    [Fact]
    public async Task No_two_have_one_name_not_even_when_they_are_made_at_once()
    {
        var world = await Postgres.NewWorldAsync();

        var made = await Task.WhenAll(Enumerable.Range(0, 3).Select(n => n == 0 ? "Night" : n == 1 ? "NIGHT" : "night").Select(name => Task.Run(() => Policies.CreateAsync(world.Admin, new(name, Night), Ct), Ct)));

        var policy = made.Where(m => m.IsOk).ShouldHaveSingleItem().Value;
        made.Where(m => !m.IsOk).ShouldAllBe(m => m.Refusal is PolicyNameTaken);
        (await Policies.CreateAsync(world.Admin, new("Must Move", Night), Ct)).Refusal.ShouldBeOfType<PolicyNameTaken>().How.ShouldBe("One that is built in");
        (await Policies.RetireAsync(world.Admin, policy.Id, true, Ct)).Value.RetiredAt.ShouldNotBeNull();
        (await Policies.CreateAsync(world.Admin, new("night", Night), Ct)).Refusal.ShouldBeOfType<PolicyNameTaken>().How.ShouldBe("A retired policy");
    }

    [Fact]
    public async Task A_move_keeps_the_name_and_the_figures_it_was_ordered_with()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var policy = await MakeAsync(world);
        var asked = new MigrationParameters(world.Hosts[1].Id, MigrationMode.Live, 100, PolicyId: policy.Id);

        (await Migrations.StartAsync(world.Admin, machine.Id, asked with { Policy = MigrationPolicy.Gentle }, "k", Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("policyId");
        (await Migrations.StartAsync(world.Admin, machine.Id, asked with { Mode = MigrationMode.QuickSaved }, "k", Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("policyId");
        (await Migrations.StartAsync(world.Admin, machine.Id, asked with { PolicyId = Guid.CreateVersion7() }, "k", Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("policyId");
        var move = (await Migrations.StartAsync(world.Admin, machine.Id, asked, "k", Ct)).Value;
        (await Policies.ChangeAsync(world.Admin, policy.Id, policy.Version, new("Later", Night with { LongestPauseMs = 500 }), Ct)).IsOk.ShouldBeTrue();

        (await Migrations.GetAsync(world.Admin, move.Id, Ct))!.Migration.ShouldSatisfyAllConditions(m => m.Policy.ShouldBeNull(), m => m.MadePolicy.ShouldBe(new MadePolicy(policy.Id, "Night", Night)));
        (await Policies.GetAsync(world.Admin, policy.Id, Ct)).Value.Moves.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_a_schedule_moves_by_is_not_retired_and_a_retired_one_orders_nothing()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var policy = await MakeAsync(world);
        SchedulePart[] part = [new(ScheduleKind.Relocate, Nightly, new MigrationParameters(null, MigrationMode.Live, null, PolicyId: policy.Id))];
        var schedule = (await Get<ScheduleService>().CreateAsync(world.Admin, machine.Id, part, Ct)).Value.Single();

        (await Policies.RetireAsync(world.Admin, policy.Id, true, Ct)).Refusal.ShouldBeOfType<PolicyInUse>().Schedules.ShouldBe(1);
        (await Get<ScheduleService>().DeleteAsync(world.Admin, schedule.Id, Ct)).IsOk.ShouldBeTrue();
        (await Policies.RetireAsync(world.Admin, policy.Id, true, Ct)).IsOk.ShouldBeTrue();

        (await Get<ScheduleService>().CreateAsync(world.Admin, machine.Id, part, Ct)).Refusal.ShouldBeOfType<PolicyRetired>();
        (await Migrations.StartAsync(world.Admin, machine.Id, part[0].Move!, "k", Ct)).Refusal.ShouldBeOfType<PolicyRetired>();
        (await Policies.RetireAsync(world.Admin, policy.Id, false, Ct)).Value.RetiredAt.ShouldBeNull();
        (await Migrations.StartAsync(world.Admin, machine.Id, part[0].Move!, "k", Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_change_from_an_old_page_is_refused_and_every_change_is_in_the_trail()
    {
        var world = await Postgres.NewWorldAsync();
        var policy = await MakeAsync(world);

        (await Policies.ChangeAsync(world.Admin, policy.Id, policy.Version, policy.Draft() with { Name = "Late" }, Ct)).Value.Name.ShouldBe("Late");
        (await Policies.ChangeAsync(world.Admin, policy.Id, policy.Version, policy.Draft(), Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>().By.ShouldBe(world.Admin.Name);
        (await Policies.RetireAsync(world.Admin, policy.Id, true, Ct)).IsOk.ShouldBeTrue();
        (await Policies.RetireAsync(world.Admin, policy.Id, true, Ct)).IsOk.ShouldBeTrue();

        (await Get<AuditService>().ListAsync(world.Admin, new ListQuery(Sort: "at"), Ct)).Value.Items.Where(e => e.SubjectId == policy.Id).Select(e => e.Action)
            .ShouldBe(["move-policy.create", "move-policy.change", "move-policy.retire"]);
    }

    async Task<MovePolicyView> MakeAsync(World world) => (await Policies.CreateAsync(world.Admin, new("Night", Night), Ct)).Value;
}

static class MovePolicyDrafts
{
    public static MovePolicyDraft Draft(this MovePolicyView view) => new(view.Name, view.Terms);
}
