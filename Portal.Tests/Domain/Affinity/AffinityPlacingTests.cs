using Portal.Domain.Affinity;
using Portal.Domain.Approvals;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Rehoming;
using Portal.Domain.Requests;
using Portal.Tests.Domain.Evacuations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Affinity;

/// <summary>Everything that places or moves machines keeps affinity rules.</summary>
public sealed class AffinityPlacingTests(PostgresCluster cluster) : EvacuationTest(cluster)
{
    MigrationService Migrations => Get<MigrationService>();

    [Fact]
    public async Task A_new_machine_goes_where_its_rule_lets_it_and_waits_with_the_reason_where_none_does()
    {
        var world = await Postgres.NewWorldAsync();
        var first = await world.AddMachineAsync(name: "first");
        var second = await Get<RequestService>().SubmitAsync(world.Member, world.Draft("second"), "second", Ct);
        var third = await Get<RequestService>().SubmitAsync(world.Member, world.Draft("third"), "third", Ct);
        await RuleAsync(world, AffinityKind.Together, AffinityStrength.Must, first.Id, second.Value.MachineId!.Value);
        await RuleAsync(world, AffinityKind.Apart, AffinityStrength.Must, first.Id, third.Value.MachineId!.Value, (await world.AddMachineAsync(host: world.Hosts[1])).Id);

        // Hosts with the most room come first: without the rule it would go to the other.
        (await Get<ApprovalService>().ApproveAsync(world.Admin, [second.Value.Id], null, Ct)).Single().Refusal.ShouldBeNull();
        (await MachineAsync(second.Value.MachineId!.Value)).HostId.ShouldBe(world.Hosts[0].Id);
        var refused = (await Get<ApprovalService>().ApproveAsync(world.Admin, [third.Value.Id], null, Ct)).Single().Refusal.ShouldBeOfType<NoHostWithRoom>();
        refused.Message.ShouldContain("keeps apart from it");
        refused.Advice.ShouldStartWith("Change the affinity rule");
    }

    [Fact]
    public async Task A_move_against_what_must_be_is_refused_with_what_to_do_and_one_against_a_wish_is_warned_of_and_made()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        var (web, db) = (await world.AddMachineAsync(name: "web"), await world.AddMachineAsync(host: world.Hosts[1], name: "db"));
        var rule = await RuleAsync(world, AffinityKind.Apart, AffinityStrength.Must, web.Id, db.Id);

        var choices = (await Migrations.PlanAsync(world.Admin, web.Id, Ct))!;
        choices.Destinations.Single(d => d.HostId == world.Hosts[1].Id).ShouldSatisfyAllConditions(d => d.Possible.ShouldBeFalse(), d => d.Findings[0].ShouldSatisfyAllConditions(f => f.Level.ShouldBe(FindingLevel.Error), f => f.Text.ShouldContain("has db, which the rule")));
        choices.Best.ShouldBe(world.Hosts[2].Id);
        var refused = (await Migrations.StartAsync(world.Admin, web.Id, world.Hosts[1].Id, MigrationMode.Live, null, "k", Ct)).Refusal.ShouldBeOfType<KeptByAffinity>();
        refused.Message.ShouldContain("db, which the rule");
        refused.Advice.ShouldContain("Choose another host");

        (await Get<AffinityService>().ChangeAsync(world.Owner, rule.Id, rule.Version, new AffinityDraft(rule.Name, rule.Kind, AffinityStrength.Should, null, [web.Id, db.Id]), Ct)).IsOk.ShouldBeTrue();
        choices = (await Migrations.PlanAsync(world.Admin, web.Id, Ct))!;
        choices.Best.ShouldBe(world.Hosts[2].Id);
        choices.Destinations.Single(d => d.HostId == world.Hosts[1].Id).ShouldSatisfyAllConditions(d => d.Possible.ShouldBeTrue(), d => d.Findings[0].Level.ShouldBe(FindingLevel.Warning));
        (await Migrations.StartAsync(world.Admin, web.Id, world.Hosts[1].Id, MigrationMode.Live, null, "k", Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_move_nobody_chose_a_host_for_passes_over_those_a_rule_forbids()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        var web = await world.AddMachineAsync();
        var other = await world.AddMachineAsync(host: world.Hosts[2]);
        // The other two are as empty as each other but for this one, so that the forbidden one has more room.
        await world.AddMachineAsync(host: world.Hosts[1]);
        await world.AddMachineAsync(host: world.Hosts[1]);
        await RuleAsync(world, AffinityKind.Apart, AffinityStrength.Must, web.Id, other.Id);

        (await Migrations.StartAsync(world.Admin, web.Id, null, MigrationMode.Live, null, "k", Ct)).Value.DestinationHostId.ShouldBe(world.Hosts[1].Id);
    }

    [Fact]
    public async Task A_machine_that_is_off_is_given_no_host_its_rule_forbids()
    {
        var world = await Postgres.NewWorldAsync();
        var (off, other) = (await world.AddMachineAsync(MachineState.Off), await world.AddMachineAsync(host: world.Hosts[1]));
        await RuleAsync(world, AffinityKind.Apart, AffinityStrength.Must, off.Id, other.Id);

        (await Get<RehomeOrders>().StartAsync(world.Admin, off.Id, world.Hosts[1].Id, "k", Ct)).Refusal.ShouldBeOfType<KeptByAffinity>();
    }

    [Fact]
    public async Task An_evacuation_brings_together_to_one_host_what_must_be_and_to_two_what_must_be_apart()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 3));
        var pair = new[] { await world.AddMachineAsync(name: "a1"), await world.AddMachineAsync(name: "b1") };
        var loners = new[] { await world.AddMachineAsync(name: "a2"), await world.AddMachineAsync(name: "b2") };
        await RuleAsync(world, AffinityKind.Together, AffinityStrength.Must, pair[0].Id, pair[1].Id);

        var id = await BeginAsync(world);
        // Made while it is under way: what is ordered next keeps it.
        await RuleAsync(world, AffinityKind.Apart, AffinityStrength.Must, loners[0].Id, loners[1].Id);
        await FinishAsync();

        (await SeeAsync(world, id)).Items.ShouldAllBe(i => i.State == EvacuationItemState.Moved);
        (await MachineAsync(pair[0].Id)).HostId.ShouldBe((await MachineAsync(pair[1].Id)).HostId);
    }

    [Fact]
    public async Task An_evacuation_leaves_who_must_be_apart_from_everywhere_with_the_reason()
    {
        var world = await Postgres.NewWorldAsync();
        var (web, other) = (await world.AddMachineAsync(name: "web"), await world.AddMachineAsync(host: world.Hosts[1], name: "other"));
        await RuleAsync(world, AffinityKind.Apart, AffinityStrength.Must, web.Id, other.Id);

        var plan = (await Evacuations.PlanAsync(world.Admin, world.Hosts[0].Id, EvacuationKind.Empty, new EvacuationOrder(), Ct)).Value.Plan;

        plan.Moves.ShouldBeEmpty();
        plan.Stays.ShouldHaveSingleItem().Why.ShouldContain("has other, which the rule");
    }

    async Task<AffinityRuleView> RuleAsync(World world, AffinityKind kind, AffinityStrength strength, params Guid[] machines) =>
        (await Get<AffinityService>().CreateAsync(world.Owner, new AffinityDraft($"{kind} {strength}", kind, strength, world.Project.Id, machines), Ct)).Value;
}
