using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Hypervisor;
using Portal.Hypervisor.Machines;

namespace Portal.Web.Operations;

/// <summary>
/// Gives a machine another size. First its definition, which can be taken back; then its disk, which cannot and is the point of no
/// return; last the processors of a running machine, which may as well come with its next start.
/// </summary>
public sealed class ResizeRunner(MachineBooks books, HostFleet fleet, ILogger<ResizeRunner> logger) : IOperationRunner
{
    private const int Check = 0, Define = 1, Disk = 2, Processors = 3;

    private static readonly TimeSpan HostPatience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public OperationKind Kind => OperationKind.Resize;

    /// <inheritdoc/>
    public async Task RunAsync(OperationRun run, CancellationToken abandon)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(abandon, run.Cancel);
        var blueprint = await run.KeepAsync(held => books.BlueprintAsync(run.Claim.MachineId, held));
        if (blueprint is not { Machine: { } machine, Host: { } row })
        {
            await run.KeepAsync(held => books.ResizeFailedAsync(run.Claim, "The machine lives on no host.", cancelled: false, held));
            return;
        }

        var to = run.Claim.Read<ResizeParameters>().To;
        // An earlier worker may have come past the check; then nobody knows that the definition is still the old one.
        var begun = run.Claim.Cursor > Check;
        var resumed = run.Claim.Cursor >= Disk;
        FleetHost? host = null;
        try
        {
            MachineShape? shape = null;
            await run.StepAsync(Check, $"Check {machine.Name} on {row.Name}", 10, async token =>
            {
                host = await fleet.WaitForAsync(row.Id, row.Name, HostPatience, token);
                shape = await host.Machines.ShapeAsync(machine.Id, token);
                return shape.Now is null ? "It is off: everything holds from its next start." : "It runs.";
            }, stop.Token);
            await run.StepAsync(Define, "Write the new size into its definition", 40, async token =>
            {
                begun = true;
                await host!.Machines.ResizeNextAsync(machine.Id, to.Vcpus, to.MemoryMib, CancellationToken.None);
                token.ThrowIfCancellationRequested();
                return null;
            }, stop.Token);
            await run.StepAsync(Disk, "Grow its disk", 80, token => GrowAsync(host!, machine.Id, to.DiskGib, shape!.Now is not null, token), stop.Token);
            await run.StepAsync(Processors, "Add processors while it runs", 100, _ => AddAsync(host!, machine.Id, to.Vcpus, shape!), abandon);
            var seen = await host!.Machines.ShapeAsync(machine.Id, abandon);
            await run.KeepAsync(held => books.ResizedAsync(run.Claim, Became(seen, to), held));
        }
        catch (OperationCanceledException) when (run.Cancel.IsCancellationRequested && !abandon.IsCancellationRequested)
        {
            await GiveUpAsync(run, machine, host, begun, resumed, "Resizing was stopped on request.", cancelled: true, abandon);
        }
        catch (Exception fault) when (fault is LibvirtException or HostAwayException)
        {
            // A plain no left the disk as it was; without an answer nobody knows.
            await GiveUpAsync(run, machine, host, begun, resumed || fault is not LibvirtException { IsConnectionLost: false, Code: not LibvirtErrorCode.OperationTimeout }, fault.Message, cancelled: false, abandon);
        }
    }

    private static async Task<string?> GrowAsync(FleetHost host, Guid machine, int diskGib, bool running, CancellationToken cancellationToken)
    {
        var bytes = (long)diskGib << 30;
        var volume = MachineFiles.Disk(machine);
        if (await host.Storage.FindAsync(host.Pool, volume, cancellationToken) is { } found && found.CapacityBytes >= bytes)
            return "It is as large as that already.";
        cancellationToken.ThrowIfCancellationRequested();
        if (running)
            await host.Machines.GrowDiskAsync(machine, volume, bytes, CancellationToken.None);
        else
            await host.Storage.GrowAsync(host.Pool, volume, bytes, CancellationToken.None);
        return running ? $"{diskGib} GiB; its guest sees it at once and grows its file system itself." : $"{diskGib} GiB.";
    }

    /// <summary>A no of the hypervisor is no failure: what a running machine cannot take it gets with its next start.</summary>
    private async Task<string?> AddAsync(FleetHost host, Guid machine, int vcpus, MachineShape shape)
    {
        if (shape.Now is not { } now || vcpus <= now.Vcpus)
            return "There are none to add.";
        if (vcpus > now.MostVcpus)
            return $"It was started for at most {now.MostVcpus} vCPU; the others come when it was shut down and started again.";
        try
        {
            await host.Machines.AddVcpusAsync(machine, vcpus, CancellationToken.None);
            return $"{vcpus} vCPU; a system that does not switch new ones on by itself has to be told to.";
        }
        catch (LibvirtException fault) when (!fault.IsConnectionLost)
        {
            logger.LogInformation("{Machine} takes no processors while it runs: {Reason}", machine, fault.Message);
            return $"Not while it runs: {fault.Message.TrimEnd('.')}. They come when it was shut down and started again.";
        }
    }

    private static ResizedTo Became(MachineShape seen, MachineSize to)
    {
        var next = new MachineSize(seen.Next.Vcpus, seen.Next.MemoryMib, to.DiskGib);
        return seen.Now is { } now
            ? new ResizedTo(new MachineSize(now.Vcpus, now.MemoryMib, to.DiskGib), next, now.MostVcpus, seen.Next.MostVcpus)
            : new ResizedTo(next, next, seen.Next.MostVcpus, seen.Next.MostVcpus);
    }

    /// <summary>Takes back what was written, then closes the books; when that cannot be known, the books hold what may be so.</summary>
    private async Task GiveUpAsync(OperationRun run, Machine machine, FleetHost? host, bool begun, bool mayHaveGrown, string why, bool cancelled, CancellationToken abandon)
    {
        var was = machine.Pending?.Next ?? machine.Size;
        try
        {
            if (begun)
            {
                host ??= await fleet.WaitForAsync(machine.HostId!.Value, "its host", HostPatience, abandon);
                if (mayHaveGrown && await host.Storage.FindAsync(host.Pool, MachineFiles.Disk(machine.Id), abandon) is { } disk && disk.CapacityBytes > (long)was.DiskGib << 30)
                {
                    await run.KeepAsync(held => books.ResizeAbandonedAsync(run.Claim, $"{why.TrimEnd('.')}. Its disk is larger already, so the new size stays on the books until it was shut down and started again.", held));
                    return;
                }

                await host.Machines.ResizeNextAsync(machine.Id, was.Vcpus, was.MemoryMib, abandon);
            }

            await run.KeepAsync(held => books.ResizeFailedAsync(run.Claim, $"{why.TrimEnd('.')}. {machine.Name} has the size it had; what was held for the change is free again.", cancelled, held));
        }
        catch (Exception fault) when (fault is LibvirtException or HostAwayException)
        {
            logger.LogWarning("The size of {Machine} is not known: {Reason}", machine.Name, fault.Message);
            await run.KeepAsync(held => books.ResizeAbandonedAsync(run.Claim,
                $"{why.TrimEnd('.')}. How far it came is not known, so the larger size stays on the books; what its host says settles it once it was shut down and started again.", held));
        }
    }
}
