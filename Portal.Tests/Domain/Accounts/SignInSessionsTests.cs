using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Accounts;

public sealed class SignInSessionsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    SignInSessions Sessions => postgres.Get<SignInSessions>();

    [Fact]
    public async Task One_sees_ones_own_sign_ins_and_not_somebody_elses()
    {
        var world = await postgres.NewWorldAsync();
        var mine = await BeginAsync(world.Member, "Firefox");
        await BeginAsync(world.Owner, "Safari");

        (await Sessions.ListAsync(world.Member, Ct)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(s => s.Id.ShouldBe(mine), s => s.Browser.ShouldBe("Firefox"), s => s.RemoteAddress.ShouldBe("10.0.0.7"));
    }

    [Fact]
    public async Task Ending_one_leaves_the_others_and_stands_in_the_trail()
    {
        var world = await postgres.NewWorldAsync();
        var (lost, kept) = (await BeginAsync(world.Member, "phone"), await BeginAsync(world.Member, "desk"));

        (await Sessions.EndOwnAsync(world.Member, lost, Ct)).ShouldBeNull();

        (await IsGoodAsync(world.Member, lost)).ShouldBeFalse();
        (await IsGoodAsync(world.Member, kept)).ShouldBeTrue();
        (await TrailAsync(world, "account.sign-out")).ShouldHaveSingleItem().ActorName.ShouldBe(world.Member.Name);
    }

    [Fact]
    public async Task Somebody_elses_sign_in_cannot_be_ended_and_looks_as_if_it_were_not_there()
    {
        var world = await postgres.NewWorldAsync();
        var theirs = await BeginAsync(world.Owner, "desk");

        (await Sessions.EndOwnAsync(world.Member, theirs, Ct)).ShouldBe(new NotFound("sign-in"));

        (await IsGoodAsync(world.Owner, theirs)).ShouldBeTrue();
    }

    [Fact]
    public async Task Signing_out_everywhere_else_keeps_this_browser()
    {
        var world = await postgres.NewWorldAsync();
        var (here, there) = (await BeginAsync(world.Member, "desk"), await BeginAsync(world.Member, "phone"));

        await Sessions.EndOthersAsync(world.Member, here, Ct);

        (await IsGoodAsync(world.Member, here)).ShouldBeTrue();
        (await IsGoodAsync(world.Member, there)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_lock_out_stands_in_the_trail_once_however_often_it_is_tried()
    {
        var world = await postgres.NewWorldAsync();
        var user = await UserAsync(world.Member);
        user.LockoutEnd = DateTimeOffset.UnixEpoch.AddYears(70);

        await Sessions.LockedOutAsync(user, "10.0.0.7", Ct);
        await Sessions.LockedOutAsync(user, "10.0.0.8", Ct);

        (await TrailAsync(world, "account.lock")).ShouldHaveSingleItem().RemoteAddress.ShouldBe("10.0.0.7");
    }

    async Task<Guid> BeginAsync(Actor actor, string browser) => await Sessions.BeginAsync(await UserAsync(actor), "10.0.0.7", browser, Ct);

    async Task<bool> IsGoodAsync(Actor actor, Guid session) => await Sessions.IsGoodAsync(session, (await UserAsync(actor)).SecurityStamp, PlatformRoles.None, seenAt: null, inUse: false, Ct);

    async Task<User> UserAsync(Actor actor)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Users.SingleAsync(u => u.Id == actor.UserId, Ct);
    }

    async Task<IReadOnlyList<AuditEntry>> TrailAsync(World world, string action) =>
        (await postgres.Get<AuditService>().ListAsync(world.Admin, new ListQuery(Filters: new Dictionary<string, string> { ["action"] = action, ["subject"] = world.Member.UserId.ToString() }), Ct)).Value.Items;
}
