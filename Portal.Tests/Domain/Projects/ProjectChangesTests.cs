using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Projects;

public sealed class ProjectChangesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    ProjectChanges Changes => postgres.Get<ProjectChanges>();

    ProjectService Projects => postgres.Get<ProjectService>();

    [Fact]
    public async Task A_new_project_has_its_limits_its_owner_and_a_line_in_the_trail()
    {
        var world = await postgres.NewWorldAsync();
        var name = Fresh();

        var made = (await Changes.CreateAsync(world.Admin, new ProjectDraft($"  {name}  ", new Dictionary<QuotaResource, long> { [QuotaResource.Machines] = 3, [QuotaResource.MemoryMib] = 512 }, world.Stranger.UserId), Ct)).Value;

        made.Project.ShouldSatisfyAllConditions(p => p.Name.ShouldBe(name), p => p.Owners.ShouldBe([world.Stranger.Name]), p => p.Members.ShouldBe(1));
        var quota = (await postgres.Get<QuotaService>().GetAsync(world.Stranger, made.Project.Id, Ct)).Value;
        quota.Lines.Where(l => l.Limit > 0).Select(l => (l.Resource, l.Limit)).ShouldBe([(QuotaResource.Machines, 3), (QuotaResource.MemoryMib, 512)]);
        (await EventsAsync(made.Project.Id)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Action.ShouldBe("project.create"), e => e.ActorName.ShouldBe(world.Admin.Name), e => e.Detail.ShouldContain("after"));
        (await Projects.ListMineAsync(world.Stranger, Ct)).ShouldHaveSingleItem().Role.ShouldBe(ProjectRole.Owner);
    }

    [Theory]
    [InlineData("", "needs a name")]
    [InlineData("   ", "needs a name")]
    [InlineData("-rf", "begins with “-”")]
    [InlineData("<b>bold</b>", "begins with “<”")]
    [InlineData("two\nlines", "do not show")]
    [InlineData("zero\u200bwidth", "do not show")]
    [InlineData("turned\u202earound", "do not show")]
    [InlineData("no\u00a0break", "do not show")]
    [InlineData("half\ud800", "do not show")]
    public async Task A_name_that_shows_wrong_is_refused_at_its_field(string name, string said)
    {
        var world = await postgres.NewWorldAsync();

        (await Changes.CreateAsync(world.Admin, Draft(name), Ct)).Refusal.ShouldBeOfType<InvalidText>().ShouldSatisfyAllConditions(r => r.Field.ShouldBe("name"), r => r.Message.ShouldContain(said));
    }

    [Fact]
    public async Task A_name_of_a_megabyte_is_refused_by_its_length_and_one_of_sixty_characters_is_taken()
    {
        var world = await postgres.NewWorldAsync();

        (await Changes.CreateAsync(world.Admin, Draft(new string('x', 1 << 20)), Ct)).Refusal!.Message.ShouldContain("at most 60");
        (await Changes.CreateAsync(world.Admin, Draft(Fresh().PadRight(60, 'x')), Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task Two_names_that_differ_by_case_or_by_how_an_accent_is_written_are_one()
    {
        var world = await postgres.NewWorldAsync();
        var name = Fresh() + " caf\u00e9";
        (await Changes.CreateAsync(world.Admin, Draft(name), Ct)).IsOk.ShouldBeTrue();

        (await Changes.CreateAsync(world.Admin, Draft(name.ToUpperInvariant()), Ct)).Refusal.ShouldBeOfType<ProjectNameTaken>();
        (await Changes.CreateAsync(world.Admin, Draft(name.Replace("\u00e9", "e\u0301", StringComparison.Ordinal)), Ct)).Refusal.ShouldBeOfType<ProjectNameTaken>();
        (await Changes.CreateAsync(world.Admin, Draft(name.Replace(' ', '_')), Ct)).IsOk.ShouldBeTrue("a wildcard of the database's is a letter here");
    }

    [Fact]
    public async Task Of_twenty_who_make_the_same_project_at_once_one_does()
    {
        var world = await postgres.NewWorldAsync();
        var name = Fresh();

        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Changes.CreateAsync(world.Admin, Draft(name), Ct), Ct)));

        made.Count(m => m.IsOk).ShouldBe(1);
        made.Where(m => !m.IsOk).ShouldAllBe(m => m.Refusal is ProjectNameTaken);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(QuotaService.MostLimit + 1)]
    [InlineData(long.MaxValue)]
    public async Task A_limit_out_of_reason_is_refused(long limit)
    {
        var world = await postgres.NewWorldAsync();

        (await Changes.CreateAsync(world.Admin, new ProjectDraft(Fresh(), new Dictionary<QuotaResource, long> { [QuotaResource.Vcpus] = limit }), Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("limits");
    }

    [Fact]
    public async Task A_project_is_not_given_to_somebody_who_is_not_there_or_whose_account_is_shut()
    {
        var world = await postgres.NewWorldAsync();
        await postgres.Get<AccountService>().DisableAsync(world.Admin, world.Stranger.UserId, Ct);

        (await Changes.CreateAsync(world.Admin, Draft(Fresh()) with { OwnerId = Guid.CreateVersion7() }, Ct)).Refusal.ShouldBe(new NotFound("person"));
        (await Changes.CreateAsync(world.Admin, Draft(Fresh()) with { OwnerId = world.Stranger.UserId }, Ct)).Refusal.ShouldBe(new AccountDisabled(world.Stranger.Name));
    }

    [Fact]
    public async Task A_page_that_shows_an_older_name_changes_nothing_and_is_told_who_changed_it_and_to_what()
    {
        var world = await postgres.NewWorldAsync();
        var shown = await GetAsync(world.Owner, world);
        var (first, second) = (Fresh(), Fresh());
        (await Changes.RenameAsync(world.Owner, world.Project.Id, first, shown.Version, Ct)).Value.Project.Name.ShouldBe(first);

        var late = (await Changes.RenameAsync(world.Admin, world.Project.Id, second, shown.Version, Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>();

        late.By.ShouldBe(world.Owner.Name);
        late.Message.ShouldContain($"It is called “{first}” now");
        var now = await GetAsync(world.Admin, world);
        now.Name.ShouldBe(first);
        (await Changes.RenameAsync(world.Admin, world.Project.Id, second, now.Version, Ct)).IsOk.ShouldBeTrue();
        (await EventsAsync(world.Project.Id)).Select(e => e.Action).ShouldBe(["project.rename", "project.rename"]);
    }

    [Fact]
    public async Task A_project_with_a_machine_or_a_waiting_request_is_not_archived_and_says_what_is_in_it()
    {
        var world = await postgres.NewWorldAsync();
        await world.AddMachineAsync();
        await postgres.Get<RequestService>().SubmitAsync(world.Member, world.Draft(), "k", Ct);

        (await Changes.ArchiveAsync(world.Admin, world.Project.Id, (await GetAsync(world.Admin, world)).Version, Ct)).Refusal.ShouldBeOfType<ProjectNotEmpty>()
            .Message.ShouldContain("1 machine and 1 request");
        (await Projects.GetAsync(world.Admin, world.Project.Id, Ct))!.WhyNotArchive.ShouldNotBeNull();
    }

    [Fact]
    public async Task In_an_archived_project_nothing_can_be_asked_for_and_it_leaves_the_lists_until_it_is_brought_back()
    {
        var world = await postgres.NewWorldAsync();
        await world.AddMachineAsync(MachineState.Deleted);

        var archived = (await Changes.ArchiveAsync(world.Admin, world.Project.Id, (await GetAsync(world.Admin, world)).Version, Ct)).Value;

        (await postgres.Get<RequestService>().SubmitAsync(world.Member, world.Draft(), "k", Ct)).Refusal.ShouldBe(new ProjectArchived(world.Project.Name));
        (await postgres.Get<RequestService>().PreviewAsync(world.Member, world.Draft(), Ct)).Refusal.ShouldBe(new ProjectArchived(world.Project.Name));
        (await Projects.ListMineAsync(world.Member, Ct)).ShouldBeEmpty();
        (await Projects.ListAsync(world.Member, new ListQuery(), Ct)).Total.ShouldBe(0);
        (await Projects.ListAsync(world.Member, With("state", "archived"), Ct)).Items.ShouldHaveSingleItem().MayAct.ShouldBeFalse();
        (await Changes.ReopenAsync(world.Admin, world.Project.Id, archived.Project.Version, Ct)).IsOk.ShouldBeTrue();
        (await postgres.Get<RequestService>().SubmitAsync(world.Member, world.Draft(), "k", Ct)).IsOk.ShouldBeTrue();
        (await EventsAsync(world.Project.Id)).Select(e => e.Action).ShouldBe(["project.archive", "project.reopen"]);
    }

    [Fact]
    public async Task Of_an_archive_and_a_request_at_the_same_moment_one_is_refused()
    {
        for (var round = 0; round < 15; round++)
        {
            var world = await postgres.NewWorldAsync();
            var version = (await GetAsync(world.Admin, world)).Version;

            var ask = Task.Run(() => postgres.Get<RequestService>().SubmitAsync(world.Member, world.Draft(), "k", Ct), Ct);
            var archive = Task.Run(() => Changes.ArchiveAsync(world.Admin, world.Project.Id, version, Ct), Ct);
            await Task.WhenAll(ask, archive);

            ((await ask).IsOk, (await archive).IsOk).ShouldBeOneOf((true, false), (false, true));
        }
    }

    [Fact]
    public async Task Projects_are_searched_filtered_sorted_and_paged()
    {
        var world = await postgres.NewWorldAsync();
        var tag = Fresh();
        foreach (var letter in (string[])["a", "b", "c"])
            await Changes.CreateAsync(world.Admin, Draft($"{tag} {letter}") with { OwnerId = letter == "b" ? world.Stranger.UserId : null }, Ct);

        var page = await Projects.ListAsync(world.Admin, new ListQuery(tag, "-name", Skip: 1, Take: 1), Ct);
        page.Total.ShouldBe(3);
        page.Items.ShouldHaveSingleItem().Name.ShouldBe($"{tag} b");
        (await Projects.ListAsync(world.Admin, new ListQuery(world.Stranger.Name), Ct)).Items.ShouldHaveSingleItem().Name.ShouldBe($"{tag} b");
        (await Projects.ListAsync(world.Stranger, With("role", "owner"), Ct)).Total.ShouldBe(1);
        (await Projects.ListAsync(world.Stranger, With("role", "viewer"), Ct)).Total.ShouldBe(0);
        foreach (var sort in (string[])["name", "members", "machines", "waiting", "created", "nonsense"])
            (await Projects.ListAsync(world.Admin, new ListQuery(tag, sort), Ct)).Items.Count.ShouldBe(3, sort);
    }

    static ProjectDraft Draft(string name) => new(name, new Dictionary<QuotaResource, long>());

    static string Fresh() => $"P{Guid.NewGuid():n}"[..12];

    static ListQuery With(string field, string value) => new(Filters: new Dictionary<string, string> { [field] = value });

    async Task<ProjectRow> GetAsync(Actor actor, World world) => (await Projects.GetAsync(actor, world.Project.Id, Ct)).ShouldNotBeNull().Project;

    async Task<List<AuditEvent>> EventsAsync(Guid subject)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.AuditEvents.Where(e => e.SubjectId == subject).OrderBy(e => e.Id).ToListAsync(Ct);
    }
}
