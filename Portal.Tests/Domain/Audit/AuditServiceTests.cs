using Portal.Domain;
using Portal.Domain.Accounts;
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
    public async Task Auditors_and_admins_read_it_and_nobody_else()
    {
        var world = await postgres.NewWorldAsync();

        (await Trail.ListAsync(world.Owner, new ListQuery(), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Trail.ListAsync(world.Stranger with { Platform = PlatformRoles.Approver | PlatformRoles.Operator }, new ListQuery(), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Trail.VerifyAsync(world.Owner, null, null, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await postgres.Get<AuditExport>().BeginAsync(world.Owner, new ListQuery(), "csv", Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Trail.ListAsync(world.Stranger with { Platform = PlatformRoles.Auditor }, new ListQuery(), Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_search_finds_three_letters_anywhere_and_fewer_at_the_beginning()
    {
        var world = await postgres.NewWorldAsync();
        await WriteAsync(world, "10.0.0.7", "alpha-bravo", "x_y%z");
        async Task<string[]> NamesAsync(string search) => [.. (await Trail.ListAsync(world.Admin, Of(world) with { Search = search, Sort = "subject" }, Ct)).Value.Items.Select(e => e.SubjectName)];

        (await NamesAsync("BRAVO")).ShouldBe(["alpha-bravo"]);
        (await NamesAsync("al")).ShouldBe(["alpha-bravo"]);
        (await NamesAsync("br")).ShouldBeEmpty();
        (await NamesAsync("10.")).ShouldBe(["10.0.0.7"]);
        (await NamesAsync("x_")).ShouldBe(["x_y%z"]);
        (await NamesAsync("x%")).ShouldBeEmpty();
        (await NamesAsync("--")).ShouldBeEmpty();
        (await NamesAsync("\\")).ShouldBeEmpty();
        (await NamesAsync("thing.do")).Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_narrowed_trail_is_counted_to_a_limit_and_refused_past_it()
    {
        var world = await postgres.NewWorldAsync();
        await WriteAsync(world, [.. Enumerable.Range(0, AuditService.MostCounted).Select(n => $"n-{n:00000}")]);
        var all = Of(world) with { Sort = "subject" };

        var whole = (await Trail.ListAsync(world.Admin, all with { Skip = AuditService.MostCounted - 1 }, Ct)).Value;
        (whole.Total, whole.AtLeast, whole.Items.Single().SubjectName).ShouldBe((AuditService.MostCounted, false, "n-09999"));
        (await Trail.ListAsync(world.Admin, all with { Skip = AuditService.MostCounted }, Ct)).Value.Items.ShouldBeEmpty();

        await WriteAsync(world, "one-more");

        var more = (await Trail.ListAsync(world.Admin, all with { Skip = AuditService.MostCounted - 1, Take = 1 }, Ct)).Value;
        (more.Total, more.AtLeast, more.Items.Count).ShouldBe((AuditService.MostCounted, true, 1));
        (await Trail.ListAsync(world.Admin, all with { Skip = AuditService.MostCounted }, Ct)).Refusal.ShouldBeOfType<ListTooDeep>().Advice.ShouldContain("'after' with its id");
        var last = more.Items.Single().Id;
        (await Trail.ListAsync(world.Admin, After(all, last), Ct)).Value.ShouldSatisfyAllConditions(p => p.Items.Single().SubjectName.ShouldBe("one-more"), p => p.AtLeast.ShouldBeTrue(), p => p.Follows.ShouldBeFalse());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("at")]
    [InlineData("-actor")]
    [InlineData("actor")]
    [InlineData("action")]
    [InlineData("-action")]
    [InlineData("subject")]
    [InlineData("-subject")]
    public async Task Pages_that_follow_and_precede_an_event_are_those_of_the_same_list_by_number(string? sort)
    {
        var world = await postgres.NewWorldAsync();
        await WriteAsync(world, [.. Enumerable.Range(0, 31).Select(n => $"walk-{n % 4}")]);
        postgres.Time.Advance(TimeSpan.FromSeconds(1));
        await WriteAsync(world, world.Owner, [.. Enumerable.Range(0, 30).Select(n => $"walk-{n % 3}")]);
        foreach (var query in new[] { Of(world) with { Sort = sort, Take = 7 }, Of(world) with { Sort = sort, Search = "WALK", Take = 7 }, new ListQuery(Sort: sort, Take: 200) })
        {
            var pages = new List<IReadOnlyList<AuditEntry>>();
            for (var skip = 0; pages is [] || pages[^1].Count == query.Take; skip += query.Take)
                pages.Add((await Trail.ListAsync(world.Admin, query with { Skip = skip }, Ct)).Value.Items);

            for (var n = 1; n < pages.Count && pages[n].Count > 0; n++)
            {
                var next = (await Trail.ListAsync(world.Admin, After(query, pages[n - 1][^1].Id), Ct)).Value;
                next.Items.ShouldBe(pages[n]);
                next.Follows.ShouldBe(n + 1 < pages.Count && pages[n + 1].Count > 0);
                (await Trail.ListAsync(world.Admin, With(query, "before", pages[n][0].Id), Ct)).Value.ShouldSatisfyAllConditions(p => p.Items.ShouldBe(pages[n - 1]), p => p.Follows.ShouldBeTrue());
            }
        }
    }

    [Fact]
    public async Task A_page_beside_an_event_that_is_none_is_refused()
    {
        var world = await postgres.NewWorldAsync();
        await WriteAsync(world, "one");

        (await Trail.ListAsync(world.Admin, After(Of(world), Guid.NewGuid()), Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Trail.ListAsync(world.Admin, Of(world, ("before", "' or 1 = 1 --")), Ct)).Refusal.ShouldBeOfType<NotFound>();
    }

    [Theory]
    [InlineData("at")]
    [InlineData("-at")]
    [InlineData("actor")]
    [InlineData("-actor")]
    [InlineData("action")]
    [InlineData("-subject")]
    public async Task Pages_of_the_whole_trail_join_without_a_gap_from_whichever_end_they_are_read(string sort)
    {
        var world = await postgres.NewWorldAsync();
        await WriteAsync(world, [.. Enumerable.Range(0, 37).Select(n => $"s-{n % 5}")]);
        var total = (await Trail.ListAsync(world.Admin, new ListQuery(Take: 1), Ct)).Value.Total;
        var whole = new List<Guid>();
        for (var skip = 0; skip < total; skip += 200)
            whole.AddRange((await Trail.ListAsync(world.Admin, new ListQuery(Sort: sort, Skip: skip, Take: 200), Ct)).Value.Items.Select(e => e.Id));
        whole.Distinct().Count().ShouldBe(total);

        var paged = new List<Guid>();
        for (var skip = 0; skip < total; skip += 7)
            paged.AddRange((await Trail.ListAsync(world.Admin, new ListQuery(Sort: sort, Skip: skip, Take: 7), Ct)).Value.Items.Select(e => e.Id));

        paged.ShouldBe(whole);
        (await Trail.ListAsync(world.Admin, new ListQuery(Sort: sort, Skip: total), Ct)).Value.Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("at")]
    [InlineData("-at")]
    [InlineData("actor")]
    [InlineData("-action")]
    [InlineData("subject")]
    [InlineData("-subject")]
    public async Task Pages_of_a_search_join_without_a_gap_in_every_order(string sort)
    {
        var world = await postgres.NewWorldAsync();
        await WriteAsync(world, [.. Enumerable.Range(0, 23).Select(n => $"seek-{n * 7 % 23:00}"), .. Enumerable.Range(0, 23).Select(n => $"leave-{n:00}")]);
        var query = Of(world) with { Search = "SEEK", Sort = sort };
        var whole = (await Trail.ListAsync(world.Admin, query with { Take = 200 }, Ct)).Value;

        var paged = new List<AuditEntry>();
        for (var skip = 0; skip < 23; skip += 5)
            paged.AddRange((await Trail.ListAsync(world.Admin, query with { Skip = skip, Take = 5 }, Ct)).Value.Items);

        (whole.Total, whole.AtLeast).ShouldBe((23, false));
        paged.Select(e => e.Id).ShouldBe(whole.Items.Select(e => e.Id));
        if (sort.EndsWith("subject", StringComparison.Ordinal))
            paged.Select(e => e.SubjectName).ShouldBe(sort[0] == '-' ? Enumerable.Range(0, 23).Select(n => $"seek-{22 - n:00}") : Enumerable.Range(0, 23).Select(n => $"seek-{n:00}"));
    }

    Task WriteAsync(World world, params string[] subjects) => WriteAsync(world, world.Member, subjects);

    async Task WriteAsync(World world, Actor by, string[] subjects)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        db.AddRange(subjects.Select(subject => AuditEvent.Of(by, "thing.do", "thing", Guid.NewGuid(), subject, world.Project.Id, null, postgres.Time.GetUtcNow())));
        await db.SaveChangesAsync(Ct);
    }

    static ListQuery After(ListQuery query, Guid id) => With(query, "after", id);

    static ListQuery With(ListQuery query, string filter, Guid id) => query with { Filters = new Dictionary<string, string>(query.Filters ?? new Dictionary<string, string>()) { [filter] = id.ToString() } };

    static ListQuery Of(World world, params (string Field, string Value)[] filters) =>
        new(Filters: new Dictionary<string, string>(filters.Select(f => KeyValuePair.Create(f.Field, f.Value))) { ["project"] = world.Project.Id.ToString() });
}
