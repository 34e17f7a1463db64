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
            QuotaData(migrationBuilder);
        }

        /// <summary>Takes back what tables do not take with them when they go: functions, the triggers on tables that stay, and Quartz's tables.</summary>
        public static void Undo(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                drop trigger machines_take_address on machines;
                drop trigger machines_free_address on machines;
                drop trigger quotas_within_limit on quotas;
                drop trigger audit_events_wait on audit_events;
                drop function keep_address();
                drop function refuse_quota_growth();
                drop function audit_wait();
                drop statistics audit_events_together;
                """);
            migrationBuilder.Sql("delete from quotas where resource not in ('Machines', 'Vcpus', 'MemoryMib', 'DiskGib')");
            QuartzTables.Drop(migrationBuilder);
        }

        /// <summary>Each person's part of the quota, addresses as rows of their own, and what keeps both true whoever writes.</summary>
        static void QuotaData(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                insert into member_quotas (project_id, user_id, resource, used, reserved)
                select held.project_id, held.user_id, amount.resource, sum(amount.used), sum(amount.reserved) from (
                    select project_id, created_by as user_id, jsonb_build_object('machines', 1, 'vcpus', vcpus, 'memoryMib', memory_mib, 'diskGib', disk_gib, 'addresses', 1) as amounts, 1 as used, 0 as reserved
                    from machines where state in ('Running', 'Off', 'Unknown', 'Failed', 'Deleting')
                    union all
                    select project_id, requester_id, holds, 0, 1 from requests where status = 'Waiting' or (status = 'Approved' and ended_at is null)) held
                cross join lateral (
                    select upper(left(key, 1)) || substr(key, 2) as resource, value::bigint * held.used as used, value::bigint * held.reserved as reserved from jsonb_each_text(held.amounts)) amount
                where exists (select 1 from "AspNetUsers" u where u.id = held.user_id)
                group by held.project_id, held.user_id, amount.resource
                """);
            // What is held may stand above a limit that was lowered, but not grow there; only a recount writes what is true whatever the limit says.
            migrationBuilder.Sql("""
                create function refuse_quota_growth() returns trigger language plpgsql as $$
                begin
                    if coalesce(current_setting('portal.recount', true), '') <> 'on' then
                        raise exception 'the limit of % of project % is %, and % would be held', new.resource, new.project_id, new.most, new.used + new.reserved
                            using errcode = 'check_violation', constraint = 'ck_quotas_within_limit';
                    end if;
                    return new;
                end $$;
                create trigger quotas_within_limit before update on quotas for each row
                    when (new.used + new.reserved > new.most and new.used + new.reserved > old.used + old.reserved) execute function refuse_quota_growth();
                """);
            migrationBuilder.Sql("""
                insert into network_addresses (network_id, address, held, free_since)
                select network_id, address::inet, bool_or(state <> 'Deleted'), max(state_since) from machines group by network_id, address;
                create unique index ux_network_addresses on network_addresses (network_id, address);
                create index ix_network_addresses_free on network_addresses (network_id, free_since nulls first, address) where not held;
                create function keep_address() returns trigger language plpgsql as $$
                begin
                    insert into network_addresses (network_id, address, held, free_since) values (new.network_id, new.address::inet, new.state <> 'Deleted', new.state_since)
                    on conflict (network_id, address) do update set held = excluded.held, free_since = excluded.free_since;
                    return new;
                end $$;
                create trigger machines_take_address after insert on machines for each row execute function keep_address();
                create trigger machines_free_address after update of state on machines for each row
                    when (old.state is distinct from new.state and (old.state = 'Deleted' or new.state = 'Deleted')) execute function keep_address();
                """);
            // Time triggers are Quartz's.
            QuartzTables.Create(migrationBuilder);
            LinkAudit(migrationBuilder);
            // As the list of machines sorts by address; see MachineIndexes.
            migrationBuilder.Sql("create index ix_machines_address_order on machines (inet(address), id) include (address, project_id, host_id, state, image_id, memory_mib, lease_stage, lease_ends_at, search_text) where state <> 'Deleted'");
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
            // How much of the trail a search leaves decides how a page of it is found: a finer picture of what is searched makes that guess better.
            migrationBuilder.Sql("alter table audit_events alter column search_text set statistics 1000");
            // Nobody has snapshots yet; two for each machine that may be is a beginning.
            migrationBuilder.Sql("insert into quotas (project_id, resource, most, used, reserved) select project_id, 'Snapshots', 2 * most, 0, 0 from quotas where resource = 'Machines' on conflict do nothing");
        }
    }
}
