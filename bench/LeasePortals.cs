using System.Globalization;
using System.Xml.Linq;
using Npgsql;
using Portal.Tests.Web;

namespace Portal.Bench;

/// <summary>
/// Two whole portals on one database with machines that run on a host of libvirt's own test driver: everything an installation does while
/// leases end is done, to the order's being carried out, and no guest takes a processor.
/// </summary>
static class LeasePortals
{
    const int Portals = 2;

    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>All leases end within the minute that begins when both portals are at work; how long after its end the latest was still open, seconds.</summary>
    public static async Task<double> RunAsync(string database, CancellationToken ct)
    {
        var file = Path.Combine(Path.GetTempPath(), $"portal-bench-{Guid.CreateVersion7():n}.xml");
        await WriteHostAsync(database, file, ct);
        var portals = new List<PortalProcess>();
        try
        {
            for (var n = 0; n < Portals; n++)
                portals.Add(await PortalProcess.StartAsync(database, ct));
            await UntilAsync(database, $"(select count(*) from qrtz_scheduler_state) >= {Portals} and (select count(*) from hosts where state = 'Online') = 1", ct);
            await using var connection = new NpgsqlConnection(database);
            await connection.OpenAsync(ct);
            await RunAsync(connection, "update machines set lease_stage = 'Running', lease_started_at = now() - interval '1 day', lease_warned_days = 1, lease_ends_at = now() + interval '2 seconds' + random() * interval '58 seconds'", ct);
            await RunAsync(connection, "update machines set lease_due_at = lease_ends_at", ct);
            var latest = await WatchAsync(connection, ct);
            foreach (var portal in portals)
                Console.WriteLine($"    sweeps of one portal: {await SweepsAsync(portal, ct)}");
            return latest;
        }
        finally
        {
            foreach (var portal in portals)
                await portal.DisposeAsync();
            File.Delete(file);
        }
    }

    /// <summary>Looks again and again at the lease that is open longest after its end, until none is open any more.</summary>
    static async Task<double> WatchAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var (latest, began) = (0.0, TimeProvider.System.GetTimestamp());
        while (await ScalarAsync(connection, "select count(*) from machines where lease_stage = 'Running'", ct) > 0)
        {
            latest = Math.Max(latest, await ScalarAsync(connection, "select coalesce(max(extract(epoch from clock_timestamp() - lease_ends_at)), 0) from machines where lease_stage = 'Running' and lease_due_at <= clock_timestamp()", ct));
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"After {Patience.TotalMinutes:0} minutes leases are still open.");
            await Task.Delay(Look, ct);
        }
        return latest + Look.TotalSeconds;
    }

    /// <summary>Every machine as a domain that runs, and the host's row leads to them.</summary>
    static async Task WriteHostAsync(string database, string file, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(ct);
        var node = new XElement("node");
        await using (var command = new NpgsqlCommand("select id, name, memory_mib, vcpus from machines", connection))
        await using (var rows = await command.ExecuteReaderAsync(ct))
        {
            while (await rows.ReadAsync(ct))
            {
                node.Add(new XElement("domain", new XAttribute("type", "test"), new XElement("name", rows.GetString(1)), new XElement("uuid", rows.GetGuid(0)),
                    new XElement("memory", new XAttribute("unit", "MiB"), rows.GetInt32(2)), new XElement("vcpu", rows.GetInt32(3)), new XElement("os", new XElement("type", "hvm"))));
            }
        }
        await File.WriteAllTextAsync(file, new XDocument(node).ToString(), ct);
        await using var update = new NpgsqlCommand("update hosts set uri = $1, state = 'Unreachable'", connection) { Parameters = { new() { Value = $"test://{file}" } } };
        await update.ExecuteNonQueryAsync(ct);
    }

    static async Task<string> SweepsAsync(PortalProcess portal, CancellationToken ct)
    {
        using var http = new HttpClient();
        var figures = await http.GetStringAsync(new Uri(portal.Address, "/metrics"), ct);
        return string.Join(", ", figures.Split('\n').Where(line => line.StartsWith("portal_sweeps_total", StringComparison.Ordinal) && line.Contains("leases", StringComparison.Ordinal)));
    }

    static async Task UntilAsync(string database, string condition, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(ct);
        var began = TimeProvider.System.GetTimestamp();
        while (await ScalarAsync(connection, $"select ({condition})::int", ct) == 0)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new TimeoutException("The portals did not come to work on the database.");
            await Task.Delay(Look, ct);
        }
    }

    static async Task RunAsync(NpgsqlConnection connection, string statement, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    static async Task<double> ScalarAsync(NpgsqlConnection connection, string question, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(question, connection);
        return Convert.ToDouble(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
    }
}
