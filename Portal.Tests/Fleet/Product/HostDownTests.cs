using System.Net;
using Portal.Domain;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;

namespace Portal.Tests.Fleet.Product;

/// <summary>A host's daemon dies, at the worst moments; its guests run on, and it comes back.</summary>
[Collection(FleetPortalCollection.Name)]
public sealed class HostDownTests(FleetPortal portal)
{
    [Fact]
    public async Task Machines_of_a_host_that_is_down_are_unknown_never_off_and_come_back_by_themselves()
    {
        var machine = (await portal.RunningAsync(1))[0];
        await using (await portal.Lab.KillDaemonAsync(machine.HostName!))
        {
            var unknown = await Wait.UntilAsync("the machine to be unknown", () => portal.MachineAsync(machine.Id), seen =>
            {
                seen.State.ShouldBeOneOf(MachineState.Running, MachineState.Unknown);
                return seen.State == MachineState.Unknown;
            });

            unknown.LastKnownState.ShouldBe(MachineState.Running);
            unknown.StateReason.ShouldBe($"{machine.HostName} does not answer.");
            (await portal.PowerAsync(machine.Id, PowerAction.Reset)).ShouldBeProblem(HttpStatusCode.Conflict, "wrong-state")["detail"].ShouldContain("does not answer");
            (await portal.DeleteAsync(machine)).ShouldBeProblem(HttpStatusCode.Conflict, "wrong-state")["advice"].ShouldContain("Wait until the host answers again");
        }

        await Wait.UntilAsync("the machine to be back", () => portal.MachineAsync(machine.Id), seen =>
        {
            seen.State.ShouldBeOneOf(MachineState.Running, MachineState.Unknown);
            return seen.State == MachineState.Running;
        });
        await portal.AgreeAsync();
    }

    [Fact]
    public async Task A_host_that_goes_down_before_a_machine_may_run_there_is_left_for_another()
    {
        var name = Orders.NewName("elsewhere");
        var halt = await Halt.AtAsync(portal, name, OperationKind.Provision, step: 2, StepState.Done);
        var machine = await portal.OrderAsync(name);
        await halt.ReachedAsync();
        var first = (await portal.MachineAsync(machine.Id)).HostName!;
        await using (await portal.Lab.KillDaemonAsync(first))
        {
            await halt.DisposeAsync();

            (await portal.EndedAsync(machine.Operation)).Status.ShouldBe(OperationStatus.Succeeded);
            (await portal.MachineAsync(machine.Id)).HostName.ShouldNotBe(first);
        }

        await portal.BackAsync(first);
        await portal.AgreeAsync();
        await portal.RemoveAsync(machine.Id);
    }

    [Fact]
    public async Task A_machine_given_up_on_a_host_that_went_down_is_removed_when_it_returns()
    {
        var name = Orders.NewName("given-up");
        var halt = await Halt.AtAsync(portal, name, OperationKind.Provision, step: 4, StepState.Running);
        var machine = await portal.OrderAsync(name);
        await halt.ReachedAsync();
        var host = (await portal.MachineAsync(machine.Id)).HostName!;
        await using (await portal.Lab.KillDaemonAsync(host))
        {
            await halt.DisposeAsync();

            var ended = await portal.EndedAsync(machine.Operation);
            ended.Status.ShouldBe(OperationStatus.Failed);
            ended.Error!.ShouldContain($"What was begun on {host} is removed when that host answers again");
        }

        await portal.BackAsync(host);
        await portal.AgreeAsync();
    }

    [Fact]
    public async Task With_no_other_host_a_machine_that_cannot_be_made_leaves_nothing_once_its_host_returns()
    {
        var name = Orders.NewName("nowhere");
        var halt = await Halt.AtAsync(portal, name, OperationKind.Provision, step: 2, StepState.Done);
        var machine = await portal.OrderAsync(name);
        await halt.ReachedAsync();
        var host = (await portal.MachineAsync(machine.Id)).HostName!;
        var others = portal.Others(host);
        await using (await portal.Lab.KillDaemonAsync(others[0]))
        await using (await portal.Lab.KillDaemonAsync(others[1]))
        await using (await portal.Lab.KillDaemonAsync(host))
        {
            await Wait.UntilAsync("every host to be away", portal.HostsAsync, hosts => hosts.All(h => h.State == HostState.Unreachable));
            await halt.DisposeAsync();

            var ended = await portal.EndedAsync(machine.Operation);
            ended.Status.ShouldBe(OperationStatus.Failed);
            ended.Error!.ShouldContain("No other host could take it");
        }

        foreach (var back in portal.Others())
            await portal.BackAsync(back);
        await portal.AgreeAsync();
    }

