using Npgsql;
using Portal.Tests.Web;

namespace Portal.Bench;

/// <summary>
/// Where everything is measured: the lab that <c>./portal bench</c> set up, a fresh database, and one portal process, as
/// a newcomer's. What is made on the hosts is removed again.
/// </summary>
sealed class Stand : IAsyncDisposable
{
    readonly List<Guid> _machines = [];
    int _addresses;

    Stand(Lab lab, PortalProcess portal, Api admin, GuestLogin login, IReadOnlyDictionary<string, string> passwords)
    {
        Lab = lab;
        Portal = portal;
        Admin = admin;
        Login = login;
        Passwords = passwords;
    }

    public Lab Lab { get; }

    public PortalProcess Portal { get; }

    /// <summary>The API as an admin's program.</summary>
    public Api Admin { get; }

    /// <summary>The way into the guests.</summary>
    public GuestLogin Login { get; }

    /// <summary>How many moves of a kind are measured.</summary>
    public int Moves { get; init; } = 100;

    /// <summary>First passwords, by account.</summary>
    public IReadOnlyDictionary<string, string> Passwords { get; }

    public static async Task<Stand> StartAsync(int moves, CancellationToken ct)
    {
        var file = Setting("PORTAL_TEST_LAB");
        var database = await CreateDatabaseAsync(Setting("PORTAL_TEST_POSTGRES"), ct);
        await VerbAsync(database, ct, "migrate");
        var passwords = (await VerbAsync(database, ct, "seed", "--lab", file)).Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["admin" or "member", _]).ToDictionary(words => words[0], words => words[1]);
        // The secret alone is on standard output, which comes first.
        var token = (await VerbAsync(database, ct, "token", "--user", "admin", "--name", "bench")).Split('\n')[0];
        await AddFlavorAsync(database, PortalMachine.UsedFlavor, 128, ct);
        await AddFlavorAsync(database, PortalMachine.LargeFlavor, 256, ct);
        var login = await GuestLogin.CreateAsync(ct);
        var portal = await PortalProcess.StartAsync(database, ct, ("Portal__ApiCallsPerMinute", "100000"));
        var stand = new Stand(Lab.Load(file), portal, new Api(portal.Address, token.Trim()), login, passwords) { Moves = moves };
        try
        {
            await stand.Admin.UntilAsync("hosts", hosts => hosts["items"]!.AsArray().Count(host => host!["state"]!.ToString() == "Online") == stand.Lab.Hosts.Count, ct);
            return stand;
        }
        catch
        {
            await stand.DisposeAsync();
            throw;
        }
    }

    /// <summary>A database with the portal's schema and nothing in it, for what needs neither hosts nor a portal.</summary>
    public static async Task<string> FreshDatabaseAsync(CancellationToken ct)
    {
        var database = await CreateDatabaseAsync(Setting("PORTAL_TEST_POSTGRES"), ct);
        await VerbAsync(database, ct, "migrate");
        return database;
    }

    /// <summary>A machine asked for and approved through the portal; returns when the portal says that it was made.</summary>
    public async Task<PortalMachine> MakeMachineAsync(string name, CancellationToken ct, string flavor = PortalMachine.UsualFlavor)
    {
        var machine = await PortalMachine.RequestAsync(this, name, ct, flavor);
        await machine.ApproveAsync(ct);
        await machine.UntilMadeAsync(ct);
        return machine;
    }

    /// <summary>Remembers a machine, to remove it at the end.</summary>
    public void Keep(Guid machine) => _machines.Add(machine);

    /// <summary>An address from the end of the lab's pool, for machines made by hand: the portal gives its own from the start.</summary>
    public System.Net.IPAddress NextAddress()
    {
        var last = System.Net.IPAddress.Parse(Lab.Network.Last).GetAddressBytes();
        last[3] = (byte)(last[3] - ++_addresses);
        return new System.Net.IPAddress(last);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Portal.DisposeAsync();
        Login.Dispose();
        foreach (var machine in _machines)
            await Lab.RemoveAsync(machine);
    }

    public static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set. Run ./portal bench, which sets everything up.");

    /// <summary>A database of a measurement's own.</summary>
    static async Task<string> CreateDatabaseAsync(string server, CancellationToken ct)
    {
        var name = $"portal_bench_{Guid.CreateVersion7():n}";
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync(ct);
        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    /// <summary>A size between those the portal comes with: room for a guest to use some memory, small enough for a small host.</summary>
    static async Task AddFlavorAsync(string database, string name, int memoryMib, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(
            $"insert into flavors (id, name, vcpus, memory_mib, disk_gib, available) values ('{Guid.CreateVersion7()}', '{name}', 1, {memoryMib}, 1, true)", connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Runs one of the portal's verbs.</summary>
    public static async Task<string> VerbAsync(string database, CancellationToken ct, params string[] arguments)
    {
        var (exitCode, output) = await PortalProcess.RunAsync(database, ct, arguments);
        return exitCode == 0 ? output : throw new InvalidOperationException($"The portal's {arguments[0]} ended with {exitCode}: {output}");
    }
}
