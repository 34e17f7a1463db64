using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Tests.Postgres;
using Portal.Web.Health;

namespace Portal.Tests.Web.Health;

public sealed class ReadinessTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_ask_the_database_is_asked_once_a_second()
    {
        var contexts = new Counted(postgres.Contexts);
        var readiness = new Readiness(contexts, postgres.Time);

        (await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => readiness.DatabaseProblemAsync(Ct)))).ShouldAllBe(problem => problem == null);
        await readiness.DatabaseProblemAsync(Ct);
        contexts.Made.ShouldBe(1);

        postgres.Time.Advance(Readiness.Fresh);
        await readiness.DatabaseProblemAsync(Ct);
        contexts.Made.ShouldBe(2);
    }

    [Fact]
    public async Task While_a_check_hangs_nobody_starts_another_and_whoever_gives_up_ends_only_their_own_wait()
    {
        var contexts = new Counted(postgres.Contexts) { Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        var readiness = new Readiness(contexts, postgres.Time);
        using var impatient = new CancellationTokenSource();
        var (one, other) = (readiness.DatabaseProblemAsync(impatient.Token), readiness.DatabaseProblemAsync(Ct));

        await impatient.CancelAsync();
        postgres.Time.Advance(Readiness.Fresh * 10);
        var late = readiness.DatabaseProblemAsync(Ct);
        contexts.Gate.SetResult();

        await Should.ThrowAsync<OperationCanceledException>(one);
        (await other).ShouldBeNull();
        (await late).ShouldBeNull();
        contexts.Made.ShouldBe(1);
    }

    sealed class Counted(IDbContextFactory<PortalDbContext> contexts) : IDbContextFactory<PortalDbContext>
    {
        int made;

        public int Made => made;

        public TaskCompletionSource? Gate { get; init; }

        public PortalDbContext CreateDbContext() => throw new NotSupportedException();

        public async Task<PortalDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref made);
            if (Gate is not null)
                await Gate.Task;
            return await contexts.CreateDbContextAsync(cancellationToken);
        }
    }
}
