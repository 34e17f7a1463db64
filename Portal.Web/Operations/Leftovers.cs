using Portal.Domain.Machines;
using Portal.Hypervisor.Machines;

namespace Portal.Web.Operations;

/// <summary>
/// Settles what an interruption left on a host: a machine that was given up or deleted while its host was away, or one that moved
/// while nobody could see where to. Only machines of the portal's own books are ever touched.
/// </summary>
public sealed class Leftovers(MachineStrays strays, HostFleet fleet, ILogger<Leftovers> logger)
{
    /// <summary>Settles a machine that is on this host although the books say otherwise.</summary>
    public async Task SettleAsync(FleetHost host, BookedMachine booked, MachineStatus stray, CancellationToken cancellationToken)
    {
        if (booked.State == MachineState.Deleted)
        {
            logger.LogWarning("{Machine} is deleted, and {Host} still has it: it is removed there now", booked.Name, host.Name);
            await host.Machines.DestroyAsync(booked.Id, cancellationToken);
            await host.Machines.UndefineAsync(booked.Id, cancellationToken);
            await host.Storage.DeleteAsync(host.Pool, MachineFiles.Disk(booked.Id), cancellationToken);
            await host.Storage.DeleteAsync(host.Pool, MachineFiles.Seed(booked.Id), cancellationToken);
            return;
        }

        if (booked.HostId is not { } home || fleet.Find(home) is not { IsConnected: true } homeHost)
            return;

        var atHome = await homeHost.Machines.FindAsync(booked.Id, cancellationToken);
        var (runsHere, runsAtHome) = (IsAlive(stray.State), atHome is not null && IsAlive(atHome.State));
        if (runsHere && runsAtHome)
        {
            logger.LogCritical("{Machine} runs on {Home} and on {Host}: cut its power on one of them at once", booked.Name, homeHost.Name, host.Name);
        }
        else if (runsHere)
        {
            logger.LogWarning("{Machine} runs on {Host}, and {Home} does not run it: it lives on {Host} from now on", booked.Name, host.Name, homeHost.Name, host.Name);
            if (await strays.AdoptAsync(booked.Id, host.Id, cancellationToken) && atHome is not null)
                await homeHost.Machines.UndefineAsync(booked.Id, cancellationToken);
        }
        else if (atHome is not null)
        {
            logger.LogWarning("{Host} keeps a definition of {Machine}, which lives on {Home}: it is removed", host.Name, booked.Name, homeHost.Name);
            await host.Machines.UndefineAsync(booked.Id, cancellationToken);
        }
    }

    /// <summary>Removes disks of machines that were given up or deleted while nobody could reach the store.</summary>
    public async Task SweepAsync(FleetHost host, CancellationToken cancellationToken)
    {
        var volumes = (await host.Storage.ListAsync(host.Pool, cancellationToken)).Select(name => (Name: name, Owner: MachineFiles.Owner(name))).Where(volume => volume.Owner is not null).ToList();
        var deleted = await strays.DeletedAsync([.. volumes.Select(volume => volume.Owner!.Value).Distinct()], cancellationToken);
        foreach (var (name, _) in volumes.Where(volume => deleted.Contains(volume.Owner!.Value)))
        {
            logger.LogWarning("{Volume} on the store of {Host} belongs to a deleted machine: it is removed", name, host.Name);
            await host.Storage.DeleteAsync(host.Pool, name, cancellationToken);
        }
    }

    private static bool IsAlive(PowerState state) => state is PowerState.Running or PowerState.Paused or PowerState.ShuttingDown;
}
