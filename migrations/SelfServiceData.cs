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
            // Nobody has snapshots yet; two for each machine that may be is a beginning.
            migrationBuilder.Sql("insert into quotas (project_id, resource, most, used, reserved) select project_id, 'Snapshots', 2 * most, 0, 0 from quotas where resource = 'Machines' on conflict do nothing");
        }
    }
}
