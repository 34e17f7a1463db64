using System;
using System.Net;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Portal.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class SelfService : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_requests_machine_id",
                table: "requests");

            migrationBuilder.DropCheckConstraint(
                name: "ck_quotas_resource",
                table: "quotas");

            migrationBuilder.DropCheckConstraint(
                name: "ck_quotas_within_limit",
                table: "quotas");

            migrationBuilder.DropCheckConstraint(
                name: "ck_operations_kind",
                table: "operations");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_at",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_subject_id_at",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "machine_name",
                table: "requests");

            migrationBuilder.AlterDatabase()
                .Annotation("Npgsql:PostgresExtension:pg_trgm", ",,");

            migrationBuilder.AlterColumn<Guid>(
                name: "machine_id",
                table: "requests",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AlterColumn<Guid>(
                name: "image_id",
                table: "requests",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AlterColumn<Guid>(
                name: "flavor_id",
                table: "requests",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AddColumn<bool>(
                name: "admins_asked",
                table: "requests",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "expires_at",
                table: "requests",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "holds",
                table: "requests",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<string>(
                name: "kind",
                table: "requests",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<int>(
                name: "level",
                table: "requests",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "levels",
                table: "requests",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<bool>(
                name: "may_decide_own",
                table: "requests",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "note",
                table: "requests",
                type: "character varying(500)",
                maxLength: 500,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "on_expiry",
                table: "requests",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "outcome",
                table: "requests",
                type: "character varying(2000)",
                maxLength: 2000,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "replaces_id",
                table: "requests",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "rule_id",
                table: "requests",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "rule_name",
                table: "requests",
                type: "character varying(80)",
                maxLength: 80,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "subject",
                table: "requests",
                type: "character varying(60)",
                maxLength: 60,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "terms",
                table: "requests",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<bool>(
                name: "grace_told",
                table: "quotas",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "soft",
                table: "quotas",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "soft_since",
                table: "quotas",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "archived_at",
                table: "projects",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<uint>(
                name: "xmin",
                table: "projects",
                type: "xid",
                rowVersion: true,
                nullable: false,
                defaultValue: 0u);

            migrationBuilder.AddColumn<uint>(
                name: "xmin",
                table: "project_members",
                type: "xid",
                rowVersion: true,
                nullable: false,
                defaultValue: 0u);

            migrationBuilder.AddColumn<IPAddress>(
                name: "ready_until",
                table: "networks",
                type: "inet",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "grace_until",
                table: "machines",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "hot_vcpus",
                table: "machines",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "lease_days",
                table: "machines",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "lease_due_at",
                table: "machines",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "lease_ends_at",
                table: "machines",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "lease_stage",
                table: "machines",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "None");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "lease_started_at",
                table: "machines",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "lease_tries",
                table: "machines",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "lease_warned_days",
                table: "machines",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "pending",
                table: "machines",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "protected",
                table: "machines",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "disabled_at",
                table: "AspNetUsers",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "must_change_password",
                table: "AspNetUsers",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "search_text",
                table: "machines",
                type: "text",
                nullable: true,
                computedColumnSql: "lower(name || E'\\n' || address)",
                stored: true);

            migrationBuilder.AddColumn<string>(
                name: "search_text",
                table: "audit_events",
                type: "text",
                nullable: true,
                computedColumnSql: "lower(E'\\n' || actor_name || E'\\n' || action || E'\\n' || subject_name)",
                stored: true);

            migrationBuilder.CreateTable(
                name: "approval_rules",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    description = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    enabled = table.Column<bool>(type: "boolean", nullable: false),
                    position = table.Column<double>(type: "double precision", nullable: false),
                    conditions = table.Column<string>(type: "jsonb", nullable: false),
                    outcome = table.Column<string>(type: "jsonb", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_approval_rules", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "approval_seats",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    request_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    role = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    said_by = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_approval_seats", x => x.id);
                    table.CheckConstraint("ck_approval_seats_kind", "kind in ('Person', 'Role', 'ProjectOwners')");
                    table.ForeignKey(
                        name: "fk_approval_seats_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "AspNetUsers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_approval_seats_requests_request_id",
                        column: x => x.request_id,
                        principalTable: "requests",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "audit_head",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_head", x => x.id);
                    table.CheckConstraint("ck_audit_head_one", "id = 1");
                });

            migrationBuilder.CreateTable(
                name: "audit_pending",
                columns: table => new
                {
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_pending", x => new { x.at, x.event_id });
                });

            migrationBuilder.CreateTable(
                name: "audit_seals",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<short>(type: "smallint", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_seals", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "delegations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    from_user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    to_user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    begins_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    reason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_delegations", x => x.id);
                    table.CheckConstraint("ck_delegations_two_people", "from_user_id <> to_user_id and begins_at <= ends_at");
                    table.ForeignKey(
                        name: "fk_delegations_asp_net_users_from_user_id",
                        column: x => x.from_user_id,
                        principalTable: "AspNetUsers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_delegations_asp_net_users_to_user_id",
                        column: x => x.to_user_id,
                        principalTable: "AspNetUsers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "lease_settings",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    terms = table.Column<string>(type: "jsonb", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lease_settings", x => x.id);
                    table.CheckConstraint("ck_lease_settings_one_row", "id = 1");
                });

            migrationBuilder.CreateTable(
                name: "member_quotas",
                columns: table => new
                {
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    resource = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    most = table.Column<long>(type: "bigint", nullable: true),
                    used = table.Column<long>(type: "bigint", nullable: false),
                    reserved = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_member_quotas", x => new { x.project_id, x.user_id, x.resource });
                    table.CheckConstraint("ck_member_quotas_not_negative", "used >= 0 and reserved >= 0 and most >= 0");
                    table.CheckConstraint("ck_member_quotas_resource", "resource in ('Machines', 'Vcpus', 'MemoryMib', 'DiskGib', 'Addresses', 'Snapshots')");
                    table.ForeignKey(
                        name: "fk_member_quotas_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "AspNetUsers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_member_quotas_projects_project_id",
                        column: x => x.project_id,
                        principalTable: "projects",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "network_addresses",
                columns: table => new
                {
                    network_id = table.Column<Guid>(type: "uuid", nullable: false),
                    address = table.Column<IPAddress>(type: "inet", nullable: false),
                    held = table.Column<bool>(type: "boolean", nullable: false),
                    free_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.ForeignKey(
                        name: "fk_network_addresses_networks_network_id",
                        column: x => x.network_id,
                        principalTable: "networks",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "notice_preferences",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    in_page = table.Column<bool>(type: "boolean", nullable: false),
                    by_email = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notice_preferences", x => new { x.user_id, x.kind });
                    table.CheckConstraint("ck_notice_preferences_kind", "kind in ('DecisionDue', 'RequestDecided', 'Comment', 'LeaseEnding', 'LeaseEnded', 'ScheduleTrouble', 'QuotaPassed', 'MachineTrouble', 'DeliveryTrouble')");
                    table.ForeignKey(
                        name: "fk_notice_preferences_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "AspNetUsers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "notices",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    title = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    body = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    link = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notices", x => x.id);
                    table.CheckConstraint("ck_notices_kind", "kind in ('DecisionDue', 'RequestDecided', 'Comment', 'LeaseEnding', 'LeaseEnded', 'ScheduleTrouble', 'QuotaPassed', 'MachineTrouble', 'DeliveryTrouble')");
                    table.CheckConstraint("ck_notices_link_is_ours", "link like '/%' and link not like '//%'");
                    table.ForeignKey(
                        name: "fk_notices_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "AspNetUsers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_notices_projects_project_id",
                        column: x => x.project_id,
                        principalTable: "projects",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "outlets",
                columns: table => new
                {
                    channel = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    is_on = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outlets", x => x.channel);
                    table.CheckConstraint("ck_outlets_channel", "channel in ('Email', 'Webhook')");
                });

            migrationBuilder.CreateTable(
                name: "policy_revisions",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_policy_revisions", x => x.id);
                    table.CheckConstraint("ck_policy_revisions_one", "id = 1");
                });

            migrationBuilder.CreateTable(
                name: "price_lists",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    vcpu = table.Column<decimal>(type: "numeric(12,4)", precision: 12, scale: 4, nullable: false),
                    memory_gib = table.Column<decimal>(type: "numeric(12,4)", precision: 12, scale: 4, nullable: false),
                    disk_gib = table.Column<decimal>(type: "numeric(12,4)", precision: 12, scale: 4, nullable: false),
                    currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_price_lists", x => x.id);
                    table.CheckConstraint("ck_price_lists_one", "id = 1 and vcpu >= 0 and memory_gib >= 0 and disk_gib >= 0");
                });

            migrationBuilder.CreateTable(
                name: "project_leases",
                columns: table => new
                {
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    terms = table.Column<string>(type: "jsonb", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_project_leases", x => x.project_id);
                    table.ForeignKey(
                        name: "fk_project_leases_projects_project_id",
                        column: x => x.project_id,
                        principalTable: "projects",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "quota_settings",
                columns: table => new
                {
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    most_vcpus = table.Column<int>(type: "integer", nullable: true),
                    most_memory_mib = table.Column<int>(type: "integer", nullable: true),
                    most_disk_gib = table.Column<int>(type: "integer", nullable: true),
                    grace_days = table.Column<int>(type: "integer", nullable: false),
                    changed_by = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_quota_settings", x => x.project_id);
                    table.CheckConstraint("ck_quota_settings", "most_vcpus > 0 and most_memory_mib > 0 and most_disk_gib > 0 and grace_days between 0 and 365");
                    table.ForeignKey(
                        name: "fk_quota_settings_projects_project_id",
                        column: x => x.project_id,
                        principalTable: "projects",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "request_comments",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    request_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    author_id = table.Column<Guid>(type: "uuid", nullable: false),
                    text = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    written_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    idempotency_key = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_request_comments", x => x.id);
                    table.ForeignKey(
                        name: "fk_request_comments_asp_net_users_author_id",
                        column: x => x.author_id,
                        principalTable: "AspNetUsers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_request_comments_requests_request_id",
                        column: x => x.request_id,
                        principalTable: "requests",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "request_decisions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    request_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    level = table.Column<int>(type: "integer", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    on_behalf_of = table.Column<Guid>(type: "uuid", nullable: true),
                    is_override = table.Column<bool>(type: "boolean", nullable: false),
                    verdict = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    reason = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_request_decisions", x => x.id);
                    table.CheckConstraint("ck_request_decisions_verdict", "verdict in ('Approve', 'Deny')");
                    table.ForeignKey(
                        name: "fk_request_decisions_asp_net_users_on_behalf_of",
                        column: x => x.on_behalf_of,
                        principalTable: "AspNetUsers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_request_decisions_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "AspNetUsers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_request_decisions_requests_request_id",
                        column: x => x.request_id,
                        principalTable: "requests",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "schedules",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    machine_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    timing = table.Column<string>(type: "jsonb", nullable: false),
                    move = table.Column<string>(type: "jsonb", nullable: true),
                    enabled = table.Column<bool>(type: "boolean", nullable: false),
                    next_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_schedules", x => x.id);
                    table.CheckConstraint("ck_schedules_kind", "kind in ('PowerOn', 'PowerOff', 'Relocate')");
                    table.CheckConstraint("ck_schedules_move", "(kind = 'Relocate') = (move is not null)");
                    table.CheckConstraint("ck_schedules_next", "enabled or next_at is null");
                    table.ForeignKey(
                        name: "fk_schedules_machines_machine_id",
                        column: x => x.machine_id,
                        principalTable: "machines",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_schedules_projects_project_id",
                        column: x => x.project_id,
                        principalTable: "projects",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "snapshots",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    machine_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    note = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    state_reason = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    size_bytes = table.Column<long>(type: "bigint", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_by_name = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_snapshots", x => x.id);
                    table.CheckConstraint("ck_snapshots_size", "size_bytes >= 0");
                    table.CheckConstraint("ck_snapshots_state", "state in ('Taking', 'Ready', 'Reverting', 'Deleting', 'Failed', 'Deleted')");
                    table.CheckConstraint("ck_snapshots_taken", "state not in ('Ready', 'Reverting') or size_bytes is not null");
                    table.ForeignKey(
                        name: "fk_snapshots_machines_machine_id",
                        column: x => x.machine_id,
                        principalTable: "machines",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_snapshots_projects_project_id",
                        column: x => x.project_id,
                        principalTable: "projects",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "webhooks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: true),
                    name = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    url = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    kinds = table.Column<string[]>(type: "text[]", nullable: false),
                    is_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    secret = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    old_secret = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    old_secret_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by_name = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhooks", x => x.id);
                    table.CheckConstraint("ck_webhooks_url", "url ~ '^https?://'");
                    table.ForeignKey(
                        name: "fk_webhooks_asp_net_users_created_by",
                        column: x => x.created_by,
                        principalTable: "AspNetUsers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_webhooks_projects_project_id",
                        column: x => x.project_id,
                        principalTable: "projects",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "schedule_runs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    schedule_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    outcome = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    operation_id = table.Column<Guid>(type: "uuid", nullable: true),
                    detail = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_schedule_runs", x => x.id);
                    table.CheckConstraint("ck_schedule_runs_ended", "(outcome in ('Waiting', 'Ordered')) = (ended_at is null)");
                    table.CheckConstraint("ck_schedule_runs_outcome", "outcome in ('Waiting', 'Ordered', 'Done', 'Failed', 'Missed', 'Skipped')");
                    table.ForeignKey(
                        name: "fk_schedule_runs_schedules_schedule_id",
                        column: x => x.schedule_id,
                        principalTable: "schedules",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "deliveries",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    channel = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    webhook_id = table.Column<Guid>(type: "uuid", nullable: true),
                    payload = table.Column<string>(type: "jsonb", nullable: false),
                    payload_kind = table.Column<string>(type: "text", nullable: false, computedColumnSql: "payload ->> 'kind'", stored: true),
                    payload_title = table.Column<string>(type: "text", nullable: false, computedColumnSql: "payload ->> 'title'", stored: true),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    next_attempt_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    give_up_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    claimed_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    tried_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_error = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    response_code = table.Column<int>(type: "integer", nullable: true),
                    duration_ms = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deliveries", x => x.id);
                    table.CheckConstraint("ck_deliveries_channel", "channel in ('Email', 'Webhook')");
                    table.CheckConstraint("ck_deliveries_status", "status in ('Queued', 'Sent', 'Failed', 'GivenUp')");
                    table.CheckConstraint("ck_deliveries_target", "(channel = 'Email') = (user_id is not null) and (channel = 'Webhook') = (webhook_id is not null)");
                    table.ForeignKey(
                        name: "fk_deliveries_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "AspNetUsers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_deliveries_webhooks_webhook_id",
                        column: x => x.webhook_id,
                        principalTable: "webhooks",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_requests_decided_at",
                table: "requests",
                column: "decided_at");

            migrationBuilder.CreateIndex(
                name: "ix_requests_expires_at",
                table: "requests",
                column: "expires_at",
                filter: "status = 'Waiting' and expires_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_requests_machine_id_status",
                table: "requests",
                columns: new[] { "machine_id", "status" });

            migrationBuilder.CreateIndex(
                name: "ix_requests_replaces_id",
                table: "requests",
                column: "replaces_id");

            SelfServiceData.Carry(migrationBuilder);

            migrationBuilder.AddCheckConstraint(
                name: "ck_requests_kind",
                table: "requests",
                sql: "kind in ('Create', 'Resize', 'ExtendLease', 'QuotaIncrease', 'Delete')");

            migrationBuilder.AddCheckConstraint(
                name: "ck_requests_on_expiry",
                table: "requests",
                sql: "on_expiry in ('Approve', 'Deny', 'Escalate')");

            migrationBuilder.AddCheckConstraint(
                name: "ck_quotas_resource",
                table: "quotas",
                sql: "resource in ('Machines', 'Vcpus', 'MemoryMib', 'DiskGib', 'Addresses', 'Snapshots')");

            migrationBuilder.AddCheckConstraint(
                name: "ck_quotas_soft",
                table: "quotas",
                sql: "soft >= 0 and soft <= most");

            migrationBuilder.AddCheckConstraint(
                name: "ck_operations_kind",
                table: "operations",
                sql: "kind in ('Provision', 'Power', 'Migrate', 'Delete', 'Resize', 'Snapshot')");

            migrationBuilder.CreateIndex(
                name: "ix_machines_created_at_id",
                table: "machines",
                columns: new[] { "created_at", "id" },
                filter: "state <> 'Deleted'")
                .Annotation("Npgsql:IndexInclude", new[] { "project_id", "host_id", "state", "image_id", "memory_mib", "lease_stage", "lease_ends_at", "search_text" });

            migrationBuilder.CreateIndex(
                name: "ix_machines_host_id_id",
                table: "machines",
                columns: new[] { "host_id", "id" },
                filter: "state <> 'Deleted'")
                .Annotation("Npgsql:IndexInclude", new[] { "project_id", "state", "image_id", "memory_mib", "lease_stage", "lease_ends_at", "search_text" });

            migrationBuilder.CreateIndex(
                name: "ix_machines_lease_due_at",
                table: "machines",
                column: "lease_due_at",
                filter: "lease_due_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_machines_lease_ends_at",
                table: "machines",
                column: "lease_ends_at",
                filter: "lease_ends_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_machines_lease_ends_at_id",
                table: "machines",
                columns: new[] { "lease_ends_at", "id" },
                filter: "state <> 'Deleted'")
                .Annotation("Npgsql:IndexInclude", new[] { "project_id", "host_id", "state", "image_id", "memory_mib", "lease_stage", "search_text" });

            migrationBuilder.CreateIndex(
                name: "ix_machines_name_id",
                table: "machines",
                columns: new[] { "name", "id" },
                filter: "state <> 'Deleted'")
                .Annotation("Npgsql:IndexInclude", new[] { "project_id", "host_id", "state", "image_id", "memory_mib", "lease_stage", "lease_ends_at", "search_text" });

            migrationBuilder.CreateIndex(
                name: "ix_machines_project_id_id",
                table: "machines",
                columns: new[] { "project_id", "id" },
                filter: "state <> 'Deleted'")
                .Annotation("Npgsql:IndexInclude", new[] { "host_id", "state", "image_id", "memory_mib", "lease_stage", "lease_ends_at", "search_text" });

            migrationBuilder.AddCheckConstraint(
                name: "ck_machines_lease_days",
                table: "machines",
                sql: "lease_days > 0");

            migrationBuilder.AddCheckConstraint(
                name: "ck_machines_lease_end",
                table: "machines",
                sql: "lease_stage = 'None' or lease_ends_at is not null");

            migrationBuilder.AddCheckConstraint(
                name: "ck_machines_lease_grace",
                table: "machines",
                sql: "lease_stage <> 'Grace' or grace_until is not null");

            migrationBuilder.AddCheckConstraint(
                name: "ck_machines_lease_stage",
                table: "machines",
                sql: "lease_stage in ('None', 'Running', 'Ending', 'Grace', 'Over')");

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_action_at_id",
                table: "audit_events",
                columns: new[] { "action", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_action_id",
                table: "audit_events",
                columns: new[] { "action", "id" })
                .Annotation("Npgsql:IndexInclude", new[] { "at", "actor_id", "subject_kind", "subject_id", "project_id", "remote_address", "search_text" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_actor_id_at_id",
                table: "audit_events",
                columns: new[] { "actor_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_actor_name_id",
                table: "audit_events",
                columns: new[] { "actor_name", "id" })
                .Annotation("Npgsql:IndexInclude", new[] { "at", "actor_id", "action", "subject_kind", "subject_id", "project_id", "remote_address", "search_text" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_at_id",
                table: "audit_events",
                columns: new[] { "at", "id" })
                .Annotation("Npgsql:IndexInclude", new[] { "actor_id", "action", "subject_kind", "subject_id", "project_id", "remote_address", "search_text" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_project_id_at_id",
                table: "audit_events",
                columns: new[] { "project_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_remote_address_at_id",
                table: "audit_events",
                columns: new[] { "remote_address", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_search_text",
                table: "audit_events",
                column: "search_text")
                .Annotation("Npgsql:IndexMethod", "gin")
                .Annotation("Npgsql:IndexOperators", new[] { "gin_trgm_ops" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_subject_id_at_id",
                table: "audit_events",
                columns: new[] { "subject_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_subject_kind_at_id",
                table: "audit_events",
                columns: new[] { "subject_kind", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_subject_name_id",
                table: "audit_events",
                columns: new[] { "subject_name", "id" })
                .Annotation("Npgsql:IndexInclude", new[] { "at", "actor_id", "action", "subject_kind", "subject_id", "project_id", "remote_address", "search_text" });

            migrationBuilder.CreateIndex(
                name: "ix_approval_rules_name",
                table: "approval_rules",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_approval_rules_position",
                table: "approval_rules",
                column: "position");

            migrationBuilder.CreateIndex(
                name: "ix_approval_seats_project_id_kind",
                table: "approval_seats",
                columns: new[] { "project_id", "kind" });

            migrationBuilder.CreateIndex(
                name: "ix_approval_seats_request_id",
                table: "approval_seats",
                column: "request_id");

            migrationBuilder.CreateIndex(
                name: "ix_approval_seats_role",
                table: "approval_seats",
                column: "role",
                filter: "role is not null");

            migrationBuilder.CreateIndex(
                name: "ix_approval_seats_user_id",
                table: "approval_seats",
                column: "user_id",
                filter: "user_id is not null");

            migrationBuilder.CreateIndex(
                name: "ix_audit_seals_event_id",
                table: "audit_seals",
                column: "event_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_delegations_from_user_id_ends_at",
                table: "delegations",
                columns: new[] { "from_user_id", "ends_at" });

            migrationBuilder.CreateIndex(
                name: "ix_delegations_to_user_id_ends_at",
                table: "delegations",
                columns: new[] { "to_user_id", "ends_at" });

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_created_at",
                table: "deliveries",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_due",
                table: "deliveries",
                columns: new[] { "channel", "next_attempt_at" },
                filter: "status = 'Queued'");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_under_way",
                table: "deliveries",
                column: "webhook_id",
                filter: "claimed_until is not null");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_user_id",
                table: "deliveries",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_webhook_id_created_at",
                table: "deliveries",
                columns: new[] { "webhook_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_member_quotas_user_id",
                table: "member_quotas",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_network_addresses_network_id",
                table: "network_addresses",
                column: "network_id");

            migrationBuilder.CreateIndex(
                name: "ix_notices_project_id",
                table: "notices",
                column: "project_id");

            migrationBuilder.CreateIndex(
                name: "ix_notices_subject_id_created_at",
                table: "notices",
                columns: new[] { "subject_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_notices_unread",
                table: "notices",
                column: "user_id",
                filter: "read_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_notices_user_id_created_at_id",
                table: "notices",
                columns: new[] { "user_id", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_request_comments_author_id_idempotency_key",
                table: "request_comments",
                columns: new[] { "author_id", "idempotency_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_request_comments_request_id_written_at",
                table: "request_comments",
                columns: new[] { "request_id", "written_at" });

            migrationBuilder.CreateIndex(
                name: "ix_request_decisions_at",
                table: "request_decisions",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "ix_request_decisions_on_behalf_of",
                table: "request_decisions",
                column: "on_behalf_of");

            migrationBuilder.CreateIndex(
                name: "ix_request_decisions_request_id_at",
                table: "request_decisions",
                columns: new[] { "request_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_request_decisions_user_id",
                table: "request_decisions",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_schedule_runs_outcome",
                table: "schedule_runs",
                column: "outcome",
                filter: "outcome in ('Waiting', 'Ordered')");

            migrationBuilder.CreateIndex(
                name: "ix_schedule_runs_schedule_id_due_at",
                table: "schedule_runs",
                columns: new[] { "schedule_id", "due_at" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_schedules_machine_id",
                table: "schedules",
                column: "machine_id");

            migrationBuilder.CreateIndex(
                name: "ix_schedules_next_at",
                table: "schedules",
                column: "next_at",
                filter: "next_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_schedules_project_id_next_at",
                table: "schedules",
                columns: new[] { "project_id", "next_at" });

            migrationBuilder.CreateIndex(
                name: "ix_snapshots_project_id_created_by",
                table: "snapshots",
                columns: new[] { "project_id", "created_by" });

            migrationBuilder.CreateIndex(
                name: "ux_snapshots_name_of_machine",
                table: "snapshots",
                columns: new[] { "machine_id", "name" },
                unique: true,
                filter: "state <> 'Deleted'");

            migrationBuilder.CreateIndex(
                name: "ix_webhooks_created_by",
                table: "webhooks",
                column: "created_by");

            migrationBuilder.CreateIndex(
                name: "ix_webhooks_project_id",
                table: "webhooks",
                column: "project_id");

            migrationBuilder.AddForeignKey(
                name: "fk_requests_requests_replaces_id",
                table: "requests",
                column: "replaces_id",
                principalTable: "requests",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            SelfServiceData.Undo(migrationBuilder);

            migrationBuilder.DropForeignKey(
                name: "fk_requests_requests_replaces_id",
                table: "requests");

            migrationBuilder.DropTable(
                name: "approval_rules");

            migrationBuilder.DropTable(
                name: "approval_seats");

            migrationBuilder.DropTable(
                name: "audit_head");

            migrationBuilder.DropTable(
                name: "audit_pending");

            migrationBuilder.DropTable(
                name: "audit_seals");

            migrationBuilder.DropTable(
                name: "delegations");

            migrationBuilder.DropTable(
                name: "deliveries");

            migrationBuilder.DropTable(
                name: "lease_settings");

            migrationBuilder.DropTable(
                name: "member_quotas");

            migrationBuilder.DropTable(
                name: "network_addresses");

            migrationBuilder.DropTable(
                name: "notice_preferences");

            migrationBuilder.DropTable(
                name: "notices");

            migrationBuilder.DropTable(
                name: "outlets");

            migrationBuilder.DropTable(
                name: "policy_revisions");

            migrationBuilder.DropTable(
                name: "price_lists");

            migrationBuilder.DropTable(
                name: "project_leases");

            migrationBuilder.DropTable(
                name: "quota_settings");

            migrationBuilder.DropTable(
                name: "request_comments");

            migrationBuilder.DropTable(
                name: "request_decisions");

            migrationBuilder.DropTable(
                name: "schedule_runs");

            migrationBuilder.DropTable(
                name: "snapshots");

            migrationBuilder.DropTable(
                name: "webhooks");

            migrationBuilder.DropTable(
                name: "schedules");

            migrationBuilder.DropIndex(
                name: "ix_requests_decided_at",
                table: "requests");

            migrationBuilder.DropIndex(
                name: "ix_requests_expires_at",
                table: "requests");

            migrationBuilder.DropIndex(
                name: "ix_requests_machine_id_status",
                table: "requests");

            migrationBuilder.DropIndex(
                name: "ix_requests_replaces_id",
                table: "requests");

            migrationBuilder.DropCheckConstraint(
                name: "ck_requests_kind",
                table: "requests");

            migrationBuilder.DropCheckConstraint(
                name: "ck_requests_on_expiry",
                table: "requests");

            migrationBuilder.DropCheckConstraint(
                name: "ck_quotas_resource",
                table: "quotas");

            migrationBuilder.DropCheckConstraint(
                name: "ck_quotas_soft",
                table: "quotas");

            migrationBuilder.DropCheckConstraint(
                name: "ck_operations_kind",
                table: "operations");

            migrationBuilder.DropIndex(
                name: "ix_machines_created_at_id",
                table: "machines");

            migrationBuilder.DropIndex(
                name: "ix_machines_host_id_id",
                table: "machines");

            migrationBuilder.DropIndex(
                name: "ix_machines_lease_due_at",
                table: "machines");

            migrationBuilder.DropIndex(
                name: "ix_machines_lease_ends_at",
                table: "machines");

            migrationBuilder.DropIndex(
                name: "ix_machines_lease_ends_at_id",
                table: "machines");

            migrationBuilder.DropIndex(
                name: "ix_machines_name_id",
                table: "machines");

            migrationBuilder.DropIndex(
                name: "ix_machines_project_id_id",
                table: "machines");

            migrationBuilder.DropCheckConstraint(
                name: "ck_machines_lease_days",
                table: "machines");

            migrationBuilder.DropCheckConstraint(
                name: "ck_machines_lease_end",
                table: "machines");

            migrationBuilder.DropCheckConstraint(
                name: "ck_machines_lease_grace",
                table: "machines");

            migrationBuilder.DropCheckConstraint(
                name: "ck_machines_lease_stage",
                table: "machines");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_action_at_id",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_action_id",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_actor_id_at_id",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_actor_name_id",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_at_id",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_project_id_at_id",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_remote_address_at_id",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_search_text",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_subject_id_at_id",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_subject_kind_at_id",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_subject_name_id",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "search_text",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "search_text",
                table: "audit_events");

            migrationBuilder.DropColumn(
                name: "admins_asked",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "expires_at",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "holds",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "kind",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "level",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "levels",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "may_decide_own",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "note",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "on_expiry",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "outcome",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "replaces_id",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "rule_id",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "rule_name",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "subject",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "terms",
                table: "requests");

            migrationBuilder.DropColumn(
                name: "grace_told",
                table: "quotas");

            migrationBuilder.DropColumn(
                name: "soft",
                table: "quotas");

            migrationBuilder.DropColumn(
                name: "soft_since",
                table: "quotas");

            migrationBuilder.DropColumn(
                name: "archived_at",
                table: "projects");

            migrationBuilder.DropColumn(
                name: "xmin",
                table: "projects");

            migrationBuilder.DropColumn(
                name: "xmin",
                table: "project_members");

            migrationBuilder.DropColumn(
                name: "ready_until",
                table: "networks");

            migrationBuilder.DropColumn(
                name: "grace_until",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "hot_vcpus",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "lease_days",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "lease_due_at",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "lease_ends_at",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "lease_stage",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "lease_started_at",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "lease_tries",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "lease_warned_days",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "pending",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "protected",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "disabled_at",
                table: "AspNetUsers");

            migrationBuilder.DropColumn(
                name: "must_change_password",
                table: "AspNetUsers");

            migrationBuilder.AlterDatabase()
                .OldAnnotation("Npgsql:PostgresExtension:pg_trgm", ",,");

            migrationBuilder.AlterColumn<Guid>(
                name: "machine_id",
                table: "requests",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);

            migrationBuilder.AlterColumn<Guid>(
                name: "image_id",
                table: "requests",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);

            migrationBuilder.AlterColumn<Guid>(
                name: "flavor_id",
                table: "requests",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);

            migrationBuilder.AddColumn<string>(
                name: "machine_name",
                table: "requests",
                type: "character varying(40)",
                maxLength: 40,
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateIndex(
                name: "ix_requests_machine_id",
                table: "requests",
                column: "machine_id");

            migrationBuilder.AddCheckConstraint(
                name: "ck_quotas_resource",
                table: "quotas",
                sql: "resource in ('Machines', 'Vcpus', 'MemoryMib', 'DiskGib')");

            migrationBuilder.AddCheckConstraint(
                name: "ck_quotas_within_limit",
                table: "quotas",
                sql: "used + reserved <= most");

            migrationBuilder.AddCheckConstraint(
                name: "ck_operations_kind",
                table: "operations",
                sql: "kind in ('Provision', 'Power', 'Migrate', 'Delete')");

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_at",
                table: "audit_events",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_subject_id_at",
                table: "audit_events",
                columns: new[] { "subject_id", "at" });
        }
    }
}
