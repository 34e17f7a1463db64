using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Portal.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class MovePolicies : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "policy_id",
                table: "schedules",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "made_policy",
                table: "migrations",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "policy_id",
                table: "migrations",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "move_policies",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    terms = table.Column<string>(type: "jsonb", nullable: false),
                    retired_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    changed_by_name = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                    name_key = table.Column<string>(type: "text", nullable: true, computedColumnSql: "lower(name)", stored: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_move_policies", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_schedules_policy_id",
                table: "schedules",
                column: "policy_id");

            migrationBuilder.CreateIndex(
                name: "ix_migrations_policy_id",
                table: "migrations",
                column: "policy_id");

            migrationBuilder.CreateIndex(
                name: "ix_move_policies_name_key",
                table: "move_policies",
                column: "name_key",
                unique: true);

            migrationBuilder.AddForeignKey(
                name: "fk_migrations_move_policies_policy_id",
                table: "migrations",
                column: "policy_id",
                principalTable: "move_policies",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);

            migrationBuilder.AddForeignKey(
                name: "fk_schedules_move_policies_policy_id",
                table: "schedules",
                column: "policy_id",
                principalTable: "move_policies",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_migrations_move_policies_policy_id",
                table: "migrations");

            migrationBuilder.DropForeignKey(
                name: "fk_schedules_move_policies_policy_id",
                table: "schedules");

            migrationBuilder.DropTable(
                name: "move_policies");

            migrationBuilder.DropIndex(
                name: "ix_schedules_policy_id",
                table: "schedules");

            migrationBuilder.DropIndex(
                name: "ix_migrations_policy_id",
                table: "migrations");

            migrationBuilder.DropColumn(
                name: "policy_id",
                table: "schedules");

            migrationBuilder.DropColumn(
                name: "made_policy",
                table: "migrations");

            migrationBuilder.DropColumn(
                name: "policy_id",
                table: "migrations");
        }
    }
}
