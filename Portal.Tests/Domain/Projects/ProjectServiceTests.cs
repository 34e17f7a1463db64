using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Projects;

public sealed class ProjectServiceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task People_see_the_projects_they_belong_to_with_their_role_and_an_admin_sees_all()
    {
        var (one, other) = (await postgres.NewWorldAsync(), await postgres.NewWorldAsync());
        await one.AddMachineAsync();
        await postgres.Get<RequestService>().SubmitAsync(one.Member, one.Draft(), "k", Ct);
        var projects = postgres.Get<ProjectService>();

        var mine = (await projects.ListMineAsync(one.Member, Ct)).ShouldHaveSingleItem();
        mine.ShouldBe(new ProjectView(one.Project.Id, one.Project.Name, ProjectRole.Member, Machines: 1, Waiting: 1));
        (await projects.ListMineAsync(one.Viewer, Ct)).ShouldHaveSingleItem().MayAct.ShouldBeFalse();
        (await projects.ListMineAsync(one.Stranger, Ct)).ShouldBeEmpty();
        var all = await projects.ListMineAsync(one.Admin, Ct);
        all.Select(p => p.Id).ShouldBeSubsetOf([one.Project.Id, other.Project.Id]);
        all.Count.ShouldBe(2);
        all.ShouldAllBe(p => p.Role == ProjectRole.Owner);
    }
}
