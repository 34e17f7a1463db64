using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Migrations;

public sealed class ObjectiveServiceTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    ObjectiveService Objectives => Get<ObjectiveService>();

    MigrationService Migrations => Get<MigrationService>();

    [Fact]
    public async Task A_machines_objective_comes_before_its_projects_and_a_move_that_names_none_takes_it()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        (await Objectives.SetForProjectAsync(world.Owner, machine.ProjectId, null, 2, Ct)).Value.Own.ShouldBe(new Objective(null, 2));
        (await Objectives.OfMachineAsync(world.Viewer, machine.Id, Ct))!.ShouldSatisfyAllConditions(v => v.Standing.ShouldBe(new StandingObjective(new(null, 2), ObjectiveSource.Project)), v => v.MayEdit.ShouldBeFalse());
        (await Objectives.SetForMachineAsync(world.Member, machine.Id, 100, null, Ct)).Value.Standing.ShouldBe(new StandingObjective(new(100, null), ObjectiveSource.Machine));

        (await Migrations.PlanAsync(world.Admin, machine.Id, Ct))!.Objective!.Objective.BlackoutMs.ShouldBe(100);
        (await Migrations.StartAsync(world.Admin, machine.Id, null, MigrationMode.Live, null, "k", Ct)).Value.Objective.ShouldBe(new Objective(100, null));
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.AuditEvents.Where(e => e.Action.EndsWith(".objective")).Select(e => e.Action).ToListAsync(Ct)).ShouldBe(["project.objective", "machine.objective"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_project_is_for_its_owners_a_machine_for_those_who_work_with_it_and_strangers_learn_nothing()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        (await Objectives.SetForProjectAsync(world.Member, machine.ProjectId, 100, null, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Objectives.SetForMachineAsync(world.Viewer, machine.Id, 100, null, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Objectives.SetForMachineAsync(world.Stranger, machine.Id, 100, null, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Objectives.SetForProjectAsync(world.Stranger, machine.ProjectId, 100, null, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Objectives.OfMachineAsync(world.Stranger, machine.Id, Ct)).ShouldBeNull();
        (await Objectives.OfProjectAsync(world.Stranger, machine.ProjectId, Ct)).ShouldBeNull();
        (await Objectives.SetForMachineAsync(world.Member, machine.Id, null, 0, Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("objectivePings");
    }

    [Fact]
    public async Task A_move_that_would_break_the_objective_is_refused_with_figures_and_made_all_the_same_for_a_reason_that_is_kept()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await MoveToAndFroAsync(world, machine, blackout: 400, times: 4);
        await Objectives.SetForMachineAsync(world.Owner, machine.Id, 100, null, Ct);
        var live = new MigrationParameters(null, MigrationMode.Live, null);

        var refused = (await Migrations.StartAsync(world.Admin, machine.Id, live, "k", Ct)).Refusal.ShouldBeOfType<ObjectiveNotKept>();
        refused.Message.ShouldContain("at most 100 ms");
        refused.Figures.ShouldContain("live");
        refused.Advice.ShouldContain("maintenance window");
        (await Migrations.StartAsync(world.Admin, machine.Id, live with { Override = " " }, "k", Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("override");

        var made = (await Migrations.StartAsync(world.Admin, machine.Id, live with { Override = "Users were told." }, "k2", Ct)).Value;
        (made.OverrideReason, made.Objective).ShouldBe(("Users were told.", new Objective(100, null)));
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.AuditEvents.OrderByDescending(e => e.Id).FirstAsync(e => e.Action == "machine.migrate", Ct)).Detail.ShouldContain("Users were told.");
    }

    [Fact]
    public async Task Where_nobody_looks_the_stricter_objective_counts_and_a_mode_that_keeps_it_is_taken()
    {
        var world = await Postgres.NewWorldAsync();
        await LetThemMoveQuicklyAsync();
        var machine = await world.AddMachineAsync();
        await MoveToAndFroAsync(world, machine, blackout: 50, times: 4);
        await MoveToAndFroAsync(world, machine, blackout: 4000, times: 4, MigrationMode.QuickDirect);
        await Objectives.SetForMachineAsync(world.Owner, machine.Id, 200, null, Ct);

        var quick = new MigrationParameters(null, MigrationMode.QuickDirect, 5000, AnyMode: true);
        (await Migrations.StartAsync(world.Admin, machine.Id, quick, "k", Ct)).Value.ShouldSatisfyAllConditions(m => m.Mode.ShouldBe(MigrationMode.Live), m => m.ObjectiveMs.ShouldBe(200));
        await Get<MigrationBooks>().MovedAsync(await ClaimAsync(), "ok", Receipts.Of(1, 50), MachineState.Running, Ct);
        (await Migrations.StartAsync(world.Admin, machine.Id, quick with { ObjectiveMs = 150 }, "stricter", Ct)).Value.ShouldSatisfyAllConditions(m => m.Mode.ShouldBe(MigrationMode.Live), m => m.ObjectiveMs.ShouldBe(150));
    }

    async Task LetThemMoveQuicklyAsync()
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        foreach (var host in await db.Hosts.ToListAsync(Ct))
            host.Answered(host.Report! with { Capabilities = [.. host.Report.Capabilities, new("quick-direct", true, null)] }, DateTimeOffset.UtcNow);
        await db.SaveChangesAsync(Ct);
    }

    async Task MoveToAndFroAsync(World world, Machine machine, double blackout, int times, MigrationMode mode = MigrationMode.Live)
    {
        for (var n = 0; n < times; n++)
        {
            (await Migrations.StartAsync(world.Admin, machine.Id, null, mode, null, $"{mode}-{n}", Ct)).IsOk.ShouldBeTrue();
            var receipt = Receipts.Of(mode == MigrationMode.Live ? 1 : blackout / 1000, blackout);
            await Get<MigrationBooks>().MovedAsync(await ClaimAsync(), "ok", receipt, MachineState.Running, Ct);
        }
    }
}
