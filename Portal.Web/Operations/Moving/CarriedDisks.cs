using Portal.Hypervisor;
using Portal.Hypervisor.Migrations;

namespace Portal.Web.Operations.Moving;

/// <summary>Where disks went with a machine and the move could not end by itself: what the other end has of them is removed when it is settled.</summary>
public sealed class CarriedDisks(MigrationEngine engine, ILogger<CarriedDisks> logger)
{
    /// <summary>
    /// Removes the disks that the machine has twice, once it is known where it runs. What cannot be removed takes room and nothing else,
    /// so it is written to the log and breaks nothing off.
    /// </summary>
    /// <returns>How many volumes were removed.</returns>
    public async Task<int> ClearAsync(Guid machine, DiskEnd source, DiskEnd destination, WhereItRuns where, Func<CancellationToken, Task<bool>>? mayMend, CancellationToken cancellationToken)
    {
        if (where is not (WhereItRuns.Source or WhereItRuns.Destination))
            return 0;
        var (kept, extra) = where == WhereItRuns.Source ? (source, destination) : (destination, source);
        try
        {
            return await engine.ClearAsync(machine, [MachineFiles.Disk(machine), MachineFiles.Seed(machine)], kept, extra, mayMend, cancellationToken);
        }
        catch (LibvirtException e)
        {
            logger.LogWarning("The disks that {Machine} has twice, at {Kept} and {Extra}, could not be removed from {Extra}: {Reason}", machine, kept.Host.Endpoint.Name, extra.Host.Endpoint.Name, extra.Host.Endpoint.Name, e.Message);
            return 0;
        }
    }
}
