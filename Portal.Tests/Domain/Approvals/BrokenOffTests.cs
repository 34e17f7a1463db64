using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Operations;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Approvals;

/// <summary>Several decisions at once, and the database in the middle of them.</summary>
public sealed class BrokenOffTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    [Fact]
    public async Task When_the_database_goes_in_between_what_was_decided_is_told_and_the_rest_waits()
    {
        var world = await Postgres.NewWorldAsync();
        var asked = await AskAsync(world, 3);
        await using var road = new RoadThatEnds(Postgres.Contexts, after: 1);

        var decisions = await On(road).ApproveAsync(world.Admin, asked, null, Ct);

        decisions.Select(d => (d.RequestId, d.Refusal?.Code)).ShouldBe([(asked[0], null), (asked[1], "not-decided"), (asked[2], "not-decided")]);
        (await StatusAsync(asked)).ShouldBe([RequestStatus.Approved, RequestStatus.Waiting, RequestStatus.Waiting]);
    }

    [Fact]
    public async Task When_it_is_away_from_the_first_on_that_is_a_fault_and_no_decision()
    {
        var world = await Postgres.NewWorldAsync();
        var asked = await AskAsync(world, 2);
        await using var road = new RoadThatEnds(Postgres.Contexts, after: 0);

        await Should.ThrowAsync<Npgsql.NpgsqlException>(On(road).ApproveAsync(world.Admin, asked, null, Ct));
    }

    [Fact]
    public async Task A_deadlock_is_told_of_the_one_it_hit_and_the_others_are_decided()
    {
        var world = await Postgres.NewWorldAsync();
        var asked = await AskAsync(world, 2);
        await using var other = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await using (await other.Database.BeginTransactionAsync(Ct))
        {
            await other.Database.ExecuteSqlAsync($"select from requests where id = {asked[0]} for update", Ct);
            var deciding = On(Postgres.Contexts).DenyAsync(world.Admin, asked, "No room", Ct);
            await BlockedAsync();
            // It waits for the request and this for its machine: PostgreSQL gives up on whoever has waited the longest.
            await other.Database.ExecuteSqlAsync($"select from machines where id = (select machine_id from requests where id = {asked[0]}) for update", Ct);
            await other.Database.CurrentTransaction!.RollbackAsync(Ct);

            (await deciding).Select(d => (d.RequestId, d.Refusal?.Code)).ShouldBe([(asked[0], "not-decided"), (asked[1], null)]);
        }

        (await StatusAsync(asked)).ShouldBe([RequestStatus.Waiting, RequestStatus.Denied]);
    }

    [Fact]
    public async Task A_fault_that_is_not_the_databases_is_not_told_as_one()
    {
        var world = await Postgres.NewWorldAsync();
        var asked = await AskAsync(world, 2);

        (await Should.ThrowAsync<InvalidOperationException>(On(new RoadWithAFault(Postgres.Contexts)).ApproveAsync(world.Admin, asked, null, Ct))).Message.ShouldBe("a defect");

        (await StatusAsync(asked)).ShouldBe([RequestStatus.Approved, RequestStatus.Waiting]);
    }

    [Fact]
    public async Task When_the_database_goes_while_it_commits_nobody_knows_whether_it_is_decided()
    {
        var world = await Postgres.NewWorldAsync();
        var asked = await AskAsync(world, 1);
        await AtCommitAsync("perform pg_terminate_backend(pg_backend_pid())");

        (await On(Postgres.Contexts).DenyAsync(world.Admin, asked, "No room", Ct)).Single().Refusal.ShouldBeOfType<MayBeDecided>();
    }

    [Fact]
    public async Task A_commit_that_the_database_refuses_is_a_fault_and_no_maybe()
    {
        var world = await Postgres.NewWorldAsync();
        var asked = await AskAsync(world, 2);
        await AtCommitAsync("if new.id = '" + asked[1] + "' then raise exception 'a defect'; end if");

        (await Should.ThrowAsync<Npgsql.PostgresException>(On(Postgres.Contexts).DenyAsync(world.Admin, asked, "No room", Ct))).MessageText.ShouldBe("a defect");

        (await StatusAsync(asked)).ShouldBe([RequestStatus.Denied, RequestStatus.Waiting]);
    }

    /// <summary>Has PostgreSQL do something whenever a request's decision is about to be committed.</summary>
    async Task AtCommitAsync(string statement)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"""
            create function at_commit() returns trigger language plpgsql as $$ begin {statement}; return null; end $$;
            create constraint trigger at_commit after update on requests deferrable initially deferred for each row execute function at_commit();
            """;
        await db.Database.OpenConnectionAsync(Ct);
        await command.ExecuteNonQueryAsync(Ct);
    }

    ApprovalService On(IDbContextFactory<PortalDbContext> road) => new(road, Get<RequestActions>(), Get<Granting>(), Postgres.Time, NullLogger<ApprovalService>.Instance);

    async Task<IReadOnlyList<Guid>> AskAsync(World world, int count)
    {
        var asked = new List<Guid>();
        for (var i = 0; i < count; i++)
            asked.Add((await Get<RequestService>().SubmitAsync(world.Member, world.Draft(), Guid.NewGuid().ToString(), Ct)).Value.Id);
        return asked;
    }

    async Task<IReadOnlyList<RequestStatus>> StatusAsync(IReadOnlyList<Guid> asked)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var status = await db.Requests.ToDictionaryAsync(r => r.Id, r => r.Status, Ct);
        return [.. asked.Select(id => status[id])];
    }

    /// <summary>Returns once somebody waits for a lock in this database.</summary>
    async Task BlockedAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        while ((await db.Database.SqlQuery<int>($"""select pid as "Value" from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'""").ToListAsync(deadline.Token)).Count == 0)
            await Task.Yield();
    }

    /// <summary>The way to the database once; then a defect of the portal's own.</summary>
    sealed class RoadWithAFault(IDbContextFactory<PortalDbContext> open) : IDbContextFactory<PortalDbContext>
    {
        int made;

        public PortalDbContext CreateDbContext() => made++ == 0 ? open.CreateDbContext() : throw new InvalidOperationException("a defect");
    }

    /// <summary>The way to the database, until so many contexts were made; then one where nothing listens.</summary>
    sealed class RoadThatEnds(IDbContextFactory<PortalDbContext> open, int after) : IDbContextFactory<PortalDbContext>, IAsyncDisposable
    {
        readonly ServiceProvider nowhere = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System)
            .AddPortalDomain("Host=127.0.0.1;Port=1;Database=portal;Username=portal;Timeout=2").BuildServiceProvider();

        int made;

        public PortalDbContext CreateDbContext() => (made++ < after ? open : nowhere.GetRequiredService<IDbContextFactory<PortalDbContext>>()).CreateDbContext();

        public ValueTask DisposeAsync() => nowhere.DisposeAsync();
    }
}
