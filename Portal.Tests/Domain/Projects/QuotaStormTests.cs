using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Projects;

public sealed class QuotaStormTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_hundred_submits_at_once_exactly_the_ten_within_the_limit_are_taken()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 10));
        // Four replicas of the portal, each with connections of its own.
        await using var replicas = new Replicas(postgres.ConnectionString, 4);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => Task.Run(() =>
            replicas[n % 4].SubmitAsync(n % 2 == 0 ? world.Member : world.Owner, world.Draft(), $"storm-{n}", Ct), Ct)));

        answers.Count(a => a.IsOk).ShouldBe(10);
        var refusals = answers.Where(a => !a.IsOk).Select(a => a.Refusal.ShouldBeOfType<QuotaExceeded>()).ToList();
        refusals.Count.ShouldBe(190);
        refusals.ShouldAllBe(r => r.Line.Resource == QuotaResource.Machines && r.Line.Used + r.Line.Reserved == 10 && r.Over == 1);
        answers.Where(a => a.IsOk).Select(a => a.Value.MachineId).Distinct().Count().ShouldBe(10);
        await BooksAgreeAsync(world, 10);
    }

    [Fact]
    public async Task A_storm_of_submits_and_withdrawals_ends_with_books_that_agree()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 5, MemoryMib: 1024));
        await using var replicas = new Replicas(postgres.ConnectionString, 2);

        var withdrawn = await Task.WhenAll(Enumerable.Range(0, 60).Select(n => Task.Run(async () =>
        {
            var taken = await replicas[n % 2].SubmitAsync(world.Member, world.Draft(), $"both-{n}", Ct);
            return taken.IsOk && n % 3 != 0 && (await replicas[(n + 1) % 2].WithdrawAsync(world.Member, taken.Value.Id, Ct)).IsOk;
        }, Ct)));

        withdrawn.ShouldContain(true);
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        await BooksAgreeAsync(world, await db.Requests.CountAsync(r => r.ProjectId == world.Project.Id && r.Status == RequestStatus.Waiting, Ct));
    }

    [Fact]
    public async Task Two_projects_that_ask_in_a_storm_do_not_touch_each_others_limits()
    {
        var (one, other) = (await postgres.NewWorldAsync(new WorldPlan(Machines: 3)), await postgres.NewWorldAsync(new WorldPlan(Machines: 4)));
        var requests = postgres.Get<RequestService>();

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => n % 2 == 0 ? one : other)
            .Select((world, n) => Task.Run(async () => (world, answer: await requests.SubmitAsync(world.Member, world.Draft(), $"two-{n}", Ct)), Ct)));

        answers.Count(a => a.world == one && a.answer.IsOk).ShouldBe(3);
        answers.Count(a => a.world == other && a.answer.IsOk).ShouldBe(4);
    }

    async Task BooksAgreeAsync(World world, int waiting)
    {
        var lines = (await postgres.Get<QuotaService>().GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines;
        lines.ShouldAllBe(l => l.Reserved == waiting * QuotaAmounts.OfMachine(world.Flavor.Size).Of(l.Resource));
        lines.ShouldAllBe(l => l.Used == 0);
    }

    sealed class Replicas(string connectionString, int count) : IAsyncDisposable
    {
        readonly List<ServiceProvider> providers = [.. Enumerable.Range(0, count).Select(n => new ServiceCollection().AddLogging()
            .AddPortalDomain(new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = $"replica-{n}", MaxPoolSize = 12 }.ConnectionString).BuildServiceProvider())];

        public RequestService this[int n] => providers[n].GetRequiredService<RequestService>();

        public async ValueTask DisposeAsync()
        {
            foreach (var provider in providers)
            {
                await using var db = await provider.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
                NpgsqlConnection.ClearPool((NpgsqlConnection)db.Database.GetDbConnection());
                await provider.DisposeAsync();
            }
        }
    }
}
