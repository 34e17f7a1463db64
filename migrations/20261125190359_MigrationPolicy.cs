using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Portal.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class MigrationPolicy : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_migrations_mode",
                table: "migrations");

            migrationBuilder.AddColumn<string>(
                name: "policy",
                table: "migrations",
                type: "character varying(20)",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddCheckConstraint(
                name: "ck_migrations_mode",
                table: "migrations",
                sql: "mode in ('Live', 'PostCopy', 'QuickDirect', 'QuickSaved')");

            migrationBuilder.AddCheckConstraint(
                name: "ck_migrations_policy",
                table: "migrations",
                sql: "policy in ('Gentle', 'Balanced', 'MustMove', 'MaintenanceWindow')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_migrations_mode",
                table: "migrations");

            migrationBuilder.DropCheckConstraint(
                name: "ck_migrations_policy",
                table: "migrations");

            migrationBuilder.DropColumn(
                name: "policy",
                table: "migrations");

            migrationBuilder.AddCheckConstraint(
                name: "ck_migrations_mode",
                table: "migrations",
                sql: "mode in ('Live', 'QuickDirect', 'QuickSaved')");
        }
    }
}
