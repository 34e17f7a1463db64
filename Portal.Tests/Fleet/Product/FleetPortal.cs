using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Hosts;
using Portal.Tests.Postgres;
using Portal.Tests.Web;
using Portal.Tests.Web.Api;

namespace Portal.Tests.Fleet.Product;

/// <summary>Tests of the whole product run one after the other: they share the portal, its database and the lab, and break all three.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FleetPortalCollection : ICollectionFixture<FleetPortal>
{
    public const string Name = "fleet-portal";
}

/// <summary>
/// The whole product on the lab: a PostgreSQL of its own, seeded as a newcomer's is, and one portal process. Tests kill either and
/// start it again; what they make on the hosts is removed at the end.
/// </summary>
public sealed class FleetPortal : IAsyncLifetime
{
    private PrivatePostgres? _server;
    private ServiceProvider? _domain;
    private PortalProcess? _portal;
    private ApiCaller? _admin;
    private string _token = "";

    public LabFixture Lab { get; } = new();

    /// <summary>The portal's database, over connections that no test's restart of it leaves dead in a pool.</summary>
    public string Database { get; private set; } = "";

    /// <summary>An admin's program.</summary>
    public ApiCaller Admin => Started(_admin);

    /// <summary>What the portal process wrote.</summary>
    public string Log => _portal?.Log ?? "";

    public async ValueTask InitializeAsync()
    {
        await Lab.InitializeAsync();
        _server = await PrivatePostgres.StartAsync();
        Database = new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Pooling = false }.ConnectionString;
        foreach (var verb in (string[][])[["migrate"], ["seed", "--lab", Environment.GetEnvironmentVariable("PORTAL_TEST_LAB")!]])
        {
            var (code, output) = await PortalProcess.RunAsync(_server.ConnectionString, TestContext.Current.CancellationToken, verb);
            code.ShouldBe(0, output);
        }

        _domain = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddPortalDomain(Database).BuildServiceProvider();
        await using (var db = await OpenAsync())
        {
            var admin = await db.Users.SingleAsync(user => user.UserName == "admin");
            _token = (await _domain.GetRequiredService<ApiTokens>().CreateAsync(new Actor(admin.Id, admin.DisplayName, PlatformRoles.Admin), "tests", null, CancellationToken.None)).Value.Secret;
        }

        await Halt.PrepareAsync(this);
        await StartAsync();
    }

    /// <summary>The books, for looking.</summary>
    public Task<PortalDbContext> OpenAsync() => Started(_domain).GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();

    /// <summary>Starts the portal, and returns once it holds every host.</summary>
    public async Task StartAsync()
    {
        _portal = await PortalProcess.StartAsync(Started(_server).ConnectionString, TestContext.Current.CancellationToken, ("Portal__ApiCallsPerMinute", "1000000"));
        _admin = new ApiCaller(_portal.Address, _token);
        await Wait.UntilAsync("every host to answer the portal", HostsAsync, hosts => hosts.All(host => host.State == HostState.Online));
    }

    /// <summary>Kills the portal as <c>kill -9</c> does; what its connections still waited to write dies with it.</summary>
    public async Task KillAsync()
    {
        await Started(_portal).KillAsync();
        await ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'");
    }

    /// <summary>Stops the portal as a service manager does.</summary>
    public Task StopAsync() => Wait.WithinAsync("the portal to stop", TimeSpan.FromSeconds(30), Started(_portal).StopAsync(TestContext.Current.CancellationToken));

    /// <summary>Stops the portal's process where it stands, as a machine does that has no time for it; disposing lets it run on.</summary>
    public async Task<IAsyncDisposable> StallAsync()
    {
        var pid = Started(_portal).Id.ToString(CultureInfo.InvariantCulture);
        await LabFaults.SignalAsync("-STOP", pid);
        return new LabFaults.Mend(() => LabFaults.SignalAsync("-CONT", pid));
    }

    /// <summary>Restarts PostgreSQL under the portal.</summary>
    public Task RestartDatabaseAsync() => Wait.WithinAsync("PostgreSQL to restart", TimeSpan.FromSeconds(60), Started(_server).RestartAsync());

    /// <summary>The hosts as the portal shows them.</summary>
    public async Task<IReadOnlyList<HostRow>> HostsAsync() => (await Admin.GetAsync("hosts")).As<Page<HostRow>>().Items;

    public async Task ExecuteAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_portal is not null)
            await _portal.DisposeAsync();
        if (_domain is not null)
        {
            await using (var db = await OpenAsync())
            {
                foreach (var machine in await db.Machines.Select(machine => machine.Id).ToListAsync())
                    await Lab.RemoveAsync(machine);
            }

            await _domain.DisposeAsync();
        }

        if (_server is not null)
            await _server.DisposeAsync();
        await Lab.DisposeAsync();
    }

    private static T Started<T>(T? part) where T : class => part ?? throw new InvalidOperationException("The portal was not started.");
}
