using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Portal.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class DenialsHaveReasons : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_requests_denied_with_reason",
                table: "requests");

            migrationBuilder.AddCheckConstraint(
                name: "ck_requests_denied_with_reason",
                table: "requests",
                sql: "status <> 'Denied' or coalesce(length(decision_reason), 0) > 0");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_requests_denied_with_reason",
                table: "requests");

            migrationBuilder.AddCheckConstraint(
                name: "ck_requests_denied_with_reason",
                table: "requests",
                sql: "status <> 'Denied' or length(decision_reason) > 0");
        }
    }
}
