using Portal.Domain;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Requests;

public sealed class RequestListTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    RequestService Requests => postgres.Get<RequestService>();

    [Fact]
    public async Task Lists_sort_filter_search_and_page_on_the_server()
    {
        var world = await postgres.NewWorldAsync();
        var submitted = new List<RequestView>();
        foreach (var (who, name) in new[] { (world.Member, "alpha"), (world.Owner, "charlie"), (world.Member, "bravo"), (world.Owner, "100-percent"), (world.Member, "delta") })
        {
            submitted.Add((await Requests.SubmitAsync(who, world.Draft(name), name, Ct)).Value);
            postgres.Time.Advance(TimeSpan.FromSeconds(1));
        }
        await Requests.WithdrawAsync(world.Member, submitted[0].Id, Ct);
        async Task<string[]> NamesAsync(ListQuery query) => [.. (await Requests.ListAsync(world.Viewer, query, Ct)).Items.Select(r => r.Subject)];

        (await NamesAsync(new())).ShouldBe(["delta", "100-percent", "bravo", "charlie", "alpha"]);
        (await NamesAsync(new(Sort: "machine"))).ShouldBe(["100-percent", "alpha", "bravo", "charlie", "delta"]);
        (await NamesAsync(new(Sort: "-machine", Take: 2))).ShouldBe(["delta", "charlie"]);
        (await NamesAsync(new(Sort: "machine", Skip: 3, Take: 2))).ShouldBe(["charlie", "delta"]);
        (await NamesAsync(new(Sort: "no-such-field"))).ShouldBe(["delta", "100-percent", "bravo", "charlie", "alpha"]);
        (await NamesAsync(new(Search: "RAV"))).ShouldBe(["bravo"]);
        (await NamesAsync(new(Search: "0%"))).ShouldBeEmpty();
        (await NamesAsync(new(Search: world.Owner.Name.ToLowerInvariant(), Sort: "machine"))).ShouldBe(["100-percent", "charlie"]);
        (await NamesAsync(new(Filters: new Dictionary<string, string> { ["status"] = "Withdrawn" }))).ShouldBe(["alpha"]);
        (await NamesAsync(new(Sort: "machine", Filters: new Dictionary<string, string> { ["status"] = "waiting,denied" }))).ShouldBe(["100-percent", "bravo", "charlie", "delta"]);
        (await NamesAsync(new(Filters: new Dictionary<string, string> { ["requester"] = world.Owner.UserId.ToString(), ["status"] = "Waiting" }))).Length.ShouldBe(2);
        (await NamesAsync(new(Filters: new Dictionary<string, string> { ["project"] = "not-an-id" }))).ShouldBeEmpty();
        (await Requests.ListAsync(world.Member, new(Take: 1, Filters: new Dictionary<string, string> { ["requester"] = "me" }), Ct)).ShouldSatisfyAllConditions(
            page => page.Total.ShouldBe(3), page => page.Items.Count.ShouldBe(1));
        foreach (var sort in new[] { "submitted", "requester", "project", "status", "decided" })
            (await Requests.ListAsync(world.Viewer, new(Sort: sort), Ct)).Total.ShouldBe(5);
    }
}
