using Microsoft.EntityFrameworkCore.Migrations;

namespace Portal.Migrations.Migrations
{
    /// <summary>Carries what a portal had before it knew kinds of requests, rules and leases.</summary>
    internal static class SelfServiceData
    {
        public static void Carry(MigrationBuilder migrationBuilder)
        {
            // Every request so far asked for a machine, and an admin decided it.
            migrationBuilder.Sql("""
                update requests r set kind = 'Create', subject = m.name, rule_name = 'No rule matches', on_expiry = 'Escalate',
                    terms = jsonb_build_object('$type', 'create', 'image', i.title, 'flavor', m.flavor_name,
                        'size', jsonb_build_object('vcpus', m.vcpus, 'memoryMib', m.memory_mib, 'diskGib', m.disk_gib), 'leaseDays', null),
                    levels = '[{"approvers": [{"kind": "Role", "role": "approver"}], "all": false}]',
                    holds = jsonb_build_object('machines', 1, 'vcpus', m.vcpus, 'memoryMib', m.memory_mib, 'diskGib', m.disk_gib, 'addresses', 1)
                from machines m join images i on i.id = m.image_id where m.id = r.machine_id
                """);
            // A machine has one address: the limit of addresses begins as that of machines.
            migrationBuilder.Sql("insert into quotas (project_id, resource, most, used, reserved) select project_id, 'Addresses', most, used, reserved from quotas where resource = 'Machines' on conflict do nothing");
            LinkAudit(migrationBuilder);
            // As the list of machines sorts by address; see MachineIndexes.
            migrationBuilder.Sql("create index ix_machines_address_order on machines (inet(address), id) include (address, project_id, host_id, state, image_id, memory_mib, search_text) where state <> 'Deleted'");
        }

        /// <summary>Whoever writes an event makes it wait for its place in the chain in the same transaction. What was written before waits too.</summary>
        private static void LinkAudit(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                create function audit_wait() returns trigger language plpgsql as $$
                begin
                    insert into audit_pending (at, event_id) select at, id from written;
                    perform pg_notify('portal_audit', '');
                    return null;
                end $$
                """);
            migrationBuilder.Sql("create trigger audit_events_wait after insert on audit_events referencing new table as written for each statement execute function audit_wait()");
            migrationBuilder.Sql("insert into audit_pending (at, event_id) select at, id from audit_events");
            migrationBuilder.Sql("insert into audit_head (id, sequence, hash) values (1, 0, decode(repeat('00', 32), 'hex'))");
            // Actions go with kinds and people with addresses: without knowing, the planner takes two filters for far narrower than they are.
            migrationBuilder.Sql("create statistics audit_events_together (dependencies, mcv) on action, subject_kind, actor_id, remote_address from audit_events");
        }
    }
}
