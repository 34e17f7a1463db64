using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Changes;

public sealed class ChangeFeedTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    static readonly Guid Thing = Guid.CreateVersion7();
    static readonly Guid Project = Guid.CreateVersion7();

    [Fact]
    public async Task The_first_batch_says_everything_and_what_changes_after_it_is_told()
    {
        await using var told = new Batches(Get<ChangeFeed>());
        (await told.NextAsync()).ShouldBe([Change.Everything]);

        await NotifyAsync(new Change(ChangeKind.Machine, Thing, Project));

        (await told.NextAsync()).ShouldBe([new Change(ChangeKind.Machine, Thing, Project)]);
    }

    [Fact]
    public async Task Notices_of_one_transaction_come_as_one_batch_without_repetitions()
    {
        await using var told = new Batches(Get<ChangeFeed>());
        await told.NextAsync();

        await NotifyAsync(new(ChangeKind.Machine, Thing, Project), new(ChangeKind.Operation, Thing, Project), new(ChangeKind.Machine, Thing, Project));

        (await told.NextAsync()).Order(Comparer<Change>.Create((a, b) => a.Kind.CompareTo(b.Kind)))
            .ShouldBe([new Change(ChangeKind.Machine, Thing, Project), new Change(ChangeKind.Operation, Thing, Project)]);
    }

    [Fact]
    public async Task A_change_that_was_rolled_back_is_never_told()
    {
        await using var told = new Batches(Get<ChangeFeed>());
        await told.NextAsync();
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            await ChangeNotice.NotifyAsync(db, ChangeKind.Request, Thing, Project, Ct);
            await transaction.RollbackAsync(Ct);
        }

        await NotifyAsync(new Change(ChangeKind.Host, Thing, null));

        (await told.NextAsync()).ShouldBe([new Change(ChangeKind.Host, Thing, null)]);
    }

    [Fact]
    public async Task Two_subscribers_are_told_the_same_and_one_that_leaves_disturbs_nobody()
    {
        await using var first = new Batches(Get<ChangeFeed>());
        await first.NextAsync();
        await using (var second = new Batches(Get<ChangeFeed>()))
        {
            (await second.NextAsync()).ShouldBe([Change.Everything]);
            await NotifyAsync(new Change(ChangeKind.Host, Thing, null));
            (await second.NextAsync()).ShouldBe([new Change(ChangeKind.Host, Thing, null)]);
        }

        (await first.NextAsync()).ShouldBe([new Change(ChangeKind.Host, Thing, null)]);
        await NotifyAsync(new Change(ChangeKind.Machine, Thing, Project));
        (await first.NextAsync()).ShouldBe([new Change(ChangeKind.Machine, Thing, Project)]);
    }

    [Fact]
    public async Task After_its_connection_was_cut_it_connects_again_and_says_everything()
    {
        await using var told = new Batches(Get<ChangeFeed>());
        await told.NextAsync();

        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
        {
            (await db.Database.SqlQuery<bool>($"select pg_terminate_backend(pid) as \"Value\" from pg_stat_activity where datname = current_database() and query like 'listen %' and pid <> pg_backend_pid()").ToListAsync(Ct))
                .ShouldBe([true]);
        }

        (await told.NextAsync()).ShouldBe([Change.Everything]);
        await NotifyAsync(new Change(ChangeKind.Machine, Thing, Project));
        (await told.NextAsync()).ShouldBe([new Change(ChangeKind.Machine, Thing, Project)]);
    }

    [Fact]
    public async Task A_notice_nobody_can_read_stands_for_everything()
    {
        await using var told = new Batches(Get<ChangeFeed>());
        await told.NextAsync();
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);

        await db.Database.ExecuteSqlAsync($"select pg_notify('portal_changes', 'not json')", Ct);

        (await told.NextAsync()).ShouldBe([Change.Everything]);
    }

    [Fact]
    public async Task A_worker_is_woken_by_an_order_and_a_call_between_two_waits_is_not_missed()
    {
        var world = await Postgres.NewWorldAsync();
        using var ear = Get<WorkSignal>().Open();
        await ear.WaitAsync(TimeSpan.FromMinutes(5), Ct);
        var wait = ear.WaitAsync(TimeSpan.FromMinutes(5), Ct);

        await EnqueueAsync(await world.AddMachineAsync(), world.Member);
        await wait.WaitAsync(Batches.Patience, Ct);

        await EnqueueAsync(await world.AddMachineAsync(), world.Member);
        await ear.WaitAsync(TimeSpan.FromMinutes(5), Ct).WaitAsync(Batches.Patience, Ct);
    }

    async Task NotifyAsync(params Change[] changes)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await using var transaction = await db.Database.BeginTransactionAsync(Ct);
        foreach (var change in changes)
            await ChangeNotice.NotifyAsync(db, change.Kind, change.Id, change.ProjectId, Ct);
        await transaction.CommitAsync(Ct);
    }
}
