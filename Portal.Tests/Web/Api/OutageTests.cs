using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain;
using Portal.Tests.Postgres;

namespace Portal.Tests.Web.Api;

public sealed class OutageTests(PostgresCluster cluster)
{
    [Fact]
    public async Task With_PostgreSQL_gone_calls_are_told_when_to_come_back()
    {
        var ct = TestContext.Current.CancellationToken;
        var server = await PrivatePostgres.StartAsync();
        try
        {
            (await PortalProcess.RunAsync(server.ConnectionString, ct, "migrate")).ExitCode.ShouldBe(0);
            await using var services = new ServiceCollection().AddLogging().AddPortalDomain(server.ConnectionString).BuildServiceProvider();
            var world = await World.BuildAsync(services.GetRequiredService<Microsoft.EntityFrameworkCore.IDbContextFactory<PortalDbContext>>(), new WorldPlan(Hosts: 0));
            var (code, secret) = await PortalProcess.RunAsync(server.ConnectionString, ct, "token", "--user", world.Member.Name, "--name", "script");
            code.ShouldBe(0, secret);
            await using var portal = await PortalProcess.StartAsync(server.ConnectionString, ct);
            using var member = new ApiCaller(portal.Address, secret[..secret.IndexOf('\n', StringComparison.Ordinal)]);
            (await member.GetAsync("me")).Status.ShouldBe(HttpStatusCode.OK);

            await server.DisposeAsync();

            foreach (var reply in (ApiReply[])[await member.GetAsync("me"), await member.PostAsync("requests", world.Draft(), "key")])
                reply.ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "database-away").Headers.RetryAfter.ShouldNotBeNull();
            using var person = new Accounts.FormBrowser(portal.Address);
            (await person.SignInAsync(world.Member.Name, "whatever it is")).Text.ShouldContain("The database does not answer");
        }
        finally
        {
            if (Directory.Exists(server.ConnectionString.Split(';')[0]["Host=".Length..]))
                await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_token_is_held_to_its_calls_a_minute_and_others_are_not()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var postgres = new PostgresFixture(cluster);
        await postgres.InitializeAsync();
        var world = await postgres.NewWorldAsync(new WorldPlan(Hosts: 0));
        await using var portal = await PortalProcess.StartAsync(postgres.ConnectionString, ct, ("Portal__ApiCallsPerMinute", "3"));
        using var wild = new ApiCaller(portal.Address, await ApiPortal.TokenAsync(postgres, world.Member));
        using var calm = new ApiCaller(portal.Address, await ApiPortal.TokenAsync(postgres, world.Member));
        for (var call = 0; call < 3; call++)
            (await wild.GetAsync("me")).Status.ShouldBe(HttpStatusCode.OK);
        (await wild.GetAsync("me")).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too-many-calls").Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        (await calm.GetAsync("me")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Guessing_at_tokens_ends_however_many_are_tried()
    {
        await using var postgres = new PostgresFixture(cluster);
        await postgres.InitializeAsync();
        await using var portal = await PortalProcess.StartAsync(postgres.ConnectionString, TestContext.Current.CancellationToken, ("Portal__ApiCallsPerMinute", "1"));
        async Task<ApiReply> GuessAsync(int number)
        {
            using var caller = new ApiCaller(portal.Address, $"ptl_{number}");
            return await caller.GetAsync("me");
        }

        for (var guess = 0; guess < 10; guess++)
            (await GuessAsync(guess)).Status.ShouldBe(HttpStatusCode.Unauthorized);

        (await GuessAsync(10)).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too-many-calls");
    }

    [Fact]
    public async Task Without_a_browser_a_token_is_made_only_for_an_account_that_exists()
    {
        await using var postgres = new PostgresFixture(cluster);
        await postgres.InitializeAsync();
        var (code, output) = await PortalProcess.RunAsync(postgres.ConnectionString, TestContext.Current.CancellationToken, "token", "--user", "nobody", "--name", "script");
        code.ShouldBe(2);
        output.ShouldContain("There is no account 'nobody'");
    }
}
