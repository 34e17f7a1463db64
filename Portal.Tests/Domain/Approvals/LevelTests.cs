using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Domain.Policies;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Approvals;

/// <summary>Who is asked, level by level, and what their answers do.</summary>
public sealed class LevelTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_level_is_asked_when_the_one_before_has_said_yes_and_only_the_last_makes_the_machine()
    {
        var (world, cast) = await BeginAsync();
        var (ann, bob) = (await cast.PersonAsync("Ann"), await cast.PersonAsync("Bob"));
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann), Cast.Asks(bob)));
        var request = await cast.SubmitAsync();
        (await cast.QueueAsync(ann)).ShouldBe([request.Id]);
        (await cast.QueueAsync(bob)).ShouldBeEmpty();

        (await cast.ApproveAsync(bob, request)).ShouldBeOfType<NotFound>();
        (await cast.ApproveAsync(ann, request)).ShouldBeNull();

        (await cast.ReadAsync(request)).ShouldSatisfyAllConditions(r => r.Status.ShouldBe(RequestStatus.Waiting), r => r.Level.ShouldBe(1));
        (await cast.QueueAsync(ann)).ShouldBeEmpty();
        (await cast.QueueAsync(bob)).ShouldBe([request.Id]);
        (await cast.ApproveAsync(bob, request)).ShouldBeNull();

        (await cast.ReadAsync(request)).ShouldSatisfyAllConditions(r => r.Status.ShouldBe(RequestStatus.Approved), r => r.DecidedBy.ShouldBe(bob.UserId));
        (await cast.DecisionsAsync(request)).Select(d => (d.Level, d.By, d.Verdict)).ShouldBe([(0, ann.Name, DecisionVerdict.Approve), (1, bob.Name, DecisionVerdict.Approve)]);
        (await cast.QueueAsync(bob)).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_no_at_any_level_ends_it_and_frees_what_was_held()
    {
        var (world, cast) = await BeginAsync();
        var (ann, bob) = (await cast.PersonAsync("Ann"), await cast.PersonAsync("Bob"));
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann), Cast.AsksAll(ann, bob)));
        var request = await cast.SubmitAsync();
        await cast.ApproveAsync(ann, request);

        (await cast.DenyAsync(bob, request)).ShouldBeNull();

        (await cast.ReadAsync(request)).ShouldSatisfyAllConditions(r => r.Status.ShouldBe(RequestStatus.Denied), r => r.DecisionReason.ShouldBe("No room"));
        (await cast.ApproveAsync(ann, request)).ShouldBeOfType<AlreadyDecided>();
    }

    [Fact]
    public async Task A_level_of_all_waits_for_each_and_asks_nobody_twice()
    {
        var (world, cast) = await BeginAsync();
        var (ann, bob) = (await cast.PersonAsync("Ann"), await cast.PersonAsync("Bob"));
        await cast.RuleAsync(Cast.Ask(Cast.AsksAll(ann, bob)));
        var request = await cast.SubmitAsync();

        (await cast.ApproveAsync(bob, request)).ShouldBeNull();
        (await cast.ReadAsync(request)).Status.ShouldBe(RequestStatus.Waiting);
        (await cast.QueueAsync(bob)).ShouldBeEmpty();
        (await cast.ApproveAsync(bob, request)).ShouldBeOfType<AlreadySaid>();
        var level = (await postgres.Get<ApprovalService>().PreviewAsync(ann, request.Id, Ct)).Value.Levels.ShouldHaveSingleItem();
        level.Seats.Select(s => (s.Who, s.SaidBy)).ShouldBe([(ann.Name, null), (bob.Name, bob.Name)]);

        (await cast.ApproveAsync(ann, request)).ShouldBeNull();
        (await cast.ReadAsync(request)).Status.ShouldBe(RequestStatus.Approved);
    }

    [Fact]
    public async Task The_last_two_of_a_level_at_once_settle_it_once()
    {
        var (world, cast) = await BeginAsync();
        var (ann, bob) = (await cast.PersonAsync("Ann"), await cast.PersonAsync("Bob"));
        await cast.RuleAsync(Cast.Ask(Cast.AsksAll(ann, bob)));
        for (var round = 0; round < 5; round++)
        {
            var request = await cast.SubmitAsync();
            var answers = await Task.WhenAll(Task.Run(() => cast.ApproveAsync(ann, request), Ct), Task.Run(() => cast.ApproveAsync(bob, request), Ct));
            answers.ShouldAllBe(refusal => refusal == null);
            (await cast.ReadAsync(request)).Status.ShouldBe(RequestStatus.Approved);
            (await cast.DecisionsAsync(request)).Count.ShouldBe(2);
        }
    }

    [Fact]
    public async Task A_second_press_meant_for_the_level_before_does_not_decide_the_next()
    {
        var (world, cast) = await BeginAsync();
        var ann = await cast.PersonAsync("Ann");
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann), Cast.Asks(ann)));
        var request = await cast.SubmitAsync();

        (await cast.ApproveAsync(ann, request, level: 0)).ShouldBeNull();
        (await cast.ApproveAsync(ann, request, level: 0)).ShouldBeOfType<LevelPassed>().By.ShouldBe(ann.Name);

        (await cast.ReadAsync(request)).ShouldSatisfyAllConditions(r => r.Status.ShouldBe(RequestStatus.Waiting), r => r.Level.ShouldBe(1));
    }

    [Fact]
    public async Task Nobody_decides_his_own_request_not_even_an_admin_unless_the_rule_says_so()
    {
        var (world, cast) = await BeginAsync();
        var own = await cast.SubmitAsync(world.Admin);
        (await cast.ApproveAsync(world.Admin, own)).ShouldBeOfType<OwnRequest>();
        (await postgres.Get<ApprovalService>().PreviewAsync(world.Admin, own.Id, Ct)).Value.MayNot.ShouldBeOfType<OwnRequest>();

        await cast.RuleAsync(Cast.Ask(Cast.AsksRole(Roles.Approver)) with { MayDecideOwn = true });
        var other = await cast.SubmitAsync(world.Admin);
        (await cast.ApproveAsync(world.Admin, other)).ShouldBeNull();
    }

    [Fact]
    public async Task An_admin_who_is_not_asked_may_decide_and_that_is_written_down()
    {
        var (world, cast) = await BeginAsync();
        var ann = await cast.PersonAsync("Ann");
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann)));
        var request = await cast.SubmitAsync();
        (await postgres.Get<ApprovalService>().QueueAsync(world.Admin, new ListQuery(Filters: new Dictionary<string, string> { ["asked"] = "me" }), Ct)).Value.Items.ShouldNotContain(r => r.Id == request.Id);

        (await cast.ApproveAsync(world.Admin, request)).ShouldBeNull();

        (await cast.DecisionsAsync(request)).Single().IsOverride.ShouldBeTrue();
    }

    [Fact]
    public async Task Owners_are_asked_as_they_are_now_and_a_new_one_at_once()
    {
        var (world, cast) = await BeginAsync();
        await cast.RuleAsync(Cast.Ask(Cast.AsksOwners()));
        var request = await cast.SubmitAsync();
        (await cast.QueueAsync(world.Owner)).ShouldBe([request.Id]);
        (await cast.QueueAsync(world.Viewer)).ShouldBeEmpty();
        var late = await cast.PersonAsync("Late");
        (await cast.QueueAsync(late)).ShouldBeEmpty();

        await cast.OwnsAsync(late);

        (await cast.QueueAsync(late)).ShouldBe([request.Id]);
        (await cast.ApproveAsync(late, request)).ShouldBeNull();
    }

    [Fact]
    public async Task A_removed_approver_is_asked_no_more_and_the_role_is_looked_up_when_it_is_used()
    {
        var (world, cast) = await BeginAsync();
        var approver = await cast.PersonAsync("Ann", PlatformRoles.Approver);
        await cast.RuleAsync(Cast.Ask(Cast.AsksRole(Roles.Approver)));
        var request = await cast.SubmitAsync();
        (await cast.QueueAsync(approver)).ShouldBe([request.Id]);

        var removed = approver with { Platform = PlatformRoles.None };

        (await cast.QueueAsync(removed)).ShouldBeEmpty();
        (await cast.ApproveAsync(removed, request)).ShouldBeOfType<NotFound>();
    }

    [Fact]
    public async Task A_level_with_nobody_left_asks_admins_and_the_request_says_so()
    {
        var (world, cast) = await BeginAsync();
        var ann = await cast.PersonAsync("Ann");
        await cast.LockAsync(ann);
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann)), name: $"Ann alone {world.Project.Name}");

        var request = await cast.SubmitAsync();

        (await cast.ReadAsync(request)).ShouldSatisfyAllConditions(r => r.AdminsAsked.ShouldBeTrue(), r => r.Note.ShouldNotBeNull().ShouldContain("Nobody whom level 1"));
        var preview = (await postgres.Get<ApprovalService>().PreviewAsync(world.Admin, request.Id, Ct)).Value;
        preview.Note.ShouldNotBeNull().ShouldContain("admins are asked");
        preview.Levels.Single().IsLeft.ShouldBeFalse();
        (await cast.ApproveAsync(world.Admin, request)).ShouldBeNull();
    }

    [Fact]
    public async Task What_a_rule_approves_at_once_and_no_host_can_take_waits_for_approvers_instead_of_being_lost()
    {
        var (world, cast) = await BeginAsync(new WorldPlan(Hosts: 1));
        await cast.RuleAsync(new RuleOutcome(PolicyOutcome.Approve, "Small ones are fine", []), name: $"At once {world.Project.Name}");
        await using (var db = await postgres.Contexts.CreateDbContextAsync(Ct))
            await db.Database.ExecuteSqlAsync($"update hosts set state = 'Unreachable'", Ct);

        var request = await cast.SubmitAsync();

        var row = await cast.ReadAsync(request);
        row.Status.ShouldBe(RequestStatus.Waiting);
        row.Note.ShouldNotBeNull().ShouldContain("approves this at once, but that cannot be done now");
        (await cast.QueueAsync(world.Admin)).ShouldContain(request.Id);
        await using (var db = await postgres.Contexts.CreateDbContextAsync(Ct))
            await db.Database.ExecuteSqlAsync($"update hosts set state = 'Online'", Ct);
        (await cast.ApproveAsync(world.Admin, request)).ShouldBeNull();
    }

    [Fact]
    public async Task What_a_rule_approves_at_once_is_being_made_with_its_reason_and_nobody_was_asked()
    {
        var (world, cast) = await BeginAsync();
        await cast.RuleAsync(new RuleOutcome(PolicyOutcome.Approve, "Small ones are fine", []));

        var request = await cast.SubmitAsync();

        request.Status.ShouldBe(RequestStatus.Approved);
        request.DecisionReason.ShouldBe("Small ones are fine");
        request.DecidedByName.ShouldBeNull();
        (await cast.QueueAsync(world.Admin)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refusing_rule_takes_nothing_and_names_itself()
    {
        var (world, cast) = await BeginAsync();
        var rule = await cast.RuleAsync(new RuleOutcome(PolicyOutcome.Refuse, "Ask for a flavor instead", []));

        var refusal = (await postgres.Get<RequestService>().SubmitAsync(world.Member, world.Draft(), "once", Ct)).Refusal.ShouldBeOfType<RefusedByPolicy>();

        refusal.Rule.ShouldBe(rule.Name);
        refusal.Message.ShouldContain("Ask for a flavor instead");
        (await postgres.Get<RequestService>().PreviewAsync(world.Member, world.Draft(), Ct)).Value.Refusals.ShouldHaveSingleItem().ShouldBeOfType<RefusedByPolicy>();
    }

    async Task<(World World, Cast Cast)> BeginAsync(WorldPlan? plan = null)
    {
        var world = await postgres.NewWorldAsync(plan);
        return (world, new Cast(postgres, world));
    }
}
