using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Portal.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class ListSpeed : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_audit_events_actor_name_search",
                table: "audit_events",
                columns: new[] { "actor_name", "id" })
                .Annotation("Npgsql:IndexInclude", new[] { "search_text" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_subject_name_search",
                table: "audit_events",
                columns: new[] { "subject_name", "id" })
                .Annotation("Npgsql:IndexInclude", new[] { "search_text" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_audit_events_actor_name_search",
                table: "audit_events");

            migrationBuilder.DropIndex(
                name: "ix_audit_events_subject_name_search",
                table: "audit_events");
        }
    }
}
