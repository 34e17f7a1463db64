using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Domain.Machines;

/// <summary>What a resize operation needs to know; its <see cref="Operation.Parameters"/>.</summary>
/// <param name="RequestId">The request it carries out.</param>
/// <param name="To">The size wanted.</param>
public sealed record ResizeParameters(Guid RequestId, MachineSize To);

/// <content>Another size.</content>
public sealed partial class MachineBooks
{
    /// <summary>
    /// The machine has another size, or will have it from its next start: what was reserved is used, what shrank is given back as far as
    /// the machine does not run with it any more, and its request says which is which.
    /// </summary>
    public async Task ResizedAsync(Claim claim, ResizedTo to, CancellationToken ct)
    {
        await using var work = await OpenAsync(claim, ct);
        var before = work.Machine.Size;
        var running = work.Machine.State == MachineState.Running;
        var request = await work.EndRequestAsync(RequestStatus.Fulfilled, ct, ResizeWords.Outcome(work.Machine.Pending?.Now ?? before, to, running));
        var held = request?.Holds ?? QuotaAmounts.None;
        await QuotaBooks.UseReservedAsync(work.Db, work.Machine.ProjectId, work.Machine.CreatedBy, held, ct);
        work.Machine.Resize(to);
        // Held was room for everything; what is booked now may be less, where the machine shrank.
        var booked = new MachineSize(before.Vcpus + (int)held.Vcpus, before.MemoryMib + (int)held.MemoryMib, before.DiskGib + (int)held.DiskGib);
        await PendingSizes.TakeAsync(work.Db, work.Machine, booked, ct);
        work.Audit("machine.resize", new { before, after = to.Next, now = to.Now });
        await work.EndAsync(OperationStatus.Succeeded, null, ct);
    }

    /// <summary>The size stays as it was: everything held for the change is given back, and the request keeps the reason.</summary>
    /// <param name="claim">The worker's hold.</param>
    /// <param name="error">What went wrong, what it did to the machine, and what to do now.</param>
    /// <param name="cancelled">Whether it was stopped on request.</param>
    /// <param name="ct">Gives up.</param>
    public async Task ResizeFailedAsync(Claim claim, string error, bool cancelled, CancellationToken ct)
    {
        await using var work = await OpenAsync(claim, ct);
        var request = await work.EndRequestAsync(RequestStatus.Failed, ct, error);
        await QuotaBooks.ReleaseReservedAsync(work.Db, work.Machine.ProjectId, work.Machine.CreatedBy, request?.Holds ?? QuotaAmounts.None, ct);
        await PendingSizes.TakeAsync(work.Db, work.Machine, work.Machine.Size, ct);
        work.Audit(cancelled ? "machine.resize-cancelled" : "machine.resize-failed", new { error });
        await work.EndAsync(cancelled ? OperationStatus.Cancelled : OperationStatus.Failed, error, ct);
    }

    /// <summary>
    /// The change was given up and nobody knows how far it came: the machine keeps on the books what it may have, and what its host
    /// shows when it is off or has started anew settles it.
    /// </summary>
    public async Task ResizeAbandonedAsync(Claim claim, string error, CancellationToken ct)
    {
        await using var work = await OpenAsync(claim, ct);
        var to = claim.Read<ResizeParameters>().To;
        var request = await work.EndRequestAsync(RequestStatus.Failed, ct, error);
        await QuotaBooks.UseReservedAsync(work.Db, work.Machine.ProjectId, work.Machine.CreatedBy, request?.Holds ?? QuotaAmounts.None, ct);
        var now = work.Machine.Pending?.Now ?? work.Machine.Size;
        var booked = Machine.Larger(work.Machine.Size, to);
        work.Machine.Resize(new ResizedTo(now with { DiskGib = to.DiskGib }, to, work.Machine.HotVcpus, work.Machine.HotVcpus));
        await PendingSizes.TakeAsync(work.Db, work.Machine, booked, ct);
        work.Audit("machine.resize-abandoned", new { error });
        await work.EndAsync(OperationStatus.Failed, error, ct);
    }
}
