using Npgsql;

namespace Portal.Bench.Lists;

/// <summary>
/// Fills a database as a few years of a large organisation would: 200 projects with 1,000 people, 40 hosts, 50,000 machines and as many
/// deleted ones as there would be, a million audit events. What people do is spread as it is: few projects are large and most are small,
/// some actions happen all the time and some once a year, a third is done by the portal itself.
/// </summary>
static class ListsData
{
    public const int Machines = 50_000;
    public const int Events = 1_000_000;

    public static async Task FillAsync(string database, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(ct);
        // A million rows go in far faster without their indexes.
        var indexes = await IndexesAsync(connection, ct);
        await ExecuteAsync(connection, [.. indexes.Select(i => $"drop index {i.Name}"), .. Statements, .. indexes.Select(i => i.Definition), "vacuum analyze audit_events", "vacuum analyze audit_pending", "vacuum analyze machines", .. ApprovalsData.Statements], ct);
    }

    static async Task<List<(string Name, string Definition)>> IndexesAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var indexes = new List<(string, string)>();
        await using var command = new NpgsqlCommand("select indexname, indexdef from pg_indexes where tablename in ('audit_events', 'machines') and indexname like 'ix_%'", connection);
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
            indexes.Add((row.GetString(0), row.GetString(1)));
        return indexes;
    }

    public static async Task ExecuteAsync(NpgsqlConnection connection, IEnumerable<string> statements, CancellationToken ct)
    {
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 600 };
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    // A person's identifier from a number, so that statements find each other's rows; events have identifiers that grow with time, as the portal's do.
    static readonly string[] Statements =
    [
        "select setseed(0.42)",
        """
        create function pg_temp.id(kind text, n bigint) returns uuid language sql immutable as $$ select (rpad(substr(encode(kind::bytea, 'hex'), 1, 8), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
        create function pg_temp.id_at(at timestamptz, n bigint) returns uuid language sql immutable as
            $$ select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid $$;
        create function pg_temp.skewed(most int) returns int language sql volatile as $$ select 1 + floor(most * power(random(), 3))::int $$
        """,
        """
        insert into projects (id, name, created_at) select pg_temp.id('project', n), (array['web', 'billing', 'research', 'games', 'archive', 'ml', 'intranet', 'labs'])[1 + n % 8] || '-' || lpad(n::text, 3, '0'), now() - interval '3 years'
        from generate_series(1, 200) n
        """,
        """
        insert into "AspNetUsers" (id, user_name, normalized_user_name, display_name, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count, security_stamp)
        select pg_temp.id('user', n), 'user' || n, 'USER' || n, (array['Ada', 'Grace', 'Linus', 'Mia', 'Noor', 'Olga', 'Pavel', 'Rosa', 'Sven', 'Tariq'])[1 + n % 10] || ' ' || (array['Lovelace', 'Hopper', 'Keller', 'Santos', 'Novak', 'Ito', 'Okafor'])[1 + n % 7] || ' ' || n, true, false, false, true, 0, md5(n::text)
        from generate_series(1, 1000) n
        """,
        """
        insert into project_members (project_id, user_id, role) select pg_temp.id('project', 1 + (n / 5) % 200), pg_temp.id('user', n), case n % 5 when 0 then 'Owner' when 4 then 'Viewer' else 'Member' end
        from generate_series(1, 1000) n
        """,
        """
        insert into hosts (id, name, uri, pool, state, state_since, uuid, cpus, memory_mib) select pg_temp.id('host', n), 'hv' || lpad(n::text, 2, '0'), 'qemu+tls://hv' || n || '/system', 'images', 'Online', now(), pg_temp.id('uuid', n), 64, 1048576
        from generate_series(1, 40) n
        """,
        """
        insert into images (id, name, title, description, volume, format, sha256, login_user, min_memory_mib, min_disk_gib, devices, available)
        select pg_temp.id('image', n), 'image-' || n, 'Image ' || n, 'linux', 'i' || n || '.qcow2', 'qcow2', repeat('0', 64), 'root', 96, 1, 'Paravirtual', true from generate_series(1, 6) n
        """,
        """
        insert into networks (id, name, cidr, gateway, dns, first, last, bridge) select pg_temp.id('network', 1), 'large', '10.64.0.0/10', '10.64.0.1', '10.64.0.1', '10.64.0.2', '10.127.255.254', 'br0'
        """,
        $"""
        insert into machines (id, project_id, name, image_id, flavor_name, vcpus, memory_mib, disk_gib, network_id, address, mac, ssh_key, devices, host_id, state, state_since, created_by, created_at, lease_stage, lease_ends_at, lease_days)
        select pg_temp.id_at(at, n), pg_temp.id('project', project), role || '-' || lpad(n::text, 5, '0'), pg_temp.id('image', pg_temp.skewed(6)), flavor, vcpus, vcpus * 2048, vcpus * 20, pg_temp.id('network', 1),
            '10.' || 64 + n / 65536 || '.' || n / 256 % 256 || '.' || n % 256, '52:54:' || substr(md5(n::text), 1, 2) || ':' || lpad(to_hex(n / 65536), 2, '0') || ':' || lpad(to_hex(n / 256 % 256), 2, '0') || ':' || lpad(to_hex(n % 256), 2, '0'),
            'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA' || md5(n::text) || ' user@desk', 'Paravirtual', case when state in ('Waiting', 'Provisioning') then null else pg_temp.id('host', host) end, state, at, pg_temp.id('user', least(1000, project * 5 + n % 5)), at,
            case when n % 5 < 3 then 'Running' else 'None' end, case when n % 5 < 3 then now() + interval '1 hour' * (1 + n % 2160) end, case when n % 5 < 3 then 90 end
        from (select n, pg_temp.skewed(200) project, pg_temp.skewed(40) host, (array['web', 'db', 'cache', 'build', 'proxy', 'test', 'mail', 'worker'])[pg_temp.skewed(8)] as role, (array['small', 'medium', 'large', 'huge'])[size] flavor,
                1 << (size - 1) vcpus, now() - interval '3 years' * random() as at,
                case when n > {Machines} then 'Deleted' else (array['Running', 'Running', 'Running', 'Running', 'Running', 'Off', 'Off', 'Unknown', 'Waiting', 'Provisioning'])[1 + floor(10 * random())::int] end state
            from (select n, pg_temp.skewed(4) size from generate_series(1, {Machines} + {Machines} / 2) n) sizes) m
        """,
        $"""
        insert into audit_events (id, at, actor_id, actor_name, action, subject_kind, subject_id, subject_name, project_id, detail, remote_address)
        select pg_temp.id_at(at, n), at, case when own then '00000000-0000-0000-0000-000000000000'::uuid else pg_temp.id('user', who) end,
            case when own then 'portal' else (array['Ada', 'Grace', 'Linus', 'Mia', 'Noor', 'Olga', 'Pavel', 'Rosa', 'Sven', 'Tariq'])[1 + who % 10] || ' ' || (array['Lovelace', 'Hopper', 'Keller', 'Santos', 'Novak', 'Ito', 'Okafor'])[1 + who % 7] || ' ' || who end,
            action, split_part(action, '.', 1),
            pg_temp.id(split_part(action, '.', 1), thing), (array['web', 'db', 'cache', 'build', 'proxy', 'test', 'mail', 'worker'])[1 + thing % 8] || '-' || lpad(thing::text, 5, '0'),
            case when action like 'account%' or action like 'host%' then null else pg_temp.id('project', 1 + who / 5 % 200) end,
            jsonb_build_object('operation', pg_temp.id('op', n), 'reason', case n % 3 when 0 then 'Nightly work' else 'Asked for by its owner' end), case when own then null else '10.1.' || who / 100 || '.' || who % 100 end
        from (select n, now() - interval '3 years' * (1 - n / {Events}.0) as at, random() < 0.35 own, pg_temp.skewed(1000) who, pg_temp.skewed(75000) thing,
                (array['machine.start', 'account.sign-in', 'machine.shut-down', 'request.submit', 'request.approve', 'machine.moved', 'machine.migrate', 'account.sign-out', 'machine.reset', 'request.deny', 'machine.provision',
                    'machine.deleted', 'machine.delete', 'request.withdraw', 'token.create', 'quota.change', 'operation.cancel', 'account.lock', 'host.add', 'host.remove'])[pg_temp.skewed(20)] action
            from generate_series(1, {Events}) n offset 0) e
        """,
        "analyze projects",
    ];
}
