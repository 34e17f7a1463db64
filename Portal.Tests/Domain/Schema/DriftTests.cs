using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Schema;

public sealed class DriftTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_migrations_lead_to_the_model()
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);

        db.Database.HasPendingModelChanges().ShouldBeFalse("Run “dotnet ef migrations add NAME --project migrations” and commit what it writes.");
        (await db.Database.GetPendingMigrationsAsync(Ct)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_table_and_column_is_in_snake_case_and_every_time_has_a_zone()
    {
        using var db = postgres.Contexts.CreateDbContext();
        foreach (var table in db.Model.GetEntityTypes().Where(e => e.ClrType.Namespace?.StartsWith("Portal.Domain", StringComparison.Ordinal) == true))
        {
            foreach (var column in table.GetProperties())
            {
                column.GetColumnName().ShouldMatch(@"^[a-z][a-z0-9_]*$");
                if (column.ClrType == typeof(DateTimeOffset) || column.ClrType == typeof(DateTimeOffset?))
                    column.GetColumnType().ShouldBe("timestamp with time zone");
                column.ClrType.ShouldNotBe(typeof(DateTime));
            }
        }
    }
}
