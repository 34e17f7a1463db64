using System.Net;
using Portal.Domain.Evacuations;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Hypervisor.Machines;

namespace Portal.Tests.Fleet.Product;

/// <summary>Maintenance on real hosts: emptied, fenced, filled again, whatever becomes of the portal meanwhile.</summary>
[Collection(FleetPortalCollection.Name)]
public sealed class EvacuationTests(FleetPortal portal)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_is_emptied_across_the_death_of_the_portal_and_filled_again_and_no_guest_starts_anew()
    {
        var name = portal.Lab.File.Hosts[0].Name;
        var host = (await portal.HostsAsync()).Single(h => h.Name == name);
        var all = await GatherAsync(name, 4);
        IReadOnlyList<MachineRow> machines = [.. all.Take(3)];
        var off = all[3];
        (await portal.EndedAsync((await portal.PowerAsync(off.Id, PowerAction.PowerOff)).As<OperationRow>().Id)).Status.ShouldBe(OperationStatus.Succeeded);
        var before = await ReadAsync(machines);
        var plan = (await portal.Admin.PostAsync($"hosts/{host.Id}/maintenance/preview", One)).As<EvacuationPreview>().Plan;
        plan.Moves.Select(m => m.MachineId).Order().ShouldBe(all.Select(m => m.Id).Order());
        plan.Moves.Select(m => m.IsOff).ShouldBe([true, false, false, false]);
        // The second that runs is held in mid-copy, so that the portal dies with some gone, one on its way and one to go.
        await portal.Lab.ThrottleAsync(name, plan.Moves[2].MachineId, 2);

        var id = (await portal.Admin.PostAsync($"hosts/{host.Id}/maintenance", One, key: Guid.NewGuid().ToString())).As<EvacuationDetails>().Evacuation.Id;
        var halfway = await Wait.UntilAsync("the second machine to be copied", () => SeeAsync(id), seen => seen.Items[2].Move is { Phase: "Copy", Percent: > 0 }, TimeSpan.FromMinutes(4));
        halfway.Items.Select(i => i.State).ShouldBe([EvacuationItemState.Moved, EvacuationItemState.Moved, EvacuationItemState.Moving, EvacuationItemState.Waiting]);
        await portal.KillAsync();
        await portal.Lab.ThrottleAsync(name, plan.Moves[2].MachineId, 1000);
        await portal.StartAsync();
        var emptied = await EndedAsync(id);

        emptied.Evacuation.ShouldSatisfyAllConditions(e => e.Status.ShouldBe(EvacuationStatus.Done), e => e.Moved.ShouldBe(4, string.Join("; ", emptied.Items.Select(i => $"{i.MachineName} {i.State}: {i.Detail} {i.Move?.Message}"))));
        emptied.Items[1].Move!.Status.ShouldBe(MigrationStatus.Moved);
        (await portal.HostsAsync()).Single(h => h.Id == host.Id).ShouldSatisfyAllConditions(h => h.Machines.ShouldBe(0), h => h.Room.MemoryTakenMib.ShouldBe(0), h => h.MaintenanceSince.ShouldNotBeNull());
        (await portal.Lab[name].Machines.ListAsync(Stop)).Select(m => m.Uuid).Intersect(all.Select(m => m.Id)).ShouldBeEmpty("the host itself has none of them");
        ((int)(await portal.TryMoveAsync(machines[0].Id, name)).Status).ShouldBe((int)HttpStatusCode.Conflict, "nothing is brought to a host in maintenance");
        await portal.AgreeAsync();
        await GoesOnAsync(machines, before);
        // What was off is off on another host, and starts there like any other.
        var moved = await portal.MachineAsync(off.Id);
        (await portal.Lab[moved.HostName!].Machines.FindAsync(off.Id, Stop)).ShouldNotBeNull().State.ShouldBe(PowerState.Off);
        (await portal.EndedAsync((await portal.PowerAsync(off.Id, PowerAction.Start)).As<OperationRow>().Id)).Status.ShouldBe(OperationStatus.Succeeded);
        await GuestCounter.ReadAsync(IPAddress.Parse(off.Address), Stop);

        var back = (await portal.Admin.PostAsync($"hosts/{host.Id}/service", new { BringBack = new { } }, key: Guid.NewGuid().ToString())).As<BackInService>().Evacuation.ShouldNotBeNull();
        var filled = await EndedAsync(back.Evacuation.Id);

        filled.Evacuation.ShouldSatisfyAllConditions(e => e.Status.ShouldBe(EvacuationStatus.Done), e => e.Moved.ShouldBe(4, string.Join("; ", filled.Items.Select(i => $"{i.MachineName} {i.State}: {i.Detail}"))));
        foreach (var machine in all)
            (await portal.MachineAsync(machine.Id, MachineState.Running)).HostName.ShouldBe(name);
        await portal.AgreeAsync();
        await GoesOnAsync(machines, before);
        TestContext.Current.TestOutputHelper?.WriteLine($"Emptied: {Story(emptied)}\nFilled: {Story(filled)}");
        await portal.KeepAsync(2);
    }

    [Fact]
    public async Task A_machine_that_is_off_is_defined_on_one_host_only_even_when_the_portal_dies_between_the_two()
    {
        var off = (await portal.RunningAsync(1))[0];
        (await portal.EndedAsync((await portal.PowerAsync(off.Id, PowerAction.PowerOff)).As<OperationRow>().Id)).Status.ShouldBe(OperationStatus.Succeeded);
        var host = (await portal.HostsAsync()).Single(h => h.Name == off.HostName);
        // It is defined on both then, and the ledger does not know of the second.
        var halt = await Halt.AtAsync(portal, off.Name, OperationKind.Rehome, step: 1, StepState.Done);
        var id = (await portal.Admin.PostAsync($"hosts/{host.Id}/maintenance", One, key: Guid.NewGuid().ToString())).As<EvacuationDetails>().Evacuation.Id;
        await halt.ReachedAsync();

        await portal.KillAsync();
        await halt.DisposeAsync();
        await portal.StartAsync();

        (await EndedAsync(id)).Items.Single(i => i.MachineId == off.Id).ShouldSatisfyAllConditions(i => i.State.ShouldBe(EvacuationItemState.Moved), i => i.Tries.ShouldBe(1));
        (await portal.MachineAsync(off.Id, MachineState.Off)).HostName.ShouldNotBe(off.HostName);
        await portal.AgreeAsync();
        (await portal.Admin.PostAsync($"hosts/{host.Id}/service", new { })).As<BackInService>();
        (await portal.EndedAsync((await portal.PowerAsync(off.Id, PowerAction.Start)).As<OperationRow>().Id)).Status.ShouldBe(OperationStatus.Succeeded);
    }

    private static object One => new { Limits = new { PerHost = 1, PerLink = 1, Fleet = 1 } };

    private static string Story(EvacuationDetails details) =>
        $"{(details.Evacuation.EndedAt - details.Evacuation.CreatedAt)!.Value.TotalSeconds:0.0} s (foretold {details.Evacuation.PredictedSeconds:0.0}), longest silence {details.Evacuation.WorstBlackoutMs:0} ms (foretold {details.Evacuation.PredictedWorstMs:0})";

    private Task<EvacuationDetails> SeeAsync(Guid id) => portal.ReadAsync<EvacuationDetails>($"evacuations/{id}");

    private Task<EvacuationDetails> EndedAsync(Guid id) => Wait.UntilAsync("the evacuation to end", () => SeeAsync(id), seen => !seen.Evacuation.IsActive, TimeSpan.FromMinutes(6));

    /// <summary>Machines that run, brought to one host; whatever else is there goes.</summary>
    private async Task<IReadOnlyList<MachineRow>> GatherAsync(string host, int count)
    {
        await portal.KeepAsync(count);
        var machines = await portal.RunningAsync(count);
        foreach (var machine in machines.Where(m => m.HostName != host))
        {
            var ended = await portal.EndedAsync(await portal.MoveAsync(machine.Id, host));
            ended.Status.ShouldBe(MigrationStatus.Moved, ended.Message);
        }

        return machines;
    }

    private static Task<CounterReading[]> ReadAsync(IReadOnlyList<MachineRow> machines) => Task.WhenAll(machines.Select(m => GuestCounter.ReadAsync(IPAddress.Parse(m.Address), Stop)));

    private static async Task GoesOnAsync(IReadOnlyList<MachineRow> machines, CounterReading[] before)
    {
        var after = await ReadAsync(machines);
        for (var n = 0; n < machines.Count; n++)
        {
            after[n].Boot.ShouldBe(before[n].Boot, $"{machines[n].Name} was started anew");
            after[n].Count.ShouldBeGreaterThan(before[n].Count, $"{machines[n].Name} stands still");
        }
    }
}
