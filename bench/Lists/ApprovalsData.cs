namespace Portal.Bench.Lists;

/// <summary>
/// What waits for a decision in that organisation on its worst day, 5,000 requests of every kind asked of approvers, owners and people by name,
/// beside the 20,000 that were decided; and what the page of approvals shows beside them: limits, and room taken on hosts.
/// </summary>
static class ApprovalsData
{
    public const int Waiting = 5_000;
    public const int Decided = 20_000;

    /// <summary>Holds the role approver.</summary>
    public const int Approver = 2;

    /// <summary>Is asked by name for a quarter of all that waits.</summary>
    public const int Named = 4;

    /// <summary>Stands in for <see cref="Approver"/> and for <see cref="Named"/>.</summary>
    public const int Delegate = 6;

    /// <summary>Owns the largest project.</summary>
    public const int Owner = 1000;

    const string Size = "jsonb_build_object('vcpus', m.vcpus, 'memoryMib', m.memory_mib, 'diskGib', m.disk_gib)";

    // After those of ListsData, on the same connection.
    public static readonly string[] Statements =
    [
        "insert into flavors (id, name, vcpus, memory_mib, disk_gib, available) select pg_temp.id('flavor', n), (array['small', 'medium', 'large', 'huge'])[n], 1 << (n - 1), 2048 << (n - 1), 20 << (n - 1), true from generate_series(1, 4) n",
        """
        insert into "AspNetRoles" (id, name, normalized_name) select pg_temp.id('role', n), name, upper(name) from unnest(array['admin', 'approver', 'auditor']) with ordinality r (name, n) on conflict do nothing;
        insert into "AspNetUserRoles" (user_id, role_id) select pg_temp.id('user', n), r.id from generate_series(1, 3) n join "AspNetRoles" r on r.normalized_name = (array['ADMIN', 'APPROVER', 'AUDITOR'])[n]
        """,
        $"insert into delegations (id, from_user_id, to_user_id, begins_at, ends_at, created_at) select pg_temp.id('away', n), pg_temp.id('user', n), pg_temp.id('user', {Delegate}), now() - interval '1 day', now() + interval '9 days', now() from unnest(array[{Approver}, {Named}]) n",
        """
        insert into placements (machine_id, host_id, purpose, vcpus, memory_mib) select id, host_id, 'Home', vcpus, memory_mib from machines where host_id is not null and state <> 'Deleted';
        insert into quotas (project_id, resource, most, used, reserved) select p.id, resource, 100000000, 1000, 1000 from projects p, unnest(array['Machines', 'Vcpus', 'MemoryMib', 'DiskGib', 'Addresses', 'Snapshots']) resource
        """,
        $$"""
        insert into requests (id, project_id, requester_id, machine_id, image_id, flavor_id, kind, subject, terms, holds, rule_name, levels, level, may_decide_own, expires_at, on_expiry, admins_asked, why, status, submitted_at, decided_by, decided_at, decision_reason, ended_at, idempotency_key, fingerprint)
        select pg_temp.id('request', n), m.project_id, m.created_by, m.id, case when kind = 'Create' then m.image_id end, case when kind = 'Create' then f.id end, kind, m.name,
            case kind when 'Create' then jsonb_build_object('$type', 'create', 'image', 'Image', 'flavor', m.flavor_name, 'size', {{Size}}, 'leaseDays', null)
                when 'Resize' then jsonb_build_object('$type', 'resize', 'from', {{Size}}, 'to', {{Size}}) else jsonb_build_object('$type', 'delete', 'size', {{Size}}) end,
            jsonb_build_object('machines', 1, 'vcpus', m.vcpus, 'memoryMib', m.memory_mib, 'diskGib', m.disk_gib, 'addresses', 1),
            'Rule ' || n % 40, '[{"approvers": [{"kind": "Role", "role": "approver"}], "all": false}]', 0, false, case n % 3 when 0 then now() + interval '1 day' * (n % 30) end, 'Escalate', false,
            (array['For the next release', 'A customer asked for it', 'Load tests', 'Replaces one that is old'])[1 + n % 4] || ' ' || n, status, at,
            case when status <> 'Waiting' then pg_temp.id('user', {{Approver}}) end, case when status <> 'Waiting' then at + interval '1 hour' * (n % 48) end, case status when 'Denied' then 'Too large' end, case when status <> 'Waiting' then at + interval '3 days' end, 'made-' || n, '\x00'
        from (select machine.*, case when n <= {{Waiting}} then 'Waiting' when n % 8 = 0 then 'Denied' else 'Fulfilled' end as status, case when n > {{Waiting}} or n % 5 < 3 then 'Create' when n % 5 = 3 then 'Resize' else 'Delete' end as kind,
                now() - case when n <= {{Waiting}} then interval '20 days' else interval '2 years' end * (n::float8 / {{Waiting + Decided}}) as at
            from (select m.*, row_number() over (order by m.state <> 'Waiting', m.id) as n from machines m where m.state in ('Waiting', 'Running')) machine where n <= {{Waiting + Decided}}) m
        join flavors f on f.name = m.flavor_name
        """,
        $"""
        insert into approval_seats (id, request_id, project_id, kind, role, user_id)
        select gen_random_uuid(), id, project_id, (array['Role', 'Role', 'ProjectOwners', 'Person'])[1 + n % 4], case when n % 4 < 2 then 'approver' end, case n % 4 when 3 then pg_temp.id('user', {Named}) end
        from (select id, project_id, row_number() over (order by id) as n from requests where status = 'Waiting') r
        """,
        "vacuum analyze requests", "vacuum analyze approval_seats", "analyze placements", "analyze project_members",
    ];
}
