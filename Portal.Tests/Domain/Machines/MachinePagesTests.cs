using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Machines;

/// <summary>Orders that are made of groups: the pages must join as if the whole list had been sorted.</summary>
public sealed class MachinePagesTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    [Theory]
    [InlineData("name")]
    [InlineData("-name")]
    [InlineData("state")]
    [InlineData("-state")]
    [InlineData("host")]
    [InlineData("-host")]
    [InlineData("project")]
    [InlineData("-project")]
    [InlineData("memory")]
    [InlineData("-memory")]
    [InlineData("created")]
    [InlineData("-address")]
    public async Task Pages_of_any_order_join_without_a_gap(string sort)
    {
        var worlds = new[] { await Postgres.NewWorldAsync(), await Postgres.NewWorldAsync(new(Hosts: 3)) };
        var states = new[] { MachineState.Running, MachineState.Waiting, MachineState.Off, MachineState.Deleted };
        for (var n = 0; n < 28; n++)
        {
            var world = worlds[n % 3 == 0 ? 0 : 1];
            await world.AddMachineAsync(states[n % 4], n % 5 == 0 ? worlds[1].Hosts[2] : world.Hosts[n % 2]);
        }
        var whole = await Get<MachineService>().ListAsync(worlds[0].Admin, new(Sort: sort, Take: 200), Ct);
        whole.Total.ShouldBe(21);

        foreach (var take in new[] { 1, 4, 9 })
        {
            var paged = new List<Guid>();
            for (var skip = 0; skip < whole.Total; skip += take)
            {
                var page = await Get<MachineService>().ListAsync(worlds[0].Admin, new(Sort: sort, Skip: skip, Take: take), Ct);
                page.Total.ShouldBe(21);
                paged.AddRange(page.Items.Select(m => m.Id));
            }
            paged.ShouldBe(whole.Items.Select(m => m.Id));
        }
        (await Get<MachineService>().ListAsync(worlds[0].Admin, new(Sort: sort, Skip: 21), Ct)).Items.ShouldBeEmpty();
        var keys = whole.Items.Select(m => sort.TrimStart('-') switch { "state" => m.State.ToString(), "host" => m.HostName ?? "~", "project" => m.ProjectName, _ => "" }).ToList();
        keys.ShouldBe(sort[0] == '-' ? keys.OrderDescending(StringComparer.Ordinal) : keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_member_pages_through_machines_of_its_own_projects_only()
    {
        var (mine, foreign) = (await Postgres.NewWorldAsync(), await Postgres.NewWorldAsync());
        await mine.AddMachineAsync(name: "mine");
        await foreign.AddMachineAsync(name: "foreign", host: mine.Hosts[0]);

        foreach (var sort in new[] { "name", "host", "project", "state", "memory" })
        {
            var page = await Get<MachineService>().ListAsync(mine.Viewer, new(Sort: sort), Ct);
            (page.Total, page.Items.Single().Name).ShouldBe((1, "mine"));
        }
        (await Get<MachineService>().ListAsync(mine.Viewer, new(Search: mine.Hosts[0].Name), Ct)).Total.ShouldBe(1);
        (await Get<MachineService>().ListAsync(mine.Stranger, new(Sort: "host"), Ct)).Total.ShouldBe(0);
    }
}
