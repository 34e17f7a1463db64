using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Tests.Postgres;
using Portal.Tests.Web.Accounts;
using Portal.Tests.Web.Api;

namespace Portal.Tests.Web.Security;

/// <summary>Who gets a live connection to a real process, by its own protocols: the circuit's and the migration hub's.</summary>
public sealed class LiveConnectionTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    const string Circuit = "_blazor", Hub = "hubs/migration", Password = "correct horse battery";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stranger_is_refused_before_anything_is_made_for_them()
    {
        await using var portal = await PortalProcess.StartAsync(postgres.ConnectionString, Ct);
        foreach (var path in (string[])[Circuit, Hub])
        {
            (await NegotiateAsync(portal, path, new CookieContainer(), null)).ShouldBe(HttpStatusCode.Unauthorized, path);
            (await ConnectAsync(portal, path, new CookieContainer(), null)).ShouldBe(HttpStatusCode.Unauthorized, path);
        }
    }

    [Fact]
    public async Task A_page_of_another_site_is_refused_with_the_cookie_of_a_person_who_is_signed_in()
    {
        await using var portal = await PortalProcess.StartAsync(postgres.ConnectionString, Ct);
        var cookies = await SignInAsync(portal, (await postgres.NewWorldAsync()).Member);
        var own = portal.Address.GetLeftPart(UriPartial.Authority);
        foreach (var path in (string[])[Circuit, Hub])
        {
            (await NegotiateAsync(portal, path, cookies, "https://evil.example")).ShouldBe(HttpStatusCode.Forbidden, path);
            (await ConnectAsync(portal, path, cookies, "https://evil.example")).ShouldBe(HttpStatusCode.Forbidden, path);
            (await NegotiateAsync(portal, path, cookies, own)).ShouldBe(HttpStatusCode.OK, path);
            (await ConnectAsync(portal, path, cookies, own)).ShouldBe(HttpStatusCode.SwitchingProtocols, path);
        }
    }

    [Fact]
    public async Task A_circuit_puts_no_idle_end_off_and_a_person_on_its_page_does()
    {
        var member = (await postgres.NewWorldAsync()).Member;
        await using var portal = await PortalProcess.StartAsync(postgres.ConnectionString, Ct);
        // Nothing is fresh in the mind of another replica: what it hears first, it writes down at once.
        await using var other = await PortalProcess.StartAsync(postgres.ConnectionString, Ct);
        var cookies = await SignInAsync(portal, member);
        var (own, others) = (portal.Address.GetLeftPart(UriPartial.Authority), other.Address.GetLeftPart(UriPartial.Authority));
        var unused = await UnusedSinceAsync(member, TimeSpan.FromHours(2));

        (await ConnectAsync(portal, Circuit, cookies, own)).ShouldBe(HttpStatusCode.SwitchingProtocols);
        (await PostAsync(other, "seen", new CookieContainer(), others)).ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync(other, "seen", cookies, "https://evil.example")).ShouldBe(HttpStatusCode.Forbidden);
        (await LastSeenAsync(member)).ShouldBe(unused);

        (await PostAsync(other, "seen", cookies, others)).ShouldBe(HttpStatusCode.NoContent);
        (await LastSeenAsync(member)).ShouldBeGreaterThan(unused + TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_move_is_streamed_to_the_projects_people_and_to_others_does_not_exist()
    {
        var world = await postgres.NewWorldAsync();
        var move = await MovedAsync(world);
        await using var portal = await PortalProcess.StartAsync(postgres.ConnectionString, Ct);

        await WatchAsync(portal, world.Viewer, move);

        (await Should.ThrowAsync<HubException>(WatchAsync(portal, world.Stranger, move))).Message.ShouldContain("There is no such move");
        (await Should.ThrowAsync<HubException>(WatchAsync(portal, world.Viewer, Guid.NewGuid()))).Message.ShouldContain("There is no such move");
    }

    static Task<HttpStatusCode> NegotiateAsync(PortalProcess portal, string path, CookieContainer cookies, string? origin) => PostAsync(portal, $"{path}/negotiate?negotiateVersion=1", cookies, origin);

    static async Task<HttpStatusCode> PostAsync(PortalProcess portal, string path, CookieContainer cookies, string? origin)
    {
        using var http = new HttpClient(new HttpClientHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = portal.Address };
        if (origin is not null)
            http.DefaultRequestHeaders.Add("Origin", origin);
        using var answer = await http.PostAsync(path, content: null, Ct);
        return answer.StatusCode;
    }

    static async Task<HttpStatusCode> ConnectAsync(PortalProcess portal, string path, CookieContainer cookies, string? origin)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.Cookies = cookies;
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        try
        {
            await socket.ConnectAsync(new UriBuilder(new Uri(portal.Address, path)) { Scheme = "ws" }.Uri, Ct);
        }
        catch (WebSocketException)
        {
            // The status tells why.
        }

        return socket.HttpStatusCode;
    }

    async Task<CookieContainer> SignInAsync(PortalProcess portal, Actor actor)
    {
        var cookies = new CookieContainer();
        using var browser = new FormBrowser(portal.Address, new HttpClientHandler { CookieContainer = cookies, AllowAutoRedirect = false });
        (await browser.SignInAsync(await Passwords.GiveAsync(postgres.Contexts, actor, Password), Password)).LeadsTo.ShouldNotBeNull();
        return cookies;
    }

    /// <summary>The person's sign-in was last used so long ago.</summary>
    async Task<DateTimeOffset> UnusedSinceAsync(Actor actor, TimeSpan ago)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        var then = DateTimeOffset.FromUnixTimeSeconds((DateTimeOffset.UtcNow - ago).ToUnixTimeSeconds());
        await db.Set<SignInSession>().Where(s => s.UserId == actor.UserId).ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, then), Ct);
        return then;
    }

    async Task<DateTimeOffset> LastSeenAsync(Actor actor)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Set<SignInSession>().Where(s => s.UserId == actor.UserId).Select(s => s.LastSeenAt).SingleAsync(Ct);
    }

    async Task WatchAsync(PortalProcess portal, Actor actor, Guid move)
    {
        var token = await ApiPortal.TokenAsync(postgres, actor);
        await using var hub = new HubConnectionBuilder().WithUrl(new Uri(portal.Address, Hub), options => options.AccessTokenProvider = () => Task.FromResult<string?>(token)).Build();
        await hub.StartAsync(Ct);
        await foreach (var _ in hub.StreamAsync<JsonElement>("Watch", move, Ct))
        {
            // To its end, which a move that is over has.
        }
    }

    async Task<Guid> MovedAsync(World world)
    {
        var machine = await world.AddMachineAsync(MachineState.Running, world.Hosts[0]);
        var order = (await postgres.Get<MigrationService>().StartAsync(world.Admin, machine.Id, world.Hosts[1].Id, MigrationMode.Live, 100, Guid.NewGuid().ToString(), Ct)).Value;
        var claim = (await postgres.Get<Ledger>().ClaimAsync("test", TimeSpan.FromMinutes(1), Ct)).ShouldNotBeNull();
        await postgres.Get<MigrationBooks>().BeginAsync(claim, postgres.Time.GetUtcNow(), Ct);
        await postgres.Get<MigrationBooks>().MovedAsync(claim, "It moved.", null, MachineState.Running, Ct);
        return order.Id;
    }
}
