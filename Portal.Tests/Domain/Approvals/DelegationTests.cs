using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Approvals;

public sealed class DelegationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    DelegationService Delegations => postgres.Get<DelegationService>();

    DateTimeOffset Now => postgres.Time.GetUtcNow();

    [Fact]
    public async Task A_stand_in_decides_for_who_is_away_and_the_decision_says_for_whom()
    {
        var (world, cast) = await BeginAsync();
        var (ann, bob) = (await cast.PersonAsync("Ann"), await cast.PersonAsync("Bob"));
        await cast.RuleAsync(Cast.Ask(Cast.Asks(bob)));
        var request = await cast.SubmitAsync();
        (await cast.ApproveAsync(ann, request)).ShouldBeOfType<NotFound>();

        var away = await cast.AwayAsync(bob, ann);

        (await cast.QueueAsync(ann)).ShouldBe([request.Id]);
        (await postgres.Get<ApprovalService>().PreviewAsync(ann, request.Id, Ct)).Value.OnBehalfOf.ShouldBe(bob.Name);
        (await cast.ApproveAsync(ann, request)).ShouldBeNull();
        var said = (await cast.DecisionsAsync(request)).Single();
        said.Who.ShouldBe($"{ann.Name} for {bob.Name}");
        (await Delegations.ListAsync(bob, Ct)).ShouldHaveSingleItem().Id.ShouldBe(away.Id);
    }

    [Fact]
    public async Task It_begins_and_ends_by_the_clock_and_can_be_ended_before()
    {
        var (world, cast) = await BeginAsync();
        var (ann, bob) = (await cast.PersonAsync("Ann"), await cast.PersonAsync("Bob"));
        await cast.RuleAsync(Cast.Ask(Cast.Asks(bob)));
        var request = await cast.SubmitAsync();
        var later = (await Delegations.AddAsync(world.Admin, new DelegationDraft(ann.UserId, Now.AddDays(1), Now.AddDays(3), null, bob.UserId), Ct)).Value;
        (await cast.QueueAsync(ann)).ShouldBeEmpty();

        postgres.Time.Advance(TimeSpan.FromDays(2));
        (await cast.QueueAsync(ann)).ShouldBe([request.Id]);

        (await Delegations.EndAsync(bob, later.Id, Ct)).IsOk.ShouldBeTrue();
        (await Delegations.EndAsync(bob, later.Id, Ct)).IsOk.ShouldBeTrue();
        (await cast.QueueAsync(ann)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stand_in_does_not_decide_his_own_request_thereby_nor_that_of_who_is_away()
    {
        var (world, cast) = await BeginAsync();
        var bob = await cast.PersonAsync("Bob");
        await cast.RuleAsync(Cast.Ask(Cast.Asks(bob, world.Owner)));
        await cast.AwayAsync(bob, world.Member);
        await cast.AwayAsync(world.Owner, world.Viewer);

        var own = await cast.SubmitAsync(world.Member);
        var owners = await cast.SubmitAsync(world.Owner);

        (await cast.ApproveAsync(world.Member, own)).ShouldBeOfType<OwnRequest>();
        (await cast.ApproveAsync(world.Viewer, owners)).ShouldBeOfType<OwnRequest>();
        (await cast.QueueAsync(world.Member)).ShouldBe([owners.Id]);
        (await cast.QueueAsync(world.Viewer)).ShouldBe([own.Id]);
    }

    [Fact]
    public async Task It_does_not_chain_not_even_when_both_links_are_made_at_once()
    {
        var (world, cast) = await BeginAsync();
        var (a, b, c) = (await cast.PersonAsync("A"), await cast.PersonAsync("B"), await cast.PersonAsync("C"));
        await cast.AwayAsync(a, b);

        (await AddAsync(world, b, c)).Refusal.ShouldBeOfType<NoDelegation>().InField.ShouldBe("toUserId");
        (await AddAsync(world, c, a)).Refusal.ShouldBeOfType<NoDelegation>().Message.ShouldContain("away too");
        (await AddAsync(world, a, c)).Refusal.ShouldBeOfType<NoDelegation>().Message.ShouldContain("already");

        var (d, e, f) = (await cast.PersonAsync("D"), await cast.PersonAsync("E"), await cast.PersonAsync("F"));
        var both = await Task.WhenAll(Task.Run(() => AddAsync(world, d, e), Ct), Task.Run(() => AddAsync(world, e, f), Ct));
        both.Count(answer => answer.IsOk).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_stands_in_for_himself_and_nonsense_is_refused()
    {
        var (world, cast) = await BeginAsync();
        var ann = await cast.PersonAsync("Ann");

        (await AddAsync(world, ann, ann)).Refusal.ShouldBeOfType<NoDelegation>();
        (await Delegations.AddAsync(world.Owner, new DelegationDraft(world.Member.UserId, Now, Now), Ct)).Refusal.ShouldBeOfType<NoDelegation>().InField.ShouldBe("endsAt");
        (await Delegations.AddAsync(world.Owner, new DelegationDraft(world.Member.UserId, Now, Now.AddDays(-1)), Ct)).Refusal.ShouldBeOfType<NoDelegation>();
        (await Delegations.AddAsync(world.Owner, new DelegationDraft(world.Member.UserId, Now, Now.AddYears(2)), Ct)).Refusal.ShouldBeOfType<NoDelegation>();
        (await Delegations.AddAsync(world.Owner, new DelegationDraft(Guid.NewGuid(), Now, Now.AddDays(1)), Ct)).Refusal.ShouldBeOfType<NoDelegation>();
        (await Delegations.AddAsync(world.Owner, new DelegationDraft(world.Stranger.UserId, Now, Now.AddDays(1)), Ct)).Refusal.ShouldBeOfType<NoDelegation>();
        (await Delegations.AddAsync(world.Owner, new DelegationDraft(world.Member.UserId, Now, Now.AddDays(1), new string('x', 1_000_000)), Ct)).Refusal.ShouldBeOfType<InvalidText>();
        (await Delegations.AddAsync(world.Owner, new DelegationDraft(world.Member.UserId, Now, Now.AddDays(1), "a\0b"), Ct)).Refusal.ShouldBeOfType<InvalidText>();
        (await Delegations.AddAsync(world.Member, new DelegationDraft(world.Viewer.UserId, Now, Now.AddDays(1), null, world.Owner.UserId), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
    }

    [Fact]
    public async Task A_stranger_cannot_end_it_nor_learn_of_it()
    {
        var (world, cast) = await BeginAsync();
        var (ann, bob) = (await cast.PersonAsync("Ann"), await cast.PersonAsync("Bob"));
        var away = await cast.AwayAsync(bob, ann);

        (await Delegations.EndAsync(world.Member, away.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Delegations.ListAsync(world.Member, Ct)).ShouldNotContain(d => d.Id == away.Id);
    }

    [Fact]
    public async Task Who_decides_nothing_makes_nobody_a_stand_in_and_a_stand_in_hears_of_it_and_may_end_it()
    {
        var (world, cast) = await BeginAsync();
        var (ann, bob) = (await cast.PersonAsync("Ann"), await cast.PersonAsync("Bob"));
        var plain = new DelegationDraft(world.Owner.UserId, Now, Now.AddDays(1));
        (await Delegations.AddAsync(world.Member, plain, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Delegations.AddAsync(world.Viewer, plain, Ct)).Refusal.ShouldBeOfType<NotAllowed>();

        var away = await cast.AwayAsync(bob, ann);

        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.Notices.SingleAsync(n => n.UserId == ann.UserId && n.SubjectId == away.Id, Ct)).Title.ShouldContain($"You decide for {bob.Name}");
        (await Delegations.EndAsync(ann, away.Id, Ct)).IsOk.ShouldBeTrue();
        (await Delegations.ListAsync(ann, Ct)).ShouldNotContain(d => d.Id == away.Id);
    }

    [Fact]
    public async Task An_approver_who_is_away_with_a_stand_in_who_cannot_sign_in_leaves_nobody()
    {
        var (world, cast) = await BeginAsync();
        var (ann, bob) = (await cast.PersonAsync("Ann"), await cast.PersonAsync("Bob"));
        await cast.AwayAsync(bob, ann);
        await cast.LockAsync(ann);
        await cast.RuleAsync(Cast.Ask(Cast.Asks(bob)));

        (await cast.ReadAsync(await cast.SubmitAsync())).AdminsAsked.ShouldBeTrue();
    }

    Task<Result<DelegationView>> AddAsync(World world, Actor from, Actor to) => Delegations.AddAsync(world.Admin, new DelegationDraft(to.UserId, Now, Now.AddDays(5), null, from.UserId), Ct);

    async Task<(World World, Cast Cast)> BeginAsync()
    {
        var world = await postgres.NewWorldAsync();
        return (world, new Cast(postgres, world));
    }
}
