using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Access;

/// <summary>Who may do what: each role against each verb of the services, as one table.</summary>
public sealed class RoleVerbTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    // A refusal's code; "ok"; "no": refused, whatever the words; "-": for others' rules to say.
    const string Table = """
        verb                        stranger     viewer       member       owner        auditor      operator     approver     admin
        see-machine                 not-found    ok           ok           ok           ok           ok           ok           ok
        see-activity                not-found    ok           ok           ok           ok           ok           ok           ok
        see-request                 not-found    ok           ok           ok           ok           ok           ok           ok
        see-move                    not-found    ok           ok           ok           ok           ok           ok           ok
        see-operation               not-found    ok           ok           ok           ok           ok           ok           ok
        see-quota                   not-found    ok           ok           ok           ok           ok           ok           ok
        see-catalog                 not-found    ok           ok           ok           ok           ok           ok           ok
        see-project                 not-found    ok           ok           ok           ok           ok           ok           ok
        see-members                 not-found    ok           ok           ok           ok           ok           ok           ok
        see-how-hosts-are-reached   hidden       hidden       hidden       hidden       ok           ok           hidden       ok
        read-audit                  not-allowed  not-allowed  not-allowed  not-allowed  ok           not-allowed  not-allowed  ok
        list-accounts               not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok
        ask-for-machine             not-found    not-allowed  ok           ok           not-allowed  not-allowed  not-allowed  ok
        preview-machine             not-found    not-allowed  ok           ok           not-allowed  not-allowed  not-allowed  ok
        withdraw-others-request     not-found    not-allowed  not-allowed  ok           not-allowed  not-allowed  not-allowed  ok
        approve-request             no           no           no           -            no           no           -            ok
        deny-request                no           no           no           -            no           no           -            ok
        switch-power                not-found    not-allowed  ok           ok           not-allowed  not-allowed  not-allowed  ok
        delete-machine              not-found    not-allowed  ok           ok           not-allowed  not-allowed  not-allowed  ok
        cancel-power                not-found    not-allowed  ok           ok           not-allowed  not-allowed  not-allowed  ok
        plan-move                   not-found    not-allowed  not-allowed  not-allowed  not-allowed  ok           not-allowed  ok
        move-machine                not-found    not-allowed  not-allowed  not-allowed  not-allowed  ok           not-allowed  ok
        cancel-move                 not-found    not-allowed  not-allowed  not-allowed  not-allowed  ok           not-allowed  ok
        add-host                    not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok
        remove-host                 not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok
        plan-maintenance            not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok           not-allowed  ok
        empty-host                  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok           not-allowed  ok
        pause-emptying              not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok           not-allowed  ok
        take-host-back              not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok           not-allowed  ok
        see-emptying                not-found    not-found    not-found    not-found    ok           ok           not-found    ok
        create-project              not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok
        rename-project              not-found    not-allowed  not-allowed  ok           not-allowed  not-allowed  not-allowed  ok
        archive-project             not-found    not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok
        add-member                  not-found    not-allowed  not-allowed  ok           not-allowed  not-allowed  not-allowed  ok
        change-member               not-found    not-allowed  not-allowed  ok           not-allowed  not-allowed  not-allowed  ok
        remove-member               not-found    not-allowed  not-allowed  ok           not-allowed  not-allowed  not-allowed  ok
        create-account              not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok
        change-roles                not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok
        disable-account             not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok
        enable-account              not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok
        reset-password              not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  not-allowed  ok
        """;

    static readonly string[][] Rows = [.. Table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    public static TheoryData<string> Verbs => [.. Rows.Skip(1).Select(row => row[0])];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Each_role_may_do_what_the_table_says(string verb)
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 30));
        var deeds = new Deeds(postgres, world);
        var expected = Rows.Single(row => row[0] == verb)[1..];

        for (var column = 0; column < expected.Length; column++)
        {
            var who = Rows[0][column + 1];
            var actor = await ActorAsync(world, who);
            var came = await deeds.All[verb](actor);
            if (expected[column] == "no")
                came.ShouldNotBe("ok", $"{who}: {verb}");
            else if (expected[column] != "-")
                came.ShouldBe(expected[column], $"{who}: {verb}");
        }
    }

    [Fact]
    public void Every_deed_has_its_line() => new Deeds(postgres, null!).All.Keys.Order().ShouldBe(Rows.Skip(1).Select(row => row[0]).Order());

    [Fact]
    public async Task A_role_in_a_project_and_a_platform_role_add_up()
    {
        var world = await postgres.NewWorldAsync();
        var both = await postgres.HireAsync(PlatformRoles.Operator | PlatformRoles.Auditor);
        await using (var db = await postgres.Contexts.CreateDbContextAsync(TestContext.Current.CancellationToken))
        {
            db.Add(global::Portal.Domain.Projects.ProjectMember.Create(world.Project.Id, both.UserId, global::Portal.Domain.Projects.ProjectRole.Member));
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        var deeds = new Deeds(postgres, world);

        foreach (var verb in (string[])["ask-for-machine", "move-machine", "read-audit", "switch-power"])
            (await deeds.All[verb](both)).ShouldBe("ok", verb);
    }

    async Task<Actor> ActorAsync(World world, string who) => who switch
    {
        "stranger" => world.Stranger,
        "viewer" => world.Viewer,
        "member" => world.Member,
        "owner" => world.Owner,
        "admin" => world.Admin,
        _ => await postgres.HireAsync(Roles.Of([who])),
    };
}
