using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Scoping;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Scoping;

/// <summary>Two projects with rows of every scoped type: each person sees those of their own and no other, whoever reads everything sees both.</summary>
public sealed class ScopedRowsTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    [Fact]
    public async Task Of_every_type_a_person_sees_the_rows_of_their_own_projects_and_no_other()
    {
        var (mine, other) = (await Postgres.NewWorldAsync(), await Postgres.NewWorldAsync());
        await ScopedRows.AddAsync(Postgres, mine, Ct);
        await ScopedRows.AddAsync(Postgres, other, Ct);
        Actor[] readers = [mine.Admin, .. await Task.WhenAll(((PlatformRoles[])[PlatformRoles.Approver, PlatformRoles.Operator, PlatformRoles.Auditor]).Select(Postgres.HireAsync))];

        foreach (var type in await ScopedAsync())
        {
            var all = await KeysAsync(null, type);
            var here = await KeysAsync(mine.Viewer, type);
            var there = await KeysAsync(other.Viewer, type);
            here.ShouldNotBeEmpty($"say in ScopedRows.All how a world gets a row of {type.Name}");
            there.ShouldNotBeEmpty(type.Name);
            here.Intersect(there).ShouldBeEmpty($"{type.Name}: a row shows in two projects");
            here.Union(there).Order().ShouldBe(all.Order(), $"{type.Name}: a row shows to nobody");
            (await KeysAsync(mine.Member, type)).Order().ShouldBe(here.Order(), type.Name);
            (await KeysAsync(mine.Owner, type)).Order().ShouldBe(here.Order(), type.Name);
            (await KeysAsync(mine.Stranger, type)).ShouldBeEmpty($"{type.Name}: a stranger sees rows");
            foreach (var reader in readers)
                (await KeysAsync(reader, type)).Order().ShouldBe(all.Order(), $"{type.Name}: {reader.Name}");
        }
    }

    [Fact]
    public async Task Whoever_left_a_project_sees_nothing_of_it_any_more()
    {
        var world = await Postgres.NewWorldAsync();
        await ScopedRows.AddAsync(Postgres, world, Ct);
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.ProjectMembers.Where(m => m.UserId == world.Member.UserId).ExecuteDeleteAsync(Ct);

        foreach (var type in await ScopedAsync())
            (await KeysAsync(world.Member, type)).ShouldBeEmpty(type.Name);
    }

    async Task<IReadOnlyList<Type>> ScopedAsync()
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return [.. ScopeModelTests.Entities(db).Where(ScopeModelTests.IsFiltered).Select(e => e.ClrType)];
    }

    /// <summary>The keys of every row a context made for an actor shows; of one made for nobody, without an actor.</summary>
    async Task<IReadOnlyList<string>> KeysAsync(Actor? actor, Type type)
    {
        await using var db = actor is null ? await Postgres.Contexts.CreateDbContextAsync(Ct) : await Postgres.Contexts.ForAsync(actor, Ct);
        return await (Task<IReadOnlyList<string>>)GetType().GetMethod(nameof(KeysOfAsync), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, [db])!;
    }

    static async Task<IReadOnlyList<string>> KeysOfAsync<T>(PortalDbContext db) where T : class
    {
        var key = db.Model.FindEntityType(typeof(T))!.FindPrimaryKey()!.Properties;
        return (await db.Set<T>().ToListAsync(Ct)).ConvertAll(row => string.Join('/', key.Select(property => db.Entry(row).Property(property.Name).CurrentValue)));
    }
}
