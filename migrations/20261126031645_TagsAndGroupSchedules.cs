using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Portal.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class TagsAndGroupSchedules : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_schedule_runs_outcome",
                table: "schedule_runs");

            migrationBuilder.DropCheckConstraint(
                name: "ck_evacuations_kind",
                table: "evacuations");

            migrationBuilder.AlterColumn<Guid>(
                name: "project_id",
                table: "schedules",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AlterColumn<Guid>(
                name: "machine_id",
                table: "schedules",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AddColumn<Guid>(
                name: "host_id",
                table: "schedules",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "tag",
                table: "schedules",
                type: "character varying(30)",
                maxLength: 30,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "window",
                table: "schedules",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AlterColumn<Guid>(
                name: "project_id",
                table: "schedule_runs",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AddColumn<Guid>(
                name: "evacuation_id",
                table: "schedule_runs",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string[]>(
                name: "tags",
                table: "machines",
                type: "text[]",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AlterColumn<string>(
                name: "host_name",
                table: "evacuations",
                type: "character varying(60)",
                maxLength: 60,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(60)",
                oldMaxLength: 60);

            migrationBuilder.AlterColumn<Guid>(
                name: "host_id",
                table: "evacuations",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AddColumn<string>(
                name: "tag",
                table: "evacuations",
                type: "character varying(30)",
                maxLength: 30,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "until",
                table: "evacuations",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "source_host_id",
                table: "evacuation_items",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_schedules_host_id",
                table: "schedules",
                column: "host_id");

            migrationBuilder.AddCheckConstraint(
                name: "ck_schedules_target",
                table: "schedules",
                sql: "num_nonnulls(machine_id, tag, host_id) = 1 and (host_id is null) = (project_id is not null) and (machine_id is not null or kind = 'Relocate')");

            migrationBuilder.CreateIndex(
                name: "ix_schedule_runs_evacuation_id",
                table: "schedule_runs",
                column: "evacuation_id");

            migrationBuilder.AddCheckConstraint(
                name: "ck_schedule_runs_outcome",
                table: "schedule_runs",
                sql: "outcome in ('Waiting', 'Ordered', 'Done', 'Partly', 'Failed', 'Missed', 'Skipped')");

            migrationBuilder.CreateIndex(
                name: "ix_machines_tags",
                table: "machines",
                column: "tags",
                filter: "state <> 'Deleted' and cardinality(tags) > 0")
                .Annotation("Npgsql:IndexMethod", "gin");

            migrationBuilder.AddCheckConstraint(
                name: "ck_machines_tags",
                table: "machines",
                sql: "cardinality(tags) <= 10");

            migrationBuilder.AddCheckConstraint(
                name: "ck_evacuations_kind",
                table: "evacuations",
                sql: "kind in ('Empty', 'BringBack', 'Relocate')");

            migrationBuilder.AddCheckConstraint(
                name: "ck_evacuations_subject",
                table: "evacuations",
                sql: "num_nonnulls(host_id, tag) = 1 and (host_id is null) = (host_name is null)");

            migrationBuilder.AddForeignKey(
                name: "fk_schedule_runs_evacuations_evacuation_id",
                table: "schedule_runs",
                column: "evacuation_id",
                principalTable: "evacuations",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_schedules_hosts_host_id",
                table: "schedules",
                column: "host_id",
                principalTable: "hosts",
                principalColumn: "id",
                onDelete: ReferentialAction.Cascade);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_schedule_runs_evacuations_evacuation_id",
                table: "schedule_runs");

            migrationBuilder.DropForeignKey(
                name: "fk_schedules_hosts_host_id",
                table: "schedules");

            migrationBuilder.DropIndex(
                name: "ix_schedules_host_id",
                table: "schedules");

            migrationBuilder.DropCheckConstraint(
                name: "ck_schedules_target",
                table: "schedules");

            migrationBuilder.DropIndex(
                name: "ix_schedule_runs_evacuation_id",
                table: "schedule_runs");

            migrationBuilder.DropCheckConstraint(
                name: "ck_schedule_runs_outcome",
                table: "schedule_runs");

            migrationBuilder.DropIndex(
                name: "ix_machines_tags",
                table: "machines");

            migrationBuilder.DropCheckConstraint(
                name: "ck_machines_tags",
                table: "machines");

            migrationBuilder.DropCheckConstraint(
                name: "ck_evacuations_kind",
                table: "evacuations");

            migrationBuilder.DropCheckConstraint(
                name: "ck_evacuations_subject",
                table: "evacuations");

            migrationBuilder.DropColumn(
                name: "host_id",
                table: "schedules");

            migrationBuilder.DropColumn(
                name: "tag",
                table: "schedules");

            migrationBuilder.DropColumn(
                name: "window",
                table: "schedules");

            migrationBuilder.DropColumn(
                name: "evacuation_id",
                table: "schedule_runs");

            migrationBuilder.DropColumn(
                name: "tags",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "tag",
                table: "evacuations");

            migrationBuilder.DropColumn(
                name: "until",
                table: "evacuations");

            migrationBuilder.DropColumn(
                name: "source_host_id",
                table: "evacuation_items");

            migrationBuilder.AlterColumn<Guid>(
                name: "project_id",
                table: "schedules",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);

            migrationBuilder.AlterColumn<Guid>(
                name: "machine_id",
                table: "schedules",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);

            migrationBuilder.AlterColumn<Guid>(
                name: "project_id",
                table: "schedule_runs",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);

            migrationBuilder.AlterColumn<string>(
                name: "host_name",
                table: "evacuations",
                type: "character varying(60)",
                maxLength: 60,
                nullable: false,
                defaultValue: "",
                oldClrType: typeof(string),
                oldType: "character varying(60)",
                oldMaxLength: 60,
                oldNullable: true);

            migrationBuilder.AlterColumn<Guid>(
                name: "host_id",
                table: "evacuations",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);

            migrationBuilder.AddCheckConstraint(
                name: "ck_schedule_runs_outcome",
                table: "schedule_runs",
                sql: "outcome in ('Waiting', 'Ordered', 'Done', 'Failed', 'Missed', 'Skipped')");

            migrationBuilder.AddCheckConstraint(
                name: "ck_evacuations_kind",
                table: "evacuations",
                sql: "kind in ('Empty', 'BringBack')");
        }
    }
}
