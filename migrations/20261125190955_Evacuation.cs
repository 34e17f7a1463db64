using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Portal.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class Evacuation : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_operations_kind",
                table: "operations");

            migrationBuilder.AddColumn<string>(
                name: "maintenance_by",
                table: "hosts",
                type: "character varying(80)",
                maxLength: 80,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "maintenance_since",
                table: "hosts",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "evacuations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    host_id = table.Column<Guid>(type: "uuid", nullable: false),
                    host_name = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    status = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    note = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    terms = table.Column<string>(type: "jsonb", nullable: false),
                    predicted_seconds = table.Column<double>(type: "double precision", nullable: true),
                    predicted_worst_ms = table.Column<double>(type: "double precision", nullable: true),
                    requested_by_name = table.Column<string>(type: "character varying(80)", maxLength: 80, nullable: false),
                    run_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_evacuations", x => x.id);
                    table.CheckConstraint("ck_evacuations_ended", "(status in ('Done', 'Cancelled')) = (ended_at is not null)");
                    table.CheckConstraint("ck_evacuations_kind", "kind in ('Empty', 'BringBack')");
                    table.CheckConstraint("ck_evacuations_status", "status in ('Running', 'Paused', 'Cancelling', 'Done', 'Cancelled')");
                });

            migrationBuilder.CreateTable(
                name: "evacuation_items",
                columns: table => new
                {
                    evacuation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    machine_id = table.Column<Guid>(type: "uuid", nullable: false),
                    machine_name = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    memory_mib = table.Column<int>(type: "integer", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    destination_host_id = table.Column<Guid>(type: "uuid", nullable: true),
                    destination_name = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true),
                    forecast = table.Column<string>(type: "jsonb", nullable: true),
                    tries = table.Column<int>(type: "integer", nullable: false),
                    tried = table.Column<Guid[]>(type: "uuid[]", nullable: false),
                    operation_id = table.Column<Guid>(type: "uuid", nullable: true),
                    detail = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_evacuation_items", x => new { x.evacuation_id, x.machine_id });
                    table.CheckConstraint("ck_evacuation_items_ended", "(state in ('Moved', 'Stayed', 'Gone')) = (ended_at is not null)");
                    table.CheckConstraint("ck_evacuation_items_state", "state in ('Waiting', 'Moving', 'Moved', 'Stayed', 'Gone')");
                    table.ForeignKey(
                        name: "fk_evacuation_items_evacuations_evacuation_id",
                        column: x => x.evacuation_id,
                        principalTable: "evacuations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_evacuation_items_machines_machine_id",
                        column: x => x.machine_id,
                        principalTable: "machines",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_evacuation_items_operations_operation_id",
                        column: x => x.operation_id,
                        principalTable: "operations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.AddCheckConstraint(
                name: "ck_operations_kind",
                table: "operations",
                sql: "kind in ('Provision', 'Power', 'Migrate', 'Rehome', 'Delete', 'Resize', 'Snapshot')");

            migrationBuilder.CreateIndex(
                name: "ix_evacuation_items_machine_id",
                table: "evacuation_items",
                column: "machine_id");

            migrationBuilder.CreateIndex(
                name: "ix_evacuation_items_operation_id",
                table: "evacuation_items",
                column: "operation_id");

            migrationBuilder.CreateIndex(
                name: "ix_evacuations_host_id_created_at",
                table: "evacuations",
                columns: new[] { "host_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ux_evacuations_one_active_per_host",
                table: "evacuations",
                column: "host_id",
                unique: true,
                filter: "status in ('Running', 'Paused', 'Cancelling')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "evacuation_items");

            migrationBuilder.DropTable(
                name: "evacuations");

            migrationBuilder.DropCheckConstraint(
                name: "ck_operations_kind",
                table: "operations");

            migrationBuilder.DropColumn(
                name: "maintenance_by",
                table: "hosts");

            migrationBuilder.DropColumn(
                name: "maintenance_since",
                table: "hosts");

            migrationBuilder.AddCheckConstraint(
                name: "ck_operations_kind",
                table: "operations",
                sql: "kind in ('Provision', 'Power', 'Migrate', 'Delete', 'Resize', 'Snapshot')");
        }
    }
}