    [Fact]
    public async Task A_machine_whose_host_goes_down_while_it_is_deleted_is_kept_and_deleted_the_second_time()
    {
        var machine = await portal.OrderAsync(Orders.NewName("half-gone"));
        (await portal.EndedAsync(machine.Operation)).Status.ShouldBe(OperationStatus.Succeeded);
        var row = await portal.MachineAsync(machine.Id);
        var halt = await Halt.AtAsync(portal, machine.Name, OperationKind.Delete, step: 1, StepState.Running);
        var deletion = (await portal.DeleteAsync(row)).As<OperationRow>();
        await halt.ReachedAsync();
        await using (await portal.Lab.KillDaemonAsync(row.HostName!))
        {
            await halt.DisposeAsync();

            var ended = await portal.EndedAsync(deletion.Id);
            ended.Status.ShouldBe(OperationStatus.Failed);
            ended.Error!.ShouldContain($"delete it again when {row.HostName} is well");
            (await portal.MachineAsync(machine.Id)).State.ShouldBe(MachineState.Failed);
        }

        await portal.BackAsync(row.HostName!);
        await portal.RemoveAsync(machine.Id);
        await portal.AgreeAsync();
    }

    [Fact]
    public async Task A_host_that_goes_down_when_a_machine_was_just_started_there_leaves_it_unknown_until_it_returns()
    {
        var name = Orders.NewName("started");
        var halt = await Halt.AtAsync(portal, name, OperationKind.Provision, step: 4, StepState.Done);
        var machine = await portal.OrderAsync(name);
        await halt.ReachedAsync();
        var host = (await portal.MachineAsync(machine.Id)).HostName!;
        await using (await portal.Lab.KillDaemonAsync(host))
        {
            await Wait.UntilAsync($"{host} to be away", portal.HostsAsync, hosts => hosts.Single(h => h.Name == host).State == HostState.Unreachable);
            await halt.DisposeAsync();

            (await portal.EndedAsync(machine.Operation)).Status.ShouldBe(OperationStatus.Succeeded, "the guest answered");
            (await portal.MachineAsync(machine.Id)).ShouldSatisfyAllConditions(
                seen => seen.State.ShouldBe(MachineState.Unknown), seen => seen.LastKnownState.ShouldBe(MachineState.Running));
        }

        await portal.MachineAsync(machine.Id, MachineState.Running);
        await portal.BackAsync(host);
        await portal.AgreeAsync();
        await portal.RemoveAsync(machine.Id);
    }

