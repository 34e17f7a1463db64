using System.Net;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Web.Api;

namespace Portal.Tests.Fleet.Product;

/// <summary>Machines get another size while they run, what waits for a restart comes with it, and the guest sees it.</summary>
[Collection(FleetPortalCollection.Name)]
public sealed class ResizeTests(FleetPortal portal)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_running_machine_grows_its_disk_at_once_and_the_rest_after_a_restart_and_its_guest_sees_both()
    {
        using var shell = await GuestShell.CreateAsync(Stop);
        var (machine, address) = await MakeAsync(shell.PublicKey);
        var was = await portal.MachineAsync(machine);
        var (vcpus, memory, disk) = (was.Vcpus, was.MemoryMib, was.DiskGib);

        var done = await ResizeAsync(new { Kind = "Resize", MachineId = machine, Vcpus = vcpus + 1, MemoryMib = memory + 32, DiskGib = disk + 1 });

        done.Request.Status.ShouldBe(RequestStatus.Fulfilled, done.Request.Outcome);
        done.Request.Outcome.ShouldBe($"{disk + 1} GiB of disk now; {vcpus + 1} vCPU and {memory + 32} MiB of memory after it was shut down and started again.");
        (await DetailsAsync(machine)).Pending.ShouldBe(new PendingSize(new(vcpus, memory, disk + 1), new(vcpus + 1, memory + 32, disk + 1), 8));
        (await shell.RunAsync(address, "cat /sys/block/vda/size", Stop)).ShouldBe($"{(long)(disk + 1) << 21}");
        (await shell.RunAsync(address, "grep -c ^processor /proc/cpuinfo", Stop)).ShouldBe($"{vcpus}");
        var before = Kib(await shell.RunAsync(address, "grep MemTotal /proc/meminfo", Stop));
        await portal.AgreeAsync();

        // What waits goes with the machine to another host.
        var moved = await portal.EndedAsync(await portal.MoveAsync(machine, portal.Others((await portal.MachineAsync(machine)).HostName)[0]));
        moved.Status.ShouldBe(MigrationStatus.Moved, moved.Message);
        (await DetailsAsync(machine)).Pending.ShouldNotBeNull();
        await portal.AgreeAsync();

        await SwitchAsync(machine, PowerAction.ShutDown);
        await SwitchAsync(machine, PowerAction.Start);

        var after = await DetailsAsync(machine);
        (after.Pending, after.Machine.Vcpus, after.Machine.MemoryMib, after.Machine.DiskGib).ShouldBe((null, vcpus + 1, memory + 32, disk + 1));
        (await shell.RunAsync(address, "grep -c ^processor /proc/cpuinfo", Stop)).ShouldBe($"{vcpus + 1}");
        (Kib(await shell.RunAsync(address, "grep MemTotal /proc/meminfo", Stop)) - before).ShouldBeGreaterThan(24 * 1024);
        await portal.AgreeAsync();

        // One with two processors was started with room for more.
        var hot = await ResizeAsync(new { Kind = "Resize", MachineId = machine, Vcpus = vcpus + 2 });
        hot.Request.Outcome.ShouldBe($"{vcpus + 2} vCPU now.");
        (await shell.RunAsync(address, "cat /sys/devices/system/cpu/present", Stop)).ShouldBe($"0-{vcpus + 1}");
        await portal.AgreeAsync();

        // Less memory is given back once the machine does not have it any more, and not before.
        var shrunk = await ResizeAsync(new { Kind = "Resize", MachineId = machine, Vcpus = vcpus, MemoryMib = memory });
        shrunk.Request.Outcome.ShouldBe($"{vcpus} vCPU and {memory} MiB of memory after it was shut down and started again.");
        (await portal.MachineAsync(machine)).MemoryMib.ShouldBe(memory + 32);
        await SwitchAsync(machine, PowerAction.PowerOff);
        var off = await portal.MachineAsync(machine);
        (off.Vcpus, off.MemoryMib).ShouldBe((vcpus, memory));
        await portal.AgreeAsync();

        await RefusedByTheStoreAsync(machine, off.DiskGib);
        await portal.RemoveAsync(machine);
        await portal.AgreeAsync();
    }

    [Fact]
    public async Task A_resize_whose_host_hangs_gives_everything_back()
    {
        var machine = (await portal.RunningAsync(1))[0];
        var quota = await QuotaAsync(machine.ProjectId);
        var request = (await portal.Admin.PostAsync("requests", new { Kind = "Resize", MachineId = machine.Id, DiskGib = machine.DiskGib + 1, MemoryMib = machine.MemoryMib + 32 }, key: Guid.NewGuid().ToString())).As<RequestView>();
        await using (await portal.Lab.FreezeDaemonAsync(machine.HostName!))
        {
            (await portal.Admin.PostAsync($"approvals/{request.Id}/approve")).As<RequestView>();
            var ended = await portal.EndedAsync((await portal.ReadAsync<RequestDetails>($"requests/{request.Id}")).OperationId!.Value);
            ended.Status.ShouldBe(OperationStatus.Failed);
        }

        await portal.BackAsync(machine.HostName!);
        (await portal.ReadAsync<RequestDetails>($"requests/{request.Id}")).Request.Status.ShouldBe(RequestStatus.Failed);
        (await QuotaAsync(machine.ProjectId)).ShouldBe(quota);
        await portal.AgreeAsync();
    }

    /// <summary>The host has lost its store: the hypervisor says no to the disk, and nothing is left of the change.</summary>
    private async Task RefusedByTheStoreAsync(Guid machine, int diskGib)
    {
        var project = (await portal.MachineAsync(machine)).ProjectId;
        var quota = await QuotaAsync(project);

        RequestDetails refused;
        await using (await portal.Lab.CloseStoreAsync((await portal.MachineAsync(machine)).HostName!))
            refused = await ResizeAsync(new { Kind = "Resize", MachineId = machine, Vcpus = 3, DiskGib = diskGib + 1 });

        refused.Request.Status.ShouldBe(RequestStatus.Failed);
        refused.Request.Outcome!.ShouldContain("has the size it had");
        (await portal.MachineAsync(machine)).DiskGib.ShouldBe(diskGib);
        (await QuotaAsync(project)).ShouldBe(quota);
        await portal.AgreeAsync();
    }

    private async Task<(Guid Machine, IPAddress Address)> MakeAsync(string key)
    {
        await using var db = await portal.OpenAsync();
        var project = await db.Projects.SingleAsync(p => p.Name == "Web shop", Stop);
        var (image, flavor, network) = (await db.Images.SingleAsync(i => i.Name == "micro", Stop), await db.Flavors.SingleAsync(f => f.Name == "tiny", Stop), await db.Networks.SingleAsync(Stop));
        var request = (await portal.Admin.PostAsync("requests", new
        {
            ProjectId = project.Id, MachineName = Orders.NewName("grown"), ImageId = image.Id, FlavorId = flavor.Id, NetworkId = network.Id, SshKey = key,
        }, key: Guid.NewGuid().ToString())).As<RequestView>();
        (await portal.Admin.PostAsync($"approvals/{request.Id}/approve")).As<RequestView>();
        var details = (await portal.Admin.GetAsync($"requests/{request.Id}")).As<RequestDetails>();
        (await portal.EndedAsync(details.OperationId!.Value)).Status.ShouldBe(OperationStatus.Succeeded);
        return (request.MachineId!.Value, IPAddress.Parse(details.Held!.Address));
    }

    /// <summary>Asks, approves, and returns once it was carried out.</summary>
    private async Task<RequestDetails> ResizeAsync(object body)
    {
        var request = (await portal.Admin.PostAsync("requests", body, key: Guid.NewGuid().ToString())).As<RequestView>();
        (await portal.Admin.PostAsync($"approvals/{request.Id}/approve")).As<RequestView>();
        var details = await portal.ReadAsync<RequestDetails>($"requests/{request.Id}");
        await portal.EndedAsync(details.OperationId!.Value);
        return await portal.ReadAsync<RequestDetails>($"requests/{request.Id}");
    }

    private async Task SwitchAsync(Guid machine, PowerAction action)
    {
        var ended = await portal.EndedAsync((await portal.PowerAsync(machine, action)).As<OperationRow>().Id);
        ended.Status.ShouldBe(OperationStatus.Succeeded, ended.Error);
    }

    private Task<MachineDetails> DetailsAsync(Guid machine) => portal.ReadAsync<MachineDetails>($"machines/{machine}");

    private async Task<string> QuotaAsync(Guid project)
    {
        await using var db = await portal.OpenAsync();
        return string.Join("; ", (await QuotaBooks.ReadAsync(db, project, Stop)).Select(line => line.ToString()));
    }

    private static long Kib(string line) => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
}
