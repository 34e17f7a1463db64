using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Audit;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Audit;

public sealed class AuditServiceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    AuditService Trail => postgres.Get<AuditService>();

    [Fact]
    public async Task Every_change_leaves_a_line_with_who_what_why_and_from_where_and_a_refusal_leaves_none()
    {
        var world = await postgres.NewWorldAsync();
        var requests = postgres.Get<RequestService>();
        var request = (await requests.SubmitAsync(world.Member, world.Draft("web-01"), "1", Ct)).Value;
        await requests.SubmitAsync(world.Member, world.Draft("web-01"), "2", Ct);
        postgres.Time.Advance(TimeSpan.FromSeconds(1));
        await postgres.Get<ApprovalService>().DenyAsync(world.Admin, [request.Id], "Too large", Ct);

        var page = (await Trail.ListAsync(world.Admin, Of(world), Ct)).Value;

        page.Total.ShouldBe(2);
        page.Items.Select(e => (e.Action, e.ActorName, e.SubjectName)).ShouldBe([("request.deny", world.Admin.Name, "web-01"), ("request.submit", world.Member.Name, "web-01")]);
        page.Items[0].ShouldSatisfyAllConditions(
            e => e.Detail.ShouldContain("Too large"), e => e.RemoteAddress.ShouldBe("127.0.0.1"), e => e.ProjectName.ShouldBe(world.Project.Name), e => e.SubjectId.ShouldBe(request.Id));
    }

    [Fact]
    public async Task The_trail_sorts_filters_searches_and_pages()
    {
        var world = await postgres.NewWorldAsync();
        var requests = postgres.Get<RequestService>();
        foreach (var name in new[] { "alpha", "bravo", "charlie" })
        {
            var request = (await requests.SubmitAsync(world.Member, world.Draft(name), name, Ct)).Value;
            postgres.Time.Advance(TimeSpan.FromSeconds(1));
            if (name == "bravo")
                await requests.WithdrawAsync(world.Owner, request.Id, Ct);
            postgres.Time.Advance(TimeSpan.FromSeconds(1));
        }
        async Task<string[]> NamesAsync(ListQuery query) => [.. (await Trail.ListAsync(world.Admin, query, Ct)).Value.Items.Select(e => e.SubjectName)];

        (await NamesAsync(Of(world, ("action", "request.withdraw")))).ShouldBe(["bravo"]);
        (await NamesAsync(Of(world, ("actor", world.Owner.UserId.ToString())))).ShouldBe(["bravo"]);
        (await NamesAsync(Of(world, ("kind", "host")))).ShouldBeEmpty();
        (await NamesAsync(Of(world, ("action", "request.\0withdraw")) with { Search = "bra\0vo" })).ShouldBe(["bravo"]);
        (await NamesAsync(Of(world) with { Search = "CHAR" })).ShouldBe(["charlie"]);
        (await NamesAsync(Of(world) with { Sort = "subject", Take = 2 })).ShouldBe(["alpha", "bravo"]);
        (await NamesAsync(Of(world) with { Sort = "at", Skip = 3 })).ShouldBe(["charlie"]);
        foreach (var sort in new[] { "actor", "action", "-at" })
            (await NamesAsync(Of(world) with { Sort = sort })).Length.ShouldBe(4);
    }

    [Fact]
    public async Task Only_admins_read_it()
    {
        var world = await postgres.NewWorldAsync();

        (await Trail.ListAsync(world.Owner, new ListQuery(), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
    }

    static ListQuery Of(World world, params (string Field, string Value)[] filters) =>
        new(Filters: new Dictionary<string, string>(filters.Select(f => KeyValuePair.Create(f.Field, f.Value))) { ["project"] = world.Project.Id.ToString() });
}
