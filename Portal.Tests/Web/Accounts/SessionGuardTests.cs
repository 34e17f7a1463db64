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
        (await guard.IsGoodAsync(principal, Ct)).ShouldBeTrue();

        guard.Doubt();
        road.Away = true;

        (await guard.IsGoodAsync(principal, Ct)).ShouldBeTrue();
    }

    [Fact]
    public async Task After_a_doubt_a_session_that_ended_unheard_is_found_out()
    {
        await using var road = new Road(Postgres.Contexts);
        var guard = Guard(road);
        var (session, principal) = await SignInAsync();
        (await guard.IsGoodAsync(principal, Ct)).ShouldBeTrue();
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.Set<SignInSession>().Where(s => s.Id == session).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, DateTimeOffset.UtcNow), Ct);

        guard.Doubt();

        (await guard.IsGoodAsync(principal, Ct)).ShouldBeFalse();
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

    static SessionGuard Guard(Road road) => new(new SignInSessions(road, TimeProvider.System), TimeProvider.System, NullLogger<SessionGuard>.Instance);

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
