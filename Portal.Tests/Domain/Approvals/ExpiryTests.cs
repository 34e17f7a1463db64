using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Domain.Policies;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Approvals;

/// <summary>Alone in its database: a sweep deals with everything that is due there.</summary>
public sealed class ExpiryTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    [Theory]
    [InlineData(ExpiryAction.Approve, RequestStatus.Approved)]
    [InlineData(ExpiryAction.Deny, RequestStatus.Denied)]
    [InlineData(ExpiryAction.Escalate, RequestStatus.Waiting)]
    public async Task When_time_runs_out_what_the_rule_says_is_done_and_the_request_says_why(ExpiryAction action, RequestStatus status)
    {
        var (world, cast) = await BeginAsync(action);
        var request = await cast.SubmitAsync();
        (await SweepAsync()).Done.ShouldBe(0);

        Postgres.Time.Advance(TimeSpan.FromHours(25));
        var sweep = await SweepAsync();

        sweep.Done.ShouldBe(1);
        var row = await cast.ReadAsync(request);
        row.Status.ShouldBe(status);
        (row.DecisionReason ?? row.Note).ShouldNotBeNull().ShouldContain("Nobody decided in time");
        if (action != ExpiryAction.Escalate)
            (await cast.DecisionsAsync(request)).Single().Who.ShouldBe("the portal");
        (await SweepAsync()).Done.ShouldBe(0);
    }

    [Fact]
    public async Task A_late_approval_that_cannot_be_carried_out_goes_to_the_admins_instead()
    {
        var (world, cast) = await BeginAsync(ExpiryAction.Approve);
        var request = await cast.SubmitAsync();
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.Hosts.ExecuteUpdateAsync(set => set.SetProperty(h => h.State, Portal.Domain.Hosts.HostState.Unreachable), Ct);
        Postgres.Time.Advance(TimeSpan.FromHours(25));

        (await SweepAsync()).Escalated.ShouldBe(1);

        (await cast.ReadAsync(request)).ShouldSatisfyAllConditions(r => r.Status.ShouldBe(RequestStatus.Waiting), r => r.AdminsAsked.ShouldBeTrue(), r => r.Note.ShouldNotBeNull().ShouldContain("cannot be done now"));
        (await cast.DecisionsAsync(request)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Several_sweeps_at_once_deal_with_each_request_once()
    {
        var (world, cast) = await BeginAsync(ExpiryAction.Deny, new WorldPlan(Machines: 40));
        for (var n = 0; n < 30; n++)
            await cast.SubmitAsync();
        Postgres.Time.Advance(TimeSpan.FromHours(25));

        var sweeps = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(SweepAsync, Ct)));

        sweeps.Sum(s => s.Denied).ShouldBe(30);
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.RequestDecisions.CountAsync(Ct)).ShouldBe(30);
        (await QuotaAsync(world)).Reserved.ShouldAllBe(held => held == 0);
    }

    [Fact]
    public async Task One_that_cannot_be_dealt_with_holds_up_none_of_the_others()
    {
        var (world, cast) = await BeginAsync(ExpiryAction.Deny);
        var (poison, fine) = (await cast.SubmitAsync(), await cast.SubmitAsync());
        await PoisonAsync("requests", $"new.id = '{poison.Id}'");
        Postgres.Time.Advance(TimeSpan.FromHours(25));

        (await Should.ThrowAsync<AggregateException>(SweepAsync())).InnerExceptions.Count.ShouldBe(1);

        (await cast.ReadAsync(fine)).Status.ShouldBe(RequestStatus.Denied);
        await HealAsync();
        (await SweepAsync()).Denied.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_cannot_be_handed_over_holds_up_none_of_the_others()
    {
        var world = await Postgres.NewWorldAsync();
        var cast = new Cast(Postgres, world);
        var ann = await cast.PersonAsync("Ann");
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann)));
        var (poison, fine) = (await cast.SubmitAsync(), await cast.SubmitAsync());
        await cast.LockAsync(ann);
        await PoisonAsync("requests", $"new.id = '{poison.Id}'");

        (await Should.ThrowAsync<AggregateException>(SweepAsync())).InnerExceptions.Count.ShouldBe(1);

        (await cast.ReadAsync(fine)).AdminsAsked.ShouldBeTrue();
        (await cast.ReadAsync(poison)).AdminsAsked.ShouldBeFalse();
    }

    [Fact]
    public async Task An_approver_removed_while_it_waits_hands_it_to_the_admins_at_the_next_sweep()
    {
        var world = await Postgres.NewWorldAsync();
        var cast = new Cast(Postgres, world);
        var (ann, bob) = (await cast.PersonAsync("Ann"), await cast.PersonAsync("Bob"));
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann)), new RuleConditions(Kinds: [RequestKind.Create]));
        var request = await cast.SubmitAsync();
        (await SweepAsync()).Done.ShouldBe(0);

        await cast.LockAsync(ann);

        (await SweepAsync()).Handed.ShouldBe(1);
        (await cast.ReadAsync(request)).ShouldSatisfyAllConditions(r => r.AdminsAsked.ShouldBeTrue(), r => r.Note.ShouldNotBeNull().ShouldContain("is left to decide"));
        (await SweepAsync()).Handed.ShouldBe(0);
    }

    [Fact]
    public async Task A_level_whose_only_one_is_the_requester_himself_has_nobody_left()
    {
        var world = await Postgres.NewWorldAsync();
        var cast = new Cast(Postgres, world);
        await cast.RuleAsync(Cast.Ask(Cast.AsksOwners()));

        var own = await cast.SubmitAsync(world.Owner);
        var members = await cast.SubmitAsync(world.Member);

        (await cast.ReadAsync(own)).AdminsAsked.ShouldBeTrue();
        (await cast.ReadAsync(members)).AdminsAsked.ShouldBeFalse();
        (await SweepAsync()).Handed.ShouldBe(0);
    }

    Task<ExpirySweep> SweepAsync() => Get<RequestExpiry>().SweepAsync(Postgres.Time.GetUtcNow(), Ct);

    async Task<(World, Cast)> BeginAsync(ExpiryAction action, WorldPlan? plan = null)
    {
        var world = await Postgres.NewWorldAsync(plan);
        var cast = new Cast(Postgres, world);
        await cast.RuleAsync(Cast.Ask(Cast.AsksRole(Roles.Approver)) with { ExpiresAfterHours = 24, OnExpiry = action });
        return (world, cast);
    }
}
