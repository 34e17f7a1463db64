using System.Net;
using Portal.Tests.Postgres;

namespace Portal.Tests.Web.Health;

public sealed class HealthTests(PostgresCluster cluster, PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_ready_with_the_schema_and_tells_its_figures_on_the_machine_itself()
    {
        await using var portal = await PortalProcess.StartAsync(postgres.ConnectionString, Ct);
        using var client = new HttpClient { BaseAddress = portal.Address };

        (await client.GetStringAsync("/healthz", Ct)).ShouldBe("alive\n");
        var ready = await client.GetAsync("/readyz", Ct);
        ready.StatusCode.ShouldBe(HttpStatusCode.OK, portal.Log);
        (await ready.Content.ReadAsStringAsync(Ct)).ShouldContain("\"hosts\":{\"connected\":0,\"total\":0}");
        (await client.GetStringAsync("/metrics", Ct)).ShouldContain("state=\"Connected\"} 0");
    }

    [Theory]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    public async Task Guessing_at_tokens_there_ends_however_many_are_tried(string path)
    {
        await using var portal = await PortalProcess.StartAsync(postgres.ConnectionString, Ct, ("Portal__ApiCallsPerMinute", "1"));
        using var client = new HttpClient { BaseAddress = portal.Address };
        async Task<HttpStatusCode> GuessAsync(int number)
        {
            using var call = new HttpRequestMessage(HttpMethod.Get, path);
            call.Headers.Authorization = new("Bearer", $"ptl_{number}");
            using var answer = await client.SendAsync(call, Ct);
            return answer.StatusCode;
        }

        for (var guess = 0; guess < 10; guess++)
            (await GuessAsync(guess)).ShouldNotBe(HttpStatusCode.TooManyRequests);

        (await GuessAsync(10)).ShouldBe(HttpStatusCode.TooManyRequests);
        (await client.GetAsync("/readyz", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_the_schema_it_lives_but_is_not_ready_and_says_what_to_run()
    {
        var empty = await cluster.CreateEmptyDatabaseAsync();
        try
        {
            await using var portal = await PortalProcess.StartAsync(empty, Ct);
            using var client = new HttpClient { BaseAddress = portal.Address };

            var answer = await client.GetAsync("/readyz", Ct);

            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await answer.Content.ReadAsStringAsync(Ct)).ShouldContain("migrate");
            using var afar = new HttpRequestMessage(HttpMethod.Get, "/readyz");
            afar.Headers.Add("X-Forwarded-For", "203.0.113.7");
            (await (await client.SendAsync(afar, Ct)).Content.ReadAsStringAsync(Ct)).ShouldBe("{\"status\":\"not ready\"}");
        }
        finally
        {
            await cluster.DropDatabaseAsync(empty);
        }
    }
}
