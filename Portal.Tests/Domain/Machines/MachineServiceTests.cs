using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Machines;

public sealed class MachineServiceTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    MachineService Machines => Get<MachineService>();

    [Fact]
    public async Task A_machine_shows_where_it_is_and_how_to_log_in()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(name: "web-01");

        var details = (await Machines.GetAsync(world.Viewer, machine.Id, Ct)).ShouldNotBeNull();

        details.SshLine.ShouldBe($"ssh root@{machine.Address}");
        (details.Machine.HostName, details.Machine.ProjectName, details.Machine.ImageTitle).ShouldBe((world.Hosts[0].Name, world.Project.Name, "Micro"));
        (details.NetworkName, details.CreatedByName).ShouldBe((world.Network.Name, world.Member.Name));
        details.WhyNot("Start").ShouldBe("You may not change this machine.");
        (await Machines.GetAsync(world.Member, machine.Id, Ct))!.WhyNot("Start").ShouldBeNull();
        (await Machines.GetAsync(world.Member, machine.Id, Ct))!.WhyNot("Migrate").ShouldNotBeNull();
        (await Machines.GetAsync(world.Admin, machine.Id, Ct))!.WhyNot("Migrate").ShouldBeNull();
        (await Machines.GetAsync(world.Stranger, machine.Id, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_list_is_searched_filtered_sorted_and_paged_on_the_server()
    {
        var world = await Postgres.NewWorldAsync();
        await world.AddMachineAsync(name: "b");
        await world.AddMachineAsync(MachineState.Off, world.Hosts[1], "a");
        var gone = await world.AddMachineAsync(MachineState.Deleted, name: "gone");
        await (await Postgres.NewWorldAsync()).AddMachineAsync(name: "foreign");

        async Task<string[]> NamesAsync(ListQuery query) => [.. (await Machines.ListAsync(world.Viewer, query, Ct)).Items.Select(m => m.Name)];
        (await NamesAsync(new())).ShouldBe(["a", "b"]);
        (await NamesAsync(new(Sort: "-name"))).ShouldBe(["b", "a"]);
        (await NamesAsync(new(Sort: "-host"))).ShouldBe(["a", "b"]);
        (await NamesAsync(new(Sort: "address", Take: 1))).ShouldBe(["b"]);
        (await NamesAsync(new(Search: world.Hosts[1].Name))).ShouldBe(["a"]);
        (await NamesAsync(new(Search: (await MachineAsync(gone.Id)).Address.ToString(), Filters: new Dictionary<string, string> { ["state"] = "deleted" }))).ShouldBe(["gone"]);
        (await NamesAsync(new(Filters: new Dictionary<string, string> { ["state"] = "Running,Failed" }))).ShouldBe(["b"]);
        (await NamesAsync(new(Filters: new Dictionary<string, string> { ["host"] = world.Hosts[1].Id.ToString() }))).ShouldBe(["a"]);
        (await NamesAsync(new(Filters: new Dictionary<string, string> { ["image"] = world.Image.Id.ToString() }))).ShouldBe(["a", "b"]);
        (await Machines.ListAsync(world.Admin, new(Take: 1), Ct)).Total.ShouldBe(3);
    }

    [Fact]
    public async Task Addresses_are_sorted_as_addresses_go()
    {
        var world = await Postgres.NewWorldAsync();
        for (var i = 0; i < 10; i++)
            (await Get<RequestService>().SubmitAsync(world.Member, world.Draft(), $"k{i}", Ct)).IsOk.ShouldBeTrue();

        async Task<int[]> LastBytesAsync(string sort) =>
            [.. (await Machines.ListAsync(world.Member, new(Sort: sort), Ct)).Items.Select(m => (int)System.Net.IPAddress.Parse(m.Address).GetAddressBytes()[3])];
        (await LastBytesAsync("address")).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        (await LastBytesAsync("-address")).ShouldBe([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    }

    [Fact]
    public async Task Every_sort_field_gives_an_order_the_database_can_make()
    {
        var world = await Postgres.NewWorldAsync();
        await world.AddMachineAsync();
        foreach (var field in new[] { "name", "state", "host", "project", "memory", "address", "created", "nonsense" })
            (await Machines.ListAsync(world.Member, new(Sort: field), Ct)).Total.ShouldBe(1);
    }

    [Fact]
    public async Task An_order_is_an_operation_and_the_machine_shows_it()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(name: "web-01");

        var operation = (await Machines.PowerAsync(world.Member, machine.Id, PowerAction.ShutDown, "k", Ct)).Value;

        operation.Title.ShouldBe("Shut down web-01");
        var claim = await ClaimAsync();
        claim.Read<PowerParameters>().Action.ShouldBe(PowerAction.ShutDown);
        var details = (await Machines.GetAsync(world.Member, machine.Id, Ct)).ShouldNotBeNull();
        details.Machine.Active!.Id.ShouldBe(operation.Id);
        details.WhyNot("Delete")!.ShouldContain("Shut down web-01");
        await Books.PowerDoneAsync(claim, MachineState.Off, Ct);
        (await Machines.GetAsync(world.Member, machine.Id, Ct))!.Machine.ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Off), m => m.Active.ShouldBeNull());
    }

    [Fact]
    public async Task Twenty_orders_at_once_with_keys_of_their_own_are_one_operation_and_nineteen_refusals()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => Machines.PowerAsync(world.Member, machine.Id, PowerAction.Reset, $"k{i}", Ct), Ct)));

        answers.Count(a => a.IsOk).ShouldBe(1);
        answers.Where(a => !a.IsOk).ShouldAllBe(a => a.Refusal is MachineBusy);
    }

    [Fact]
    public async Task Twenty_orders_at_once_with_one_key_are_one_operation_for_all()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Machines.PowerAsync(world.Member, machine.Id, PowerAction.Reset, "k", Ct), Ct)));

        answers.Select(a => a.Value.Id).Distinct().Count().ShouldBe(1);
        (await Machines.PowerAsync(world.Member, machine.Id, PowerAction.Start, "k", Ct)).Refusal.ShouldBeOfType<KeyReused>();
    }

    [Fact]
    public async Task Who_may_not_is_told_so_and_to_strangers_there_is_no_such_machine()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        (await Machines.PowerAsync(world.Viewer, machine.Id, PowerAction.Reset, "k", Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Machines.PowerAsync(world.Stranger, machine.Id, PowerAction.Reset, "k", Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Machines.DeleteAsync(world.Stranger, machine.Id, machine.Name, "k", Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Machines.PowerAsync(world.Member, Guid.CreateVersion7(), PowerAction.Reset, "k", Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Machines.ActivityAsync(world.Stranger, machine.Id, Ct)).ShouldBeNull();
        (await Machines.PowerAsync(world.Member, machine.Id, PowerAction.Reset, "", Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe("idempotencyKey");
    }

    [Fact]
    public async Task A_deletion_needs_the_name_and_the_machine_is_being_deleted_at_once()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(name: "web-01");

        (await Machines.DeleteAsync(world.Member, machine.Id, "web-1", "k", Ct)).Refusal.ShouldBeOfType<NameNotConfirmed>();
        (await Machines.DeleteAsync(world.Member, machine.Id, "web-01", "k", Ct)).IsOk.ShouldBeTrue();

        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Deleting);
        (await Machines.DeleteAsync(world.Member, machine.Id, "web-01", "again", Ct)).Refusal.ShouldBeOfType<MachineBusy>();
        (await Machines.DeleteAsync(world.Member, machine.Id, "web-01", "k", Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task Activity_tells_what_was_done_newest_first_and_an_order_only_once()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await GrantedMachineAsync(world, "web-01");
        await Books.ProvisionedAsync(await ClaimAsync(), Ct);
        Postgres.Time.Advance(TimeSpan.FromMinutes(1));
        await Machines.PowerAsync(world.Member, machine.Id, PowerAction.Reset, "k", Ct);

        var activity = (await Machines.ActivityAsync(world.Viewer, machine.Id, Ct)).ShouldNotBeNull();

        activity[0].ShouldSatisfyAllConditions(a => a.Text.ShouldBe("Reset web-01"), a => a.By.ShouldBe(world.Member.Name), a => a.Outcome.ShouldBe("Queued"));
        activity.Count(a => a.Text == "Reset web-01").ShouldBe(1);
        activity.ShouldContain(a => a.Kind == "operation" && a.Text == "Make web-01" && a.Outcome == "Succeeded");
        activity.ShouldNotContain(a => a.Text == "machine.provision", "the operation says that already");
        activity.Where(a => a.Kind == "request").Select(a => a.Text).ShouldBe(["request.approve", "request.submit"], ignoreOrder: true);
        activity.Select(a => a.At).ShouldBeInOrder(SortDirection.Descending);
    }
}
