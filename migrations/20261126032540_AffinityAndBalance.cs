using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Portal.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class AffinityAndBalance : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "reason",
                table: "migrations",
                type: "character varying(300)",
                maxLength: 300,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "affinity_rules",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: true),
                    name = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    strength = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    changed_by_name = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                    name_key = table.Column<string>(type: "text", nullable: true, computedColumnSql: "lower(name)", stored: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_affinity_rules", x => x.id);
                    table.CheckConstraint("ck_affinity_rules_kind", "kind in ('Together', 'Apart')");
                    table.CheckConstraint("ck_affinity_rules_strength", "strength in ('Must', 'Should')");
                    table.ForeignKey(
                        name: "fk_affinity_rules_projects_project_id",
                        column: x => x.project_id,
                        principalTable: "projects",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "balance_settings",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    enabled = table.Column<bool>(type: "boolean", nullable: false),
                    terms = table.Column<string>(type: "jsonb", nullable: false),
                    run_by = table.Column<Guid>(type: "uuid", nullable: false),
                    run_by_name = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    said_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    said = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_balance_settings", x => x.id);
                    table.CheckConstraint("ck_balance_settings_one_row", "id = 1");
                });

            migrationBuilder.CreateTable(
                name: "affinity_members",
                columns: table => new
                {
                    rule_id = table.Column<Guid>(type: "uuid", nullable: false),
                    machine_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_affinity_members", x => new { x.rule_id, x.machine_id });
                    table.ForeignKey(
                        name: "fk_affinity_members_affinity_rules_rule_id",
                        column: x => x.rule_id,
                        principalTable: "affinity_rules",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_affinity_members_machines_machine_id",
                        column: x => x.machine_id,
                        principalTable: "machines",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_affinity_members_machine_id",
                table: "affinity_members",
                column: "machine_id");

            migrationBuilder.CreateIndex(
                name: "ix_affinity_rules_project_id_name_key",
                table: "affinity_rules",
                columns: new[] { "project_id", "name_key" },
                unique: true)
                .Annotation("Npgsql:NullsDistinct", false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "affinity_members");

            migrationBuilder.DropTable(
                name: "balance_settings");

            migrationBuilder.DropTable(
                name: "affinity_rules");

            migrationBuilder.DropColumn(
                name: "reason",
                table: "migrations");
        }
    }
}
