using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Projects;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Accounts;

public sealed class PersonNameTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_without_a_name_to_show_is_called_by_what_he_signs_in_with_by_the_database_as_by_the_portal()
    {
        var world = await postgres.NewWorldAsync();
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        await db.Users.Where(u => u.Id == world.Member.UserId).ExecuteUpdateAsync(set => set.SetProperty(u => u.DisplayName, "").SetProperty(u => u.UserName, "mia"), Ct);
        await db.Users.Where(u => u.Id == world.Viewer.UserId).ExecuteUpdateAsync(set => set.SetProperty(u => u.DisplayName, "").SetProperty(u => u.UserName, (string?)null), Ct);

        var names = await db.Users.Where(u => User.NameOf(u.DisplayName, u.UserName) == "mia" || u.Id == world.Viewer.UserId || u.Id == world.Owner.UserId)
            .Select(u => new { u.Id, Name = User.NameOf(u.DisplayName, u.UserName), u.DisplayName, u.UserName }).ToListAsync(Ct);

        names.ToDictionary(n => n.Id, n => n.Name).ShouldBe(new Dictionary<Guid, string> { [world.Member.UserId] = "mia", [world.Viewer.UserId] = "", [world.Owner.UserId] = world.Owner.Name }, ignoreOrder: true);
        names.ShouldAllBe(n => n.Name == User.NameOf(n.DisplayName, n.UserName));
        (await postgres.Get<MemberService>().ListAsync(world.Owner, world.Project.Id, Ct)).ShouldNotBeNull().Single(m => m.UserId == world.Member.UserId).Name.ShouldBe("mia");
    }
}
