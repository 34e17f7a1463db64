using System.Net;
using Microsoft.Extensions.Configuration;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Tests.Postgres;
using Portal.Tests.Web.Accounts;
using Portal.Web.Security;
using Portal.Web.Setup;

namespace Portal.Tests.Web.Security;

/// <summary>What a reverse proxy says of the person behind it, told to a real process that knows the proxy, or does not.</summary>
public sealed class ProxyTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    const string PersonsAddress = "203.0.113.7", Password = "correct horse battery";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1, 127.0.0.0/8")]
    public async Task A_known_proxy_is_believed_about_address_scheme_and_host(string known)
    {
        await using var portal = await StartAsync(known);
        var world = await PersonAsync();
        using var proxy = new ReverseProxy(portal.Address, PersonsAddress);
        using var browser = new FormBrowser(ReverseProxy.Public, proxy);
        browser.Headers.Add("Origin", "https://portal.example");

        var (leadsTo, text) = await browser.SignInAsync(world.Member.Name, Password);

        leadsTo.ShouldBe("https://portal.example/", text);
        proxy.Cookie("portal").ShouldNotBeNull().Secure.ShouldBeTrue();
        (await browser.OpenAsync("/account")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SessionAsync(world)).RemoteAddress.ShouldBe(PersonsAddress);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.0/8, 192.0.2.1")]
    public async Task A_forged_header_of_an_unknown_proxy_changes_nothing(string known)
    {
        await using var portal = await StartAsync(known);
        var world = await PersonAsync();
        using var forger = new ReverseProxy(portal.Address, PersonsAddress);
        using var browser = new FormBrowser(ReverseProxy.Public, forger);
        browser.Headers.Add("Origin", "https://portal.example");

        (await browser.SignInAsync(world.Member.Name, Password)).Text.ShouldContain("This page belongs to another site.");

        browser.Headers.Remove("Origin");
        (await browser.SignInAsync(world.Member.Name, Password)).LeadsTo.ShouldBe(portal.Address.ToString());
        forger.Cookie("portal").ShouldNotBeNull().Secure.ShouldBeFalse();
        (await SessionAsync(world)).RemoteAddress.ShouldBe("127.0.0.1");
    }

    [Fact]
    public async Task What_the_person_wrote_into_the_header_is_not_believed_through_a_known_proxy()
    {
        await using var portal = await StartAsync("127.0.0.1");
        var world = await PersonAsync();
        using var browser = new FormBrowser(ReverseProxy.Public, new ReverseProxy(portal.Address, $"127.0.0.1, 198.51.100.1, {PersonsAddress}"));

        (await browser.SignInAsync(world.Member.Name, Password)).LeadsTo.ShouldNotBeNull();

        (await SessionAsync(world)).RemoteAddress.ShouldBe(PersonsAddress);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("")]
    public async Task Through_a_proxy_nobody_passes_for_this_machine_itself(string known)
    {
        await using var portal = await StartAsync(known);
        using var afar = new HttpClient { BaseAddress = portal.Address };
        afar.DefaultRequestHeaders.Add("X-Forwarded-For", "127.0.0.1");

        (await afar.GetStringAsync("/readyz", Ct)).ShouldNotContain("hosts");
        (await afar.GetAsync("/metrics", Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("10.1")]
    [InlineData("10.0.0.0/33")]
    [InlineData("proxy.example")]
    [InlineData("fe80::/200")]
    public void What_is_no_address_and_no_network_is_refused_at_start(string entry) =>
        Should.Throw<SettingsException>(() => Read(entry)).Message.ShouldStartWith($"Portal__KnownProxies holds '{entry}', which is neither");

    [Fact]
    public void Addresses_and_networks_of_both_kinds_are_understood() =>
        Read("10.0.0.5, 10.1.0.0/16,::1,fd00::/8").KnownProxies.Select(n => n.ToString()).ShouldBe(["10.0.0.5/32", "10.1.0.0/16", "::1/128", "fd00::/8"]);

    static Settings Read(string known) => Settings.From(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["ConnectionStrings:Portal"] = "Host=127.0.0.1", ["Portal:KnownProxies"] = known,
    }).Build());

    Task<PortalProcess> StartAsync(string known) => PortalProcess.StartAsync(postgres.ConnectionString, Ct, ("Portal__KnownProxies", known));

    async Task<World> PersonAsync()
    {
        var world = await postgres.NewWorldAsync();
        await Passwords.GiveAsync(postgres.Contexts, world.Member, Password);
        return world;
    }

    async Task<SignInView> SessionAsync(World world) => (await postgres.Get<SignInSessions>().ListAsync(world.Member, Ct)).ShouldHaveSingleItem();
}
