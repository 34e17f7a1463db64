using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Operations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Operations;

public sealed class OperationServiceTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    OperationService Operations => Get<OperationService>();

    [Fact]
    public async Task People_see_the_operations_of_their_projects_and_an_admin_all()
    {
        var world = await Postgres.NewWorldAsync();
        var other = await Postgres.NewWorldAsync();
        var mine = (await EnqueueAsync(await world.AddMachineAsync(), world.Member)).Value;
        await EnqueueAsync(await other.AddMachineAsync(), other.Member);

        (await Operations.ListAsync(world.Viewer, new ListQuery(), Ct)).Items.Select(o => o.Id).ShouldBe([mine.Id]);
        (await Operations.ListAsync(world.Admin, new ListQuery(), Ct)).Total.ShouldBe(2);
        (await Operations.GetAsync(world.Stranger, mine.Id, Ct)).ShouldBeNull();
        (await Operations.RunningAsync(world.Stranger, Ct)).Active.ShouldBeEmpty();
        (await Operations.CancelAsync(other.Member, mine.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
    }

    [Fact]
    public async Task A_list_is_searched_filtered_sorted_and_paged_on_the_server()
    {
        var world = await Postgres.NewWorldAsync();
        foreach (var name in new[] { "c-100%", "b", "a" })
        {
            Postgres.Time.Advance(TimeSpan.FromSeconds(1));
            await EnqueueAsync(await world.AddMachineAsync(name: name), name == "b" ? world.Owner : world.Member);
        }
        await (await ClaimAsync()).SucceedAsync(Ct);

        async Task<string[]> TitlesAsync(ListQuery query) => [.. (await Operations.ListAsync(world.Viewer, query, Ct)).Items.Select(o => o.Title)];
        (await TitlesAsync(new())).ShouldBe(["Power a", "Power b", "Power c-100%"]);
        (await TitlesAsync(new(Sort: "title"))).ShouldBe(["Power a", "Power b", "Power c-100%"]);
        (await TitlesAsync(new(Sort: "-title", Skip: 1, Take: 1))).ShouldBe(["Power b"]);
        (await TitlesAsync(new(Search: "100%"))).ShouldBe(["Power c-100%"]);
        (await TitlesAsync(new(Search: world.Owner.Name.ToUpperInvariant()))).ShouldBe(["Power b"]);
        (await TitlesAsync(new(Filters: new Dictionary<string, string> { ["status"] = "succeeded" }))).ShouldBe(["Power c-100%"]);
        (await TitlesAsync(new(Filters: new Dictionary<string, string> { ["kind"] = "Delete,Migrate" }))).ShouldBeEmpty();
        (await TitlesAsync(new(Filters: new Dictionary<string, string> { ["machine"] = "not an id" }))).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_task_panel_shows_steps_of_what_runs_and_counts_what_ended_today()
    {
        var world = await Postgres.NewWorldAsync();
        await EnqueueAsync(await world.AddMachineAsync(), world.Member);
        await EnqueueAsync(await world.AddMachineAsync(), world.Member);
        await EnqueueAsync(await world.AddMachineAsync(), world.Member);
        await (await ClaimAsync()).SucceedAsync(Ct);
        await (await ClaimAsync()).FailAsync("no", Ct);
        var running = await ClaimAsync();
        await running.BeginStepAsync(0, "Clone the disk", Ct);
        await running.ProgressAsync(20, new Eta(2, 4), Ct);

        var tasks = await Operations.RunningAsync(world.Member, Ct);

        (tasks.DoneToday, tasks.FailedToday).ShouldBe((1, 1));
        var task = tasks.Active.ShouldHaveSingleItem();
        (task.Operation.StepName, task.Operation.Percent, task.Operation.EtaLeastSeconds, task.Operation.EtaSeconds).ShouldBe(("Clone the disk", 20d, 2d, 4d));
        task.Steps.ShouldHaveSingleItem().State.ShouldBe(StepState.Running);
    }

    [Fact]
    public async Task A_member_may_cancel_a_viewer_may_not_and_asking_twice_is_asking_once()
    {
        var world = await Postgres.NewWorldAsync();
        var operation = (await EnqueueAsync(await world.AddMachineAsync(), world.Owner)).Value;
        (await Operations.GetAsync(world.Viewer, operation.Id, Ct))!.MayCancel.ShouldBeFalse();
        (await Operations.GetAsync(world.Member, operation.Id, Ct))!.MayCancel.ShouldBeTrue();
        (await Operations.CancelAsync(world.Viewer, operation.Id, Ct)).Refusal.ShouldBeOfType<NotAllowed>();

        (await Operations.CancelAsync(world.Member, operation.Id, Ct)).Value.CancelRequested.ShouldBeTrue();
        (await Operations.CancelAsync(world.Member, operation.Id, Ct)).Value.CancelRequested.ShouldBeTrue();

        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.AuditEvents.CountAsync(e => e.Action == "operation.cancel", Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task What_ended_cannot_be_cancelled_and_the_refusal_says_how_it_ended()
    {
        var world = await Postgres.NewWorldAsync();
        var operation = (await EnqueueAsync(await world.AddMachineAsync(), world.Member)).Value;
        await (await ClaimAsync()).SucceedAsync(Ct);

        (await Operations.CancelAsync(world.Member, operation.Id, Ct)).Refusal.ShouldBeOfType<AlreadyEnded>().Message.ShouldContain("succeeded");
    }

    [Fact]
    public async Task A_deletion_does_not_stop_and_a_move_is_stopped_by_admins_only()
    {
        var world = await Postgres.NewWorldAsync();
        var deletion = (await EnqueueAsync(await world.AddMachineAsync(), world.Member, OperationKind.Delete)).Value;
        var move = (await EnqueueAsync(await world.AddMachineAsync(), world.Admin, OperationKind.Migrate)).Value;

        (await Operations.CancelAsync(world.Member, deletion.Id, Ct)).Refusal.ShouldBeOfType<CannotCancel>();
        (await Operations.CancelAsync(world.Owner, move.Id, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Operations.CancelAsync(world.Admin, move.Id, Ct)).IsOk.ShouldBeTrue();
    }
}
