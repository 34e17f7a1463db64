using Microsoft.EntityFrameworkCore.Migrations;

namespace Portal.Migrations.Migrations
{
    /// <summary>
    /// The tables in which Quartz.NET 4 keeps its time triggers, as its job store for PostgreSQL names them. They are Quartz's own and no part of
    /// the portal's model: nothing of the portal reads them, and its truth stands in its own tables.
    /// </summary>
    internal static class QuartzTables
    {
        const string JobKey = "sched_name text not null, job_name text not null, job_group text not null";
        const string TriggerKey = "sched_name text not null, trigger_name text not null, trigger_group text not null";
        const string OfTrigger = "primary key (sched_name, trigger_name, trigger_group), foreign key (sched_name, trigger_name, trigger_group) references qrtz_triggers on delete cascade";
        const string Paused = "pause_reason varchar(250), paused_by varchar(200), paused_at bigint";

        static readonly string[] Statements =
        [
            $"create table qrtz_job_details ({JobKey}, description text, job_class_name text not null, is_durable bool not null, is_nonconcurrent bool not null, is_update_data bool not null, requests_recovery bool not null, job_data bytea, primary key (sched_name, job_name, job_group))",
            $"""
            create table qrtz_triggers ({TriggerKey}, job_name text not null, job_group text not null, description text, next_fire_time bigint, prev_fire_time bigint,
                priority integer, trigger_state text not null, trigger_type text not null, start_time bigint not null, end_time bigint, calendar_name text, misfire_instr smallint,
                misfire_orig_fire_time bigint, execution_group varchar(200), preferred_node varchar(200), preferred_node_auto bool not null default false, retry_policy varchar(250),
                retry_attempt integer, continues_trigger_name text, continues_trigger_group text, continuation_condition integer, overlap_policy integer, {Paused},
                misfire_threshold bigint, fixed_delay bool, job_data bytea, primary key (sched_name, trigger_name, trigger_group),
                foreign key (sched_name, job_name, job_group) references qrtz_job_details)
            """,
            $"create table qrtz_simple_triggers ({TriggerKey}, repeat_count bigint not null, repeat_interval bigint not null, times_triggered bigint not null, {OfTrigger})",
            $"create table qrtz_cron_triggers ({TriggerKey}, cron_expression text not null, time_zone_id text, {OfTrigger})",
            $"""
            create table qrtz_simprop_triggers ({TriggerKey}, str_prop_1 text, str_prop_2 text, str_prop_3 text, int_prop_1 integer, int_prop_2 integer, long_prop_1 bigint, long_prop_2 bigint,
                dec_prop_1 numeric, dec_prop_2 numeric, bool_prop_1 bool, bool_prop_2 bool, time_zone_id text, {OfTrigger})
            """,
            $"create table qrtz_blob_triggers ({TriggerKey}, blob_data bytea, {OfTrigger})",
            "create table qrtz_calendars (sched_name text not null, calendar_name text not null, calendar bytea not null, primary key (sched_name, calendar_name))",
            $"create table qrtz_paused_trigger_grps (sched_name text not null, trigger_group text not null, {Paused}, primary key (sched_name, trigger_group))",
            $"create table qrtz_paused_job_grps (sched_name text not null, job_group text not null, {Paused}, primary key (sched_name, job_group))",
            """
            create table qrtz_fired_triggers (sched_name text not null, entry_id text not null, trigger_name text not null, trigger_group text not null, instance_name text not null,
                fired_time bigint not null, sched_time bigint not null, priority integer not null, state text not null, job_name text, job_group text, is_nonconcurrent bool not null,
                requests_recovery bool, execution_group varchar(200), progress integer, progress_message varchar(250), interrupt_requested_time bigint, primary key (sched_name, entry_id))
            """,
            "create table qrtz_scheduler_state (sched_name text not null, instance_name text not null, last_checkin_time bigint not null, checkin_interval bigint not null, quartz_version varchar(20), primary key (sched_name, instance_name))",
            "create table qrtz_locks (sched_name text not null, lock_name text not null, primary key (sched_name, lock_name))",
            "create index idx_qrtz_t_j on qrtz_triggers (sched_name, job_name, job_group)",
            "create index idx_qrtz_t_nft_st on qrtz_triggers (sched_name, trigger_state, next_fire_time, priority desc, misfire_instr)",
            "create index idx_qrtz_ft_inst_job_req_rcvry on qrtz_fired_triggers (sched_name, instance_name, requests_recovery)",
            "create index idx_qrtz_ft_j_g on qrtz_fired_triggers (sched_name, job_name, job_group)",
            "create index idx_qrtz_ft_t_g on qrtz_fired_triggers (sched_name, trigger_name, trigger_group)",
        ];

        public static void Drop(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            drop table qrtz_fired_triggers, qrtz_paused_trigger_grps, qrtz_paused_job_grps, qrtz_scheduler_state, qrtz_locks, qrtz_simple_triggers,
                qrtz_cron_triggers, qrtz_simprop_triggers, qrtz_blob_triggers, qrtz_triggers, qrtz_job_details, qrtz_calendars
            """);

        public static void Create(MigrationBuilder migrationBuilder)
        {
            foreach (var statement in Statements)
                migrationBuilder.Sql(statement);
        }
    }
}
