using Microsoft.EntityFrameworkCore;
using Portal.Domain.Changes;
using Portal.Domain.Hosts;
using Portal.Domain.Operations;
using Portal.Domain.Rehoming;

namespace Portal.Domain.Machines;

/// <content>Another host for a machine that is off.</content>
public sealed partial class MachineBooks
{
    /// <summary>The machine is defined at the destination and nowhere else: that is its home now, and the source's room is free.</summary>
    public async Task RehomedAsync(Claim claim, CancellationToken ct)
    {
        await using var work = await OpenAsync(claim, ct);
        var (from, to) = claim.Read<RehomeParameters>();
        var placements = await work.Db.Placements.Where(p => p.MachineId == claim.MachineId).ToListAsync(ct);
        work.Db.Placements.RemoveRange(placements.Where(p => p.HostId != to));
        placements.Single(p => p.HostId == to).Arrive();
        work.Machine.LiveOn(to);
        work.Machine.Become(MachineState.Off, null, work.Now);
        work.Audit("machine.rehomed", new { from, to });
        foreach (var host in (Guid[])[from, to])
            await ChangeNotice.NotifyAsync(work.Db, ChangeKind.Host, host, null, ct);
        await work.EndAsync(OperationStatus.Succeeded, null, ct);
    }

    /// <summary>The machine is defined where it was: the room at the destination is free again.</summary>
    /// <param name="claim">The worker's hold.</param>
    /// <param name="error">What went wrong, what it did to the machine, and what to do now.</param>
    /// <param name="cancelled">Whether it was stopped on request.</param>
    /// <param name="ct">Gives up.</param>
    public async Task RehomeFailedAsync(Claim claim, string error, bool cancelled, CancellationToken ct)
    {
        await using var work = await OpenAsync(claim, ct);
        var incoming = await work.Db.Placements.Where(p => p.MachineId == claim.MachineId && p.Purpose == PlacementPurpose.Incoming).ToListAsync(ct);
        work.Db.Placements.RemoveRange(incoming);
        foreach (var placement in incoming)
            await ChangeNotice.NotifyAsync(work.Db, ChangeKind.Host, placement.HostId, null, ct);
        work.Audit("machine.rehome-failed", new { error });
        await work.EndAsync(cancelled ? OperationStatus.Cancelled : OperationStatus.Failed, error, ct);
    }
}
