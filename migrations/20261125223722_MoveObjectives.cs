using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Portal.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class MoveObjectives : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<double>(
                name: "objective_ms",
                table: "projects",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "objective_pings",
                table: "projects",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "objective_pings",
                table: "migrations",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "override_reason",
                table: "migrations",
                type: "character varying(500)",
                maxLength: 500,
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "objective_ms",
                table: "machines",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "objective_pings",
                table: "machines",
                type: "integer",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "objective_ms",
                table: "projects");

            migrationBuilder.DropColumn(
                name: "objective_pings",
                table: "projects");

            migrationBuilder.DropColumn(
                name: "objective_pings",
                table: "migrations");

            migrationBuilder.DropColumn(
                name: "override_reason",
                table: "migrations");

            migrationBuilder.DropColumn(
                name: "objective_ms",
                table: "machines");

            migrationBuilder.DropColumn(
                name: "objective_pings",
                table: "machines");
        }
    }
}
