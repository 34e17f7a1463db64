using System.Net;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;

namespace Portal.Tests.Fleet.Product;

/// <summary>Moves that cannot be made say why and what to do, and touch nothing.</summary>
[Collection(FleetPortalCollection.Name)]
public sealed class RefusedMoveTests(FleetPortal portal)
{
    [Fact]
    public async Task To_the_host_it_runs_on()
    {
        var machine = (await portal.RunningAsync(1))[0];

        (await portal.TryMoveAsync(machine.Id, machine.HostName!)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "same-host")["advice"].ShouldBe("Choose another host.");

        await portal.AgreeAsync();
    }

    [Fact]
    public async Task To_a_host_that_is_down()
    {
        var machine = (await portal.RunningAsync(1))[0];
        var there = portal.Others(machine.HostName)[0];
        await using (await portal.Lab.KillDaemonAsync(there))
        {
            await Wait.UntilAsync($"{there} to be away", portal.HostsAsync, hosts => hosts.Single(h => h.Name == there).State == HostState.Unreachable);

            (await portal.TryMoveAsync(machine.Id, there)).ShouldBeProblem(HttpStatusCode.Conflict, "host-unreachable")["detail"].ShouldBe($"The destination {there} does not answer.");
        }

        await portal.BackAsync(there);
        await portal.AgreeAsync();
    }

    [Fact]
    public async Task To_a_host_that_is_full()
    {
        var machine = (await portal.RunningAsync(1))[0];
        var there = (await portal.HostsAsync()).First(host => host.Name != machine.HostName);
        await using var db = await portal.OpenAsync();
        // Room is what the books say: this much of it is given to a machine that will not come.
        var absent = await portal.AskAsync(Orders.NewName("absent"));
        db.Placements.Add(Placement.Create(absent.MachineId!.Value, there.Id, PlacementPurpose.Home, 1, (int)there.Room.MemoryFreeMib - machine.MemoryMib + 1));
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);

        (await portal.TryMoveAsync(machine.Id, there.Name)).ShouldBeProblem(HttpStatusCode.Conflict, "host-full")["detail"].ShouldContain($"{there.Name} lacks 1 MiB of memory");

        await db.Placements.Where(p => p.MachineId == absent.MachineId).ExecuteDeleteAsync(TestContext.Current.CancellationToken);
        (await portal.Admin.PostAsync($"requests/{absent.Id}/withdraw")).Status.ShouldBe(HttpStatusCode.OK);
        await portal.AgreeAsync();
    }

    [Theory]
    [InlineData(MigrationMode.Live)]
    [InlineData(MigrationMode.QuickSaved)]
    public async Task To_a_host_without_the_image_store(MigrationMode mode)
    {
        var machine = (await portal.RunningAsync(1))[0];
        var there = portal.Others(machine.HostName)[0];
        await using (await portal.Lab.CloseStoreAsync(there))
        {
            var move = await portal.EndedAsync(await portal.MoveAsync(machine.Id, there, mode));

            move.Status.ShouldBe(MigrationStatus.Stayed);
            move.Message!.ShouldBe($"Storage pool images at {there} is not active. Start it there (virsh pool-start images).");
            (await portal.OperationAsync(move.OperationId)).Operation.Status.ShouldBe(OperationStatus.Failed);
        }

        (await portal.MachineAsync(machine.Id)).ShouldSatisfyAllConditions(seen => seen.State.ShouldBe(MachineState.Running), seen => seen.HostName.ShouldBe(machine.HostName));
        await portal.AgreeAsync();
    }

    [Fact]
    public async Task A_machine_is_not_made_either_where_the_image_store_is_missing()
    {
        var likely = (await portal.HostsAsync()).OrderByDescending(h => h.Room.MemoryFreeMib).ThenBy(h => h.Name, StringComparer.Ordinal).First().Name;
        Ordered machine;
        await using (await portal.Lab.CloseStoreAsync(likely))
        {
            machine = await portal.OrderAsync(Orders.NewName("stored"));

            (await portal.EndedAsync(machine.Operation)).Status.ShouldBe(OperationStatus.Succeeded);
            (await portal.MachineAsync(machine.Id)).HostName.ShouldNotBe(likely);
        }

        await portal.AgreeAsync();
        await portal.RemoveAsync(machine.Id);
    }
}
