using System;
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
            migrationBuilder.DropCheckConstraint(
                name: "ck_quotas_resource",
                table: "quotas");

            migrationBuilder.DropColumn(
                name: "machine_name",
                table: "requests");

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
                name: "on_expiry",
                table: "requests",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "");

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
                sql: "resource in ('Machines', 'Vcpus', 'MemoryMib', 'DiskGib', 'Addresses')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_requests_kind",
                table: "requests");

            migrationBuilder.DropCheckConstraint(
                name: "ck_requests_on_expiry",
                table: "requests");

            migrationBuilder.DropCheckConstraint(
                name: "ck_quotas_resource",
                table: "quotas");

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
                name: "on_expiry",
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

            migrationBuilder.AddCheckConstraint(
                name: "ck_quotas_resource",
                table: "quotas",
                sql: "resource in ('Machines', 'Vcpus', 'MemoryMib', 'DiskGib')");
        }
    }
}
