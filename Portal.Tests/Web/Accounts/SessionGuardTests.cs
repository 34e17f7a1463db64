using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Tests.Postgres;
using Portal.Web.Accounts;

namespace Portal.Tests.Web.Accounts;

public sealed class SessionGuardTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    [Fact]
    public async Task A_session_that_was_good_stands_when_the_database_is_back_and_away_again()
    {
        await using var road = new Road(Postgres.Contexts);
        var guard = Guard(road);
        var (_, principal) = await SignInAsync();
        (await guard.IsGoodAsync(principal, byPerson: true, Ct)).ShouldBeTrue();

        guard.Doubt();
        road.Away = true;

        (await guard.IsGoodAsync(principal, byPerson: true, Ct)).ShouldBeTrue();
    }

    [Fact]
    public async Task After_a_doubt_a_session_that_ended_unheard_is_found_out()
    {
        await using var road = new Road(Postgres.Contexts);
        var guard = Guard(road);
        var (session, principal) = await SignInAsync();
        (await guard.IsGoodAsync(principal, byPerson: true, Ct)).ShouldBeTrue();
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.Set<SignInSession>().Where(s => s.Id == session).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, DateTimeOffset.UtcNow), Ct);

        guard.Doubt();

        (await guard.IsGoodAsync(principal, byPerson: true, Ct)).ShouldBeFalse();
        (await guard.MayStayAsync(principal, Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task An_open_page_stays_however_long_the_database_is_away_but_not_when_its_session_was_ended()
    {
        await using var road = new Road(Postgres.Contexts) { Away = true };
        var guard = Guard(road);
        var (session, principal) = await SignInAsync();

        (await guard.MayStayAsync(principal, Ct)).ShouldBeTrue();
        guard.Revoke(session);
        (await guard.MayStayAsync(principal, Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_session_nobody_uses_ends_and_an_open_page_alone_does_not_keep_it()
    {
        var guard = Guard(Postgres.Contexts, Postgres.Time);
        var (session, principal) = await SignInAsync();
        List<Guid> told = [];
        using var listening = guard.OnRevoked(session, () => told.Add(session));
        for (var hour = 1; hour < 12; hour++)
        {
            Postgres.Time.Advance(TimeSpan.FromHours(1));
            (await guard.MayStayAsync(principal, Ct)).ShouldBeTrue();
        }

        Postgres.Time.Advance(TimeSpan.FromHours(1));

        (await guard.MayStayAsync(principal, Ct)).ShouldBeFalse();
        (await guard.IsGoodAsync(principal, byPerson: true, Ct)).ShouldBeFalse();
        told.ShouldBe([session]);
    }

    [Fact]
    public async Task A_session_used_just_before_its_idle_end_stands_though_that_is_not_written_down_yet()
    {
        var guard = Guard(Postgres.Contexts, Postgres.Time);
        var (_, principal) = await SignInAsync();
        Postgres.Time.Advance(SignInSession.Idle - TimeSpan.FromSeconds(20));
        (await guard.MayStayAsync(principal, Ct)).ShouldBeTrue();
        Postgres.Time.Advance(TimeSpan.FromSeconds(15));
        (await guard.IsGoodAsync(principal, byPerson: true, Ct)).ShouldBeTrue();

        Postgres.Time.Advance(TimeSpan.FromMinutes(1));

        (await guard.MayStayAsync(principal, Ct)).ShouldBeTrue();
        Postgres.Time.Advance(SignInSession.Idle - TimeSpan.FromMinutes(2));
        (await Guard(Postgres.Contexts, Postgres.Time).MayStayAsync(principal, Ct)).ShouldBeTrue("another replica knows too");
    }

    [Fact]
    public async Task Coming_back_after_the_idle_end_revives_nothing()
    {
        var guard = Guard(Postgres.Contexts, Postgres.Time);
        var (_, principal) = await SignInAsync();
        (await guard.IsGoodAsync(principal, byPerson: true, Ct)).ShouldBeTrue();

        Postgres.Time.Advance(SignInSession.Idle);

        (await guard.IsGoodAsync(principal, byPerson: true, Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_session_in_use_stands_but_not_for_ever()
    {
        var guard = Guard(Postgres.Contexts, Postgres.Time);
        var (_, principal) = await SignInAsync();
        (await guard.IsGoodAsync(principal, byPerson: true, Ct)).ShouldBeTrue();
        for (var use = 1; use < 14 * 2; use++)
        {
            Postgres.Time.Advance(TimeSpan.FromHours(6));
            (await guard.IsGoodAsync(principal, byPerson: true, Ct)).ShouldBeTrue($"use {use}");
        }

        Postgres.Time.Advance(TimeSpan.FromHours(6));

        (await guard.IsGoodAsync(principal, byPerson: true, Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_has_ended_or_is_not_used_any_more_is_not_kept_in_mind()
    {
        var guard = Guard(Postgres.Contexts, Postgres.Time);
        for (var i = 0; i < 3; i++)
        {
            var (session, principal) = await SignInAsync();
            (await guard.IsGoodAsync(principal, byPerson: true, Ct)).ShouldBeTrue();
            if (i == 0)
                guard.Revoke(session);
        }
        guard.Count.ShouldBe(3);

        Postgres.Time.Advance(SessionGuard.Grace + TimeSpan.FromMinutes(1));
        (await guard.IsGoodAsync((await SignInAsync()).Principal, byPerson: true, Ct)).ShouldBeTrue();

        guard.Count.ShouldBe(1);
    }

    static SessionGuard Guard(IDbContextFactory<PortalDbContext> road, TimeProvider? time = null) =>
        new(new SignInSessions(road, time ?? TimeProvider.System), time ?? TimeProvider.System, NullLogger<SessionGuard>.Instance);

    async Task<(Guid Session, ClaimsPrincipal Principal)> SignInAsync()
    {
        var world = await Postgres.NewWorldAsync();
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var user = await db.Users.SingleAsync(u => u.Id == world.Member.UserId, Ct);
        var session = await Get<SignInSessions>().BeginAsync(user, null, "desk", Ct);
        var claims = new List<Claim> { new(PortalClaims.Session, session.ToString()) };
        if (user.SecurityStamp is { } stamp)
            claims.Add(new(PortalClaims.Stamp, stamp));
        return (session, new ClaimsPrincipal(new ClaimsIdentity(claims, "test")));
    }

    /// <summary>The way to the database, and one where nothing listens.</summary>
    sealed class Road(IDbContextFactory<PortalDbContext> open) : IDbContextFactory<PortalDbContext>, IAsyncDisposable
    {
        readonly ServiceProvider nowhere = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System)
            .AddPortalDomain("Host=127.0.0.1;Port=1;Database=portal;Username=portal;Timeout=2").BuildServiceProvider();

        public bool Away { get; set; }

        public PortalDbContext CreateDbContext() => (Away ? nowhere.GetRequiredService<IDbContextFactory<PortalDbContext>>() : open).CreateDbContext();

        public ValueTask DisposeAsync() => nowhere.DisposeAsync();
    }
}
