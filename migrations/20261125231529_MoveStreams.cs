using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Portal.Migrations.Migrations
{
    /// <inheritdoc />
    public partial class MoveStreams : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "stream",
                table: "migrations",
                type: "jsonb",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "migration_networks",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    host_id = table.Column<Guid>(type: "uuid", nullable: false),
                    from_host_id = table.Column<Guid>(type: "uuid", nullable: true),
                    address = table.Column<string>(type: "character varying(45)", maxLength: 45, nullable: false),
                    set_by_name = table.Column<string>(type: "text", nullable: false),
                    set_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_migration_networks", x => x.id);
                    table.CheckConstraint("ck_migration_networks_two_hosts", "host_id <> from_host_id");
                    table.ForeignKey(
                        name: "fk_migration_networks_hosts_from_host_id",
                        column: x => x.from_host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_migration_networks_hosts_host_id",
                        column: x => x.host_id,
                        principalTable: "hosts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_migration_networks_from_host_id",
                table: "migration_networks",
                column: "from_host_id");

            migrationBuilder.CreateIndex(
                name: "ix_migration_networks_host_id_from_host_id",
                table: "migration_networks",
                columns: new[] { "host_id", "from_host_id" },
                unique: true)
                .Annotation("Npgsql:NullsDistinct", false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "migration_networks");

            migrationBuilder.DropColumn(
                name: "stream",
                table: "migrations");
        }
    }
}