    [Theory]
    [InlineData("Copy", true)]
    [InlineData("Copy", false)]
    [InlineData("Confirm", true)]
    [InlineData("Confirm", false)]
    public async Task A_host_that_goes_down_during_a_move_leaves_the_machine_in_one_place_that_the_books_know_in_the_end(string phase, bool isSource)
    {
        var machine = (await portal.RunningAsync(1))[0];
        var before = await GuestCounter.ReadAsync(IPAddress.Parse(machine.Address), TestContext.Current.CancellationToken);
        var there = portal.Others(machine.HostName)[0];
        var victim = isSource ? machine.HostName! : there;
        await portal.Lab.ThrottleAsync(machine.HostName!, machine.Id, phase == "Copy" ? 2 : 1000);
        var move = await portal.MoveAsync(machine.Id, there);
        await portal.MoveAsync(move, $"to reach {phase}", seen => seen.Phase == phase && (phase != "Copy" || seen.Percent > 0));
        await using (await portal.Lab.KillDaemonAsync(victim))
        {
            var ended = await portal.EndedAsync(move);
            ended.Status.ShouldBeOneOf([MigrationStatus.Moved, MigrationStatus.Stayed, MigrationStatus.Lost], ended.Message);
            (phase, ended.Status).ShouldNotBe(("Copy", MigrationStatus.Moved));
            (phase, ended.Status).ShouldNotBe(("Confirm", MigrationStatus.Stayed));
        }

        await portal.BackAsync(victim);
        var settled = await portal.MoveAsync(move, "to be settled", seen => seen.Status != MigrationStatus.Lost);
        settled.Status.ShouldBe(phase == "Copy" ? MigrationStatus.Stayed : MigrationStatus.Moved);
        if (settled.Settled is { } late)
            late.Explanation.ShouldStartWith($"{machine.Name} runs on {(phase == "Copy" ? machine.HostName : there)}");
        (await portal.MachineAsync(machine.Id, MachineState.Running)).HostName.ShouldBe(phase == "Copy" ? machine.HostName : there);
        await portal.AgreeAsync();
        (await GuestCounter.ReadAsync(IPAddress.Parse(machine.Address), TestContext.Current.CancellationToken)).Boot.ShouldBe(before.Boot);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_machine_switched_off_past_the_portal_has_a_line_in_its_activity(bool whileAway)
    {
        var machine = (await portal.RunningAsync(1))[0];
        var before = await ToldAsync();
        if (whileAway)
            await portal.KillAsync();

        await portal.Lab[machine.HostName!].Machines.DestroyAsync(machine.Id, TestContext.Current.CancellationToken);

        if (whileAway)
            await portal.StartAsync();
        await portal.MachineAsync(machine.Id, MachineState.Off);
        var told = await ToldAsync();
        told.Count.ShouldBe(before.Count + 1, "one stop, one line");
        told[0].Detail.ShouldBe($"Seen off on {machine.HostName}: powered off.");
        (await portal.EndedAsync((await portal.PowerAsync(machine.Id, PowerAction.Start)).As<OperationRow>().Id)).Status.ShouldBe(OperationStatus.Succeeded);
        await portal.AgreeAsync();

        async Task<List<ActivityEntry>> ToldAsync() =>
            [.. (await portal.Admin.GetAsync($"machines/{machine.Id}/activity")).As<Page<ActivityEntry>>().Items.Where(e => e.Text == "machine.stopped-outside")];
    }

    [Fact]
    public async Task A_machine_that_a_lost_move_left_saved_is_restored_when_the_hosts_answer_and_the_receipt_says_so()
    {
        var machine = (await portal.RunningAsync(1))[0];
        var (here, there) = (machine.HostName!, portal.Others(machine.HostName)[0]);
        var before = await GuestCounter.ReadAsync(IPAddress.Parse(machine.Address), TestContext.Current.CancellationToken);
        await portal.Lab.ThrottleAsync(here, machine.Id, 2);
        var move = await portal.CopyingAsync(await portal.MoveAsync(machine.Id, there));
        await portal.CancelAsync(move.OperationId);
        await portal.EndedAsync(move);
        await portal.Lab.ThrottleAsync(here, machine.Id, 1000);

        // As when portal and daemon die between save and restore.
        await portal.KillAsync();
        await portal.ExecuteAsync($"update migrations set status = 'Lost' where id = '{move.Id}'");
        await portal.Lab.SaveAsync(here, machine.Id);
        await (await portal.Lab.KillDaemonAsync(here)).DisposeAsync();
        await portal.StartAsync();

        var settled = await portal.MoveAsync(move, "to be settled", seen => seen.Settled is not null);
        settled.Status.ShouldBe(MigrationStatus.Stayed, settled.Settled!.Explanation);
        settled.Settled.Explanation.ShouldBe($"{machine.Name} runs on {here} as before; move it again when you like.");
        await portal.BackAsync(here);
        await portal.AgreeAsync();
        (await GuestCounter.ReadAsync(IPAddress.Parse(machine.Address), TestContext.Current.CancellationToken)).Boot.ShouldBe(before.Boot);
    }
}
