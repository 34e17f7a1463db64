using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain;
using Portal.Domain.Leases;
using Portal.Domain.Machines;

namespace Portal.Bench;

/// <summary>
/// Ten thousand leases that end in one minute, with two whole portals on one database. Handled means: the end is in the books and in the trail,
/// its people are told and the order to shut down is in the ledger, all in one transaction; carrying the order out is its host's. Then all of
/// them at once, swept by two processes that do nothing else, beside the loop one would write first: machine after machine, each with its own
/// transaction.
/// </summary>
static class LeaseBench
{
    const int Machines = 10_000;
    const int Looped = 1_000;
    const int Processes = 2;

    /// <summary>The verb with which this program is one of the processes.</summary>
    public const string SweepVerb = "sweep-leases";

    /// <summary>
    /// Machines whose end was not told in the trail once, of which the owner was not told once, or for which the lease did not order the first
    /// shut-down once. What follows, asking a guest again or the days of grace, is another step.
    /// </summary>
    const string NotOnce = """
        select count(*) from machines m where
            (select count(*) from audit_events e where e.subject_id = m.id and e.action = 'machine.lease-end') <> 1
            or (select count(*) from notices n where n.subject_id = m.id and n.title like 'The lease of % has ended') <> 1
            or (select count(*) from operations o where o.machine_id = m.id and o.idempotency_key like 'lease-%-Ending-0') <> 1
        """;

    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken ct)
    {
        var database = await Stand.FreshDatabaseAsync(ct);
        await FillAsync(database, ct);
        var latest = await LeasePortals.RunAsync(database, ct);
        var wrong = await ScalarAsync(database, NotOnce, ct);
        var loop = await LoopAsync(database, ct);
        return
        [
            new Figure("10,000 leases that end over one minute, two portals: the latest was handled so long after its end", latest, "s", null, "≤ 60 s", latest <= Minute.TotalSeconds),
            new Figure("… machines not handled exactly once", wrong, "", null, "0", wrong == 0),
            await BacklogAsync(database, loop, ct),
        ];
    }

    /// <summary>One of the processes: sweeps once a second until nothing is due any more.</summary>
    public static async Task<int> RunSweeperAsync(string database, CancellationToken ct)
    {
        await using var services = Domain(database);
        var sweeper = services.GetRequiredService<LeaseSweeper>();
        var handled = 0;
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1));
        Console.WriteLine("ready");
        do
        {
            handled += (await sweeper.SweepAsync(DateTimeOffset.UtcNow, ct)).Ended;
            await tick.WaitForNextTickAsync(ct);
        }
        while (await ScalarAsync(database, "select count(*) from machines where lease_stage = 'Running'", ct) > 0);
        Console.WriteLine(handled.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>All that ended at once while nobody looked: the time two processes take, beside the loop's.</summary>
    static async Task<Figure> BacklogAsync(string database, double loop, CancellationToken ct)
    {
        await ExecuteAsync(database, "delete from operations; update machines set lease_stage = 'Running', lease_tries = 0, lease_ends_at = now() - interval '1 hour', lease_due_at = now() - interval '1 hour'", ct);
        var began = Stopwatch.GetTimestamp();
        var sweepers = Enumerable.Range(0, Processes).Select(_ => Start(database)).ToList();
        await Task.WhenAll(sweepers.Select(s => s.WaitForExitAsync(ct)));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        sweepers.ForEach(s => s.Dispose());
        return new Figure($"10,000 leases that ended at once, two processes from their start, beside one by one (from {Looped:N0})", seconds, "s", loop, "≤ 60 s", seconds <= Minute.TotalSeconds);
    }

    /// <summary>What the same orders take when a loop gives them one by one, for all ten thousand.</summary>
    static async Task<double> LoopAsync(string database, CancellationToken ct)
    {
        await ExecuteAsync(database, "delete from operations; update machines set lease_due_at = null", ct);
        await using var services = Domain(database);
        var machines = services.GetRequiredService<MachineService>();
        await using var db = await services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(ct);
        var ids = await db.Machines.OrderBy(m => m.Id).Take(Looped).Select(m => m.Id).ToListAsync(ct);
        var began = Stopwatch.GetTimestamp();
        foreach (var id in ids)
            _ = (await machines.PowerAsync(Actor.System, id, PowerAction.ShutDown, $"loop-{id:n}", ct)).Value;
        return Stopwatch.GetElapsedTime(began).TotalSeconds * Machines / Looped;
    }

    static Task FillAsync(string database, CancellationToken ct) => ExecuteAsync(database, $"""
        insert into projects (id, name, created_at) values ('{Id(1)}', 'bench', now());
        insert into "AspNetUsers" (id, display_name, user_name, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count)
            values ('{Id(5)}', 'Bench', 'bench', false, false, false, false, 0);
        insert into project_members (project_id, user_id, role) values ('{Id(1)}', '{Id(5)}', 'Owner');
        insert into images (id, name, title, description, volume, format, sha256, login_user, min_memory_mib, min_disk_gib, devices, available)
            values ('{Id(2)}', 'bench', 'Bench', '', 'bench.qcow2', 'qcow2', '', 'root', 1, 1, 'Paravirtual', true);
        insert into networks (id, name, cidr, first, last, bridge) values ('{Id(3)}', 'bench', '10.0.0.0/8', '10.0.0.2', '10.255.255.254', 'br0');
        insert into hosts (id, name, uri, pool, state, state_since, cpus, memory_mib) values ('{Id(4)}', 'bench', 'test:///default', 'images', 'Online', now(), 8, 8192);
        insert into machines (id, project_id, name, image_id, flavor_name, vcpus, memory_mib, disk_gib, network_id, address, mac, ssh_key, devices, host_id, state, state_since, created_by, created_at)
            select gen_random_uuid(), '{Id(1)}', 'bench-' || n, '{Id(2)}', 'tiny', 1, 64, 1, '{Id(3)}', '10.' || n / 65536 || '.' || n / 256 % 256 || '.' || n % 256, 'mac-' || n, 'key', 'Paravirtual', '{Id(4)}', 'Running', now(), '{Id(5)}', now()
            from generate_series(1, {Machines}) n;
        analyze machines;
        """, ct);

    static string Id(int number) => new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]).ToString();

    static Process Start(string database)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(LeaseBench).Assembly.Location);
        start.ArgumentList.Add(SweepVerb);
        start.Environment["PORTAL_BENCH_DATABASE"] = database;
        return Process.Start(start)!;
    }

    static ServiceProvider Domain(string database) => new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddPortalDomain(database).BuildServiceProvider();

    static async Task ExecuteAsync(string database, string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(ct);
    }

    static async Task<double> ScalarAsync(string database, string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        return Convert.ToDouble(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
    }
}
