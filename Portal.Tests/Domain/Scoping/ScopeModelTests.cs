using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Portal.Domain.Scoping;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Scoping;

/// <summary>The model holds what <see cref="Scopes"/> promises: whoever adds an entity says to whom its rows show.</summary>
public sealed class ScopeModelTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public void Every_entity_shows_by_project_hangs_on_one_that_does_or_is_declared_global()
    {
        using var db = postgres.Contexts.CreateDbContext();

        Entities(db).Where(e => !IsFiltered(e) && !Scopes.Global.ContainsKey(e.ClrType)).Select(e => e.ClrType.Name)
            .ShouldBeEmpty("implement IProjectScoped, put the filter on in Scopes.Configure, or declare it in Scopes.Global with the reason");
        Entities(db).Where(e => IsScoped(e) && !IsFiltered(e)).Select(e => e.ClrType.Name).ShouldBeEmpty("it says it belongs to a project, but no filter is on it");
    }

    [Fact]
    public void What_hangs_on_another_row_is_deleted_with_it_and_hangs_on_one_that_shows_by_project()
    {
        using var db = postgres.Contexts.CreateDbContext();

        foreach (var hanging in Entities(db).Where(e => IsFiltered(e) && !IsScoped(e) && e.ClrType != typeof(global::Portal.Domain.Projects.Project)))
            hanging.GetForeignKeys().ShouldContain(key => key.DeleteBehavior == DeleteBehavior.Cascade && IsFiltered(key.PrincipalEntityType), hanging.ClrType.Name);
    }

    [Fact]
    public void What_is_declared_global_exists_has_a_reason_and_belongs_to_no_project()
    {
        using var db = postgres.Contexts.CreateDbContext();
        var known = Entities(db).ToDictionary(e => e.ClrType);

        foreach (var (type, reason) in Scopes.Global)
        {
            known.ShouldContainKey(type, $"{type.Name} is declared and not in the model");
            reason.ShouldNotBeNullOrWhiteSpace(type.Name);
            IsFiltered(known[type]).ShouldBeFalse($"{type.Name} is declared global and filtered");
            typeof(IProjectScoped).IsAssignableFrom(type).ShouldBeFalse(type.Name);
        }
    }

    internal static IEnumerable<IEntityType> Entities(DbContext db) => db.Model.GetEntityTypes().Where(e => !e.IsOwned());

    internal static bool IsFiltered(IReadOnlyEntityType entity) => entity.FindDeclaredQueryFilter(Scopes.Filter) is not null;

    static bool IsScoped(IEntityType entity) => typeof(IProjectScoped).IsAssignableFrom(entity.ClrType);
}
