using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Approvals;

/// <summary>Requests that nobody may decide: they say so, and none waits for ever. Alone in its database, where the world's admin is the only one.</summary>
public sealed class NobodyLeftTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    static readonly TimeSpan Wait = TimeSpan.FromDays(7);

    [Fact]
    public async Task What_the_only_admin_asks_for_says_that_nobody_may_decide_it_and_is_denied_at_a_stated_time()
    {
        var (world, cast) = await BeginAsync();

        var request = await cast.SubmitAsync(world.Admin);

        var end = Postgres.Time.GetUtcNow() + Wait;
        request.ExpiresAt.ShouldBe(end);
        (await NoteAsync(world.Admin, request)).ShouldNotBeNull().ShouldSatisfyAllConditions(n => n.ShouldContain("no admin but the one who asked"), n => n.ShouldContain($"{end:yyyy-MM-dd HH:mm} UTC"));
        (await TitlesAsync(world.Admin)).ShouldBe([$"No admin may decide the request for {request.Subject}"]);
        (await cast.ApproveAsync(world.Admin, request)).ShouldBeOfType<OwnRequest>();
        (await SweepAsync()).Done.ShouldBe(0);

        Postgres.Time.Advance(Wait);
        (await SweepAsync()).Denied.ShouldBe(1);

        (await cast.ReadAsync(request)).ShouldSatisfyAllConditions(r => r.Status.ShouldBe(RequestStatus.Denied), r => r.DecisionReason.ShouldNotBeNull().ShouldContain("the only admin asked for it himself"));
        (await TitlesAsync(world.Admin)).ShouldContain($"{request.Subject} was denied");
        (await QuotaAsync(world)).Reserved.ShouldAllBe(held => held == 0);
    }

    [Fact]
    public async Task An_admin_made_meanwhile_may_decide_it_and_is_asked_when_the_time_is_over()
    {
        var (world, cast) = await BeginAsync();
        var (one, two) = (await cast.SubmitAsync(world.Admin), await cast.SubmitAsync(world.Admin));
        var second = await cast.PersonAsync("Second", PlatformRoles.Admin);

        (await cast.ApproveAsync(second, one)).ShouldBeNull();
        Postgres.Time.Advance(Wait);
        (await SweepAsync()).Escalated.ShouldBe(1);

        (await cast.ReadAsync(two)).ShouldSatisfyAllConditions(r => r.Status.ShouldBe(RequestStatus.Waiting), r => r.ExpiresAt.ShouldBeNull(), r => r.Note.ShouldNotBeNull().ShouldContain("so admins are asked"));
        (await TitlesAsync(second)).ShouldBe([$"{two.Subject} waits for your decision"]);
        (await cast.ApproveAsync(second, two)).ShouldBeNull();
    }

    [Fact]
    public async Task One_that_waits_for_admins_gets_an_end_when_the_last_other_admin_goes()
    {
        var (world, cast) = await BeginAsync();
        var second = await cast.PersonAsync("Second", PlatformRoles.Admin);
        var ann = await cast.PersonAsync("Ann");
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann)), new RuleConditions(Kinds: [RequestKind.Create]));
        var request = await cast.SubmitAsync(world.Admin);
        await cast.LockAsync(ann);
        (await SweepAsync()).Handed.ShouldBe(1);
        (await cast.ReadAsync(request)).ExpiresAt.ShouldBeNull();

        await cast.TakeRolesAsync(second);

        (await SweepAsync()).Handed.ShouldBe(1);
        (await SweepAsync()).Done.ShouldBe(0);
        (await cast.ReadAsync(request)).ExpiresAt.ShouldBe(Postgres.Time.GetUtcNow() + Wait);
        Postgres.Time.Advance(Wait);
        (await SweepAsync()).Denied.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_cannot_get_an_end_holds_up_none_of_the_others()
    {
        var (world, cast) = await BeginAsync();
        var second = await cast.PersonAsync("Second", PlatformRoles.Admin);
        var ann = await cast.PersonAsync("Ann");
        await cast.LockAsync(ann);
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann)));
        var (poison, fine) = (await cast.SubmitAsync(world.Admin), await cast.SubmitAsync(world.Admin));
        await cast.TakeRolesAsync(second);
        await PoisonAsync("requests", $"new.id = '{poison.Id}'");

        (await Should.ThrowAsync<AggregateException>(SweepAsync())).InnerExceptions.Count.ShouldBe(1);

        (await cast.ReadAsync(fine)).ExpiresAt.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(24)]
    [InlineData(100)]
    public async Task A_level_after_one_that_nobody_could_decide_waits_as_the_rule_says(int? hours)
    {
        var (world, cast) = await BeginAsync();
        var (ann, bob) = (await cast.PersonAsync("Ann"), await cast.PersonAsync("Bob"));
        await cast.LockAsync(ann);
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann), Cast.Asks(bob)) with { ExpiresAfterHours = hours, OnExpiry = ExpiryAction.Escalate });
        var request = await cast.SubmitAsync(world.Admin);
        request.ExpiresAt.ShouldBe(Postgres.Time.GetUtcNow() + Wait);
        var rulesEnd = hours == 100 ? request.SubmittedAt.AddHours(100) : (DateTimeOffset?)null;
        Postgres.Time.Advance(TimeSpan.FromDays(2));

        (await cast.ApproveAsync(await cast.PersonAsync("Second", PlatformRoles.Admin), request)).ShouldBeNull();

        (await cast.ReadAsync(request)).ShouldSatisfyAllConditions(r => r.Level.ShouldBe(1), r => r.AdminsAsked.ShouldBeFalse(), r => r.ExpiresAt.ShouldBe(rulesEnd));
    }

    [Fact]
    public async Task Who_was_slow_reads_until_when_it_waits_now_that_no_admin_may_decide_it()
    {
        var (world, cast) = await BeginAsync();
        var ann = await cast.PersonAsync("Ann");
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann)) with { ExpiresAfterHours = 24, OnExpiry = ExpiryAction.Escalate });
        var request = await cast.SubmitAsync(world.Admin);
        Postgres.Time.Advance(TimeSpan.FromHours(24));

        (await SweepAsync()).Escalated.ShouldBe(1);

        (await TitlesAsync(world.Admin)).ShouldBe([$"No admin may decide the request for {request.Subject}"]);
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.Notices.Where(n => n.UserId == ann.UserId).OrderBy(n => n.CreatedAt).LastAsync(Ct)).Body.ShouldNotBeNull().ShouldContain($"{Postgres.Time.GetUtcNow() + Wait:yyyy-MM-dd HH:mm} UTC");
        (await cast.ApproveAsync(ann, request)).ShouldBeNull();
    }

    [Fact]
    public async Task What_ran_out_of_time_and_no_admin_may_decide_ends_too()
    {
        var (world, cast) = await BeginAsync();
        var ann = await cast.PersonAsync("Ann");
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann)) with { ExpiresAfterHours = 24, OnExpiry = ExpiryAction.Escalate }, new RuleConditions(Kinds: [RequestKind.Create]));
        var request = await cast.SubmitAsync(world.Admin);

        Postgres.Time.Advance(TimeSpan.FromHours(24));
        (await SweepAsync()).Escalated.ShouldBe(1);
        (await NoteAsync(world.Admin, request)).ShouldNotBeNull().ShouldStartWith("Nobody decided in time, and no admin but");
        Postgres.Time.Advance(Wait);

        (await SweepAsync()).Denied.ShouldBe(1);
    }

    [Fact]
    public async Task Where_a_rule_lets_people_decide_their_own_the_only_admin_is_asked_as_any_other()
    {
        var (world, cast) = await BeginAsync();
        var ann = await cast.PersonAsync("Ann");
        await cast.LockAsync(ann);
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann)) with { MayDecideOwn = true });

        var request = await cast.SubmitAsync(world.Admin);

        request.ExpiresAt.ShouldBeNull();
        (await cast.ApproveAsync(world.Admin, request)).ShouldBeNull();
    }

    [Fact]
    public async Task Who_asked_reads_on_the_request_that_its_approver_was_missing_or_was_removed_while_it_waited()
    {
        var (world, cast) = await BeginAsync();
        var (ann, bob) = (await cast.PersonAsync("Ann"), await cast.PersonAsync("Bob"));
        await cast.LockAsync(bob);
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann)), new RuleConditions(ProjectRoles: [ProjectRole.Member]));
        await cast.RuleAsync(Cast.Ask(Cast.Asks(bob)));
        var (removed, missing) = (await cast.SubmitAsync(world.Member), await cast.SubmitAsync(world.Owner));
        (await NoteAsync(world.Member, removed)).ShouldBeNull();
        (await NoteAsync(world.Owner, missing)).ShouldNotBeNull().ShouldEndWith("is left to decide, so admins are asked.");

        await cast.LockAsync(ann);
        (await SweepAsync()).Handed.ShouldBe(1);

        (await NoteAsync(world.Member, removed)).ShouldNotBeNull().ShouldEndWith("is left to decide, so admins are asked.");
        (await cast.ApproveAsync(world.Admin, removed)).ShouldBeNull();
        (await NoteAsync(world.Member, removed)).ShouldBeNull();
    }

    Task<ExpirySweep> SweepAsync() => Get<RequestExpiry>().SweepAsync(Postgres.Time.GetUtcNow(), Ct);

    async Task<string?> NoteAsync(Actor reader, RequestView request) => (await Get<RequestService>().GetAsync(reader, request.Id, Ct)).Value.Note;

    async Task<List<string>> TitlesAsync(Actor of)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Notices.Where(n => n.UserId == of.UserId).OrderBy(n => n.CreatedAt).Select(n => n.Title).ToListAsync(Ct);
    }

    async Task<(World, Cast)> BeginAsync()
    {
        var world = await Postgres.NewWorldAsync();
        return (world, new Cast(Postgres, world));
    }
}
