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
            // Until now an admin decided everything, his own requests too. That stays so until somebody writes rules.
            migrationBuilder.Sql("update requests set may_decide_own = true where status = 'Waiting'");
            migrationBuilder.Sql("""
                insert into approval_seats (id, request_id, project_id, kind, role)
                select gen_random_uuid(), id, project_id, 'Role', 'approver' from requests where status = 'Waiting'
                """);
            migrationBuilder.Sql("""
                insert into request_decisions (id, request_id, project_id, level, user_id, is_override, verdict, reason, at)
                select gen_random_uuid(), r.id, r.project_id, 0, r.decided_by, false, case r.status when 'Denied' then 'Deny' else 'Approve' end, r.decision_reason, r.decided_at
                from requests r where r.status in ('Approved', 'Denied', 'Fulfilled', 'Failed') and r.decided_at is not null and exists (select 1 from "AspNetUsers" u where u.id = r.decided_by)
                """);
            migrationBuilder.Sql("""
                insert into approval_rules (id, name, description, enabled, position, conditions, outcome, changed_at)
                select gen_random_uuid(), 'Everything: an approver decides',
                    'Was the only rule before there were any. Whoever asked may decide too, so that one admin is enough: switch that off when there are two.', true, 1, '{}',
                    '{"outcome": "Ask", "reason": null, "levels": [{"approvers": [{"kind": "Role", "userId": null, "role": "approver"}], "all": false}], "mayDecideOwn": true, "expiresAfterHours": null, "onExpiry": "Escalate"}', now()
                where exists (select 1 from "AspNetUsers")
                """);
            migrationBuilder.Sql("insert into policy_revisions (id, number) select 1, 1 where exists (select 1 from approval_rules)");
            // A machine has one address: the limit of addresses begins as that of machines.
            migrationBuilder.Sql("insert into quotas (project_id, resource, most, used, reserved) select project_id, 'Addresses', most, used, reserved from quotas where resource = 'Machines' on conflict do nothing");
        }
    }
}
