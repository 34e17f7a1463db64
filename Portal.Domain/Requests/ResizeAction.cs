using Microsoft.EntityFrameworkCore;
using Portal.Domain.Changes;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>Another size for a machine: growth is held of the quota from the moment it is asked, the room on its host from the yes.</summary>
sealed class ResizeAction(Ledger ledger) : ChangeAction
{
    /// <inheritdoc/>
    public override RequestKind Kind => RequestKind.Resize;

    /// <inheritdoc/>
    public override bool Takes(Draft draft) => draft is ResizeDraft;

    /// <inheritdoc/>
    protected override Guid? MachineOf(Draft draft) => ((ResizeDraft)draft).MachineId;

    /// <inheritdoc/>
    public override async Task<Result<Look>> LookAsync(PortalDbContext db, Actor actor, Draft draft, DateTimeOffset now, CancellationToken ct)
    {
        var asked = (ResizeDraft)draft;
        var found = await MachineAsync(db, actor, asked.MachineId, RequestKinds.Asking(Kind), ct);
        if (!found.IsOk)
            return found.Refusal;
        var machine = found.Value;
        var from = machine.Pending?.Next ?? machine.Size;
        var to = new MachineSize(asked.Vcpus, asked.MemoryMib, asked.DiskGib);
        var image = await db.Images.AsNoTracking().SingleAsync(i => i.Id == machine.ImageId, ct);
        var refusals = new List<Refusal>(ResizeRules.Check(machine.Name, from, to, image));
        if (ResizeRules.State(machine.Name, machine.State) is { } wrong)
            refusals.Add(wrong);
        if (await OtherAsync(db, machine, ct) is { } other)
            refusals.Add(other);
        if (await QuotaBooks.RefuseSizeAsync(db, machine.ProjectId, from, to, ct) is { } tooLarge)
            refusals.Add(tooLarge);
        // What the machine is booked with may be more than it starts with next; only what goes past that is new.
        var takes = refusals.OfType<InvalidText>().Any() ? QuotaAmounts.None : QuotaAmounts.OfResize(machine.Size, to).Growth();
        var quota = (await QuotaBooks.SheetAsync(db, machine.ProjectId, machine.CreatedBy, ct)).Lines;
        var running = machine.State != MachineState.Off;
        return new Look(machine.ProjectId, machine, machine.Name, new ResizeTerms(from, to), machine.CreatedBy, takes, QuotaEffect.OfNew(quota, takes), refusals,
            await FactsAsync(db, actor, machine.ProjectId, to, takes, quota, null, ct), ResizeRules.Parts(machine.Pending?.Now ?? machine.Size, to, running, machine.HotVcpus));
    }

    /// <inheritdoc/>
    public override async Task<Refusal?> GrantAsync(PortalDbContext db, Actor actor, Request request, DateTimeOffset now, CancellationToken ct)
    {
        var machine = await TakeMachineAsync(db, request, ct);
        var to = ((ResizeTerms)request.Terms).To;
        // Who is busy with it is told before its state is judged: it says more.
        if (await Ledger.BusyAsync(db, machine.Id, ct) is { } busy)
            return busy;
        if (ResizeRules.State(machine.Name, machine.State) is { } wrong)
            return wrong;
        // Where the machine has shrunk since it was asked, what it gave back then is needed again.
        var needs = QuotaAmounts.OfResize(machine.Size, to).Growth();
        var more = needs.Beyond(request.Holds);
        if (more != QuotaAmounts.None)
        {
            if (await QuotaBooks.ReserveAsync(db, machine.ProjectId, machine.CreatedBy, more, ct) is { } over)
                return over;
            request.Hold(needs);
        }

        var rooms = await HostRooms.LockAsync(db, ct);
        if (await RoomAsync(db, machine, to, rooms, ct) is { } full)
            return full;
        var home = await db.Placements.SingleAsync(p => p.MachineId == machine.Id && p.Purpose == PlacementPurpose.Home, ct);
        var most = Machine.Larger(machine.Size, to);
        home.Take(most.Vcpus, most.MemoryMib);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, home.HostId, null, ct);
        return (await ledger.EnqueueAsync(db, OperationKind.Resize, machine, $"Resize {machine.Name}", actor, RequestKinds.OperationKey(Kind, request.Id)!, new ResizeParameters(request.Id, to), ct)).Refusal;
    }

    /// <inheritdoc/>
    public override async Task LetGoAsync(PortalDbContext db, Request request, string reason, DateTimeOffset now, CancellationToken ct)
    {
        var holder = await db.Machines.Where(m => m.Id == request.MachineId).Select(m => m.CreatedBy).SingleAsync(ct);
        await QuotaBooks.ReleaseReservedAsync(db, request.ProjectId, holder, request.Holds, ct);
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Refusal>> ProblemsAsync(PortalDbContext db, Request request, CancellationToken ct)
    {
        var machine = await db.Machines.AsNoTracking().SingleAsync(m => m.Id == request.MachineId, ct);
        var to = ((ResizeTerms)request.Terms).To;
        var more = QuotaAmounts.OfResize(machine.Size, to).Growth().Beyond(request.Holds);
        var over = QuotaRules.Judge(await QuotaBooks.SheetAsync(db, machine.ProjectId, machine.CreatedBy, ct), more) is [var first, ..] ? first : null;
        Refusal?[] problems = [over, await Ledger.BusyAsync(db, machine.Id, ct), ResizeRules.State(machine.Name, machine.State), await RoomAsync(db, machine, to, await HostRooms.ReadAsync(db, ct), ct)];
        return [.. problems.OfType<Refusal>()];
    }

    /// <summary>Why the machine's host cannot carry the larger machine; null when it can.</summary>
    static async Task<Refusal?> RoomAsync(PortalDbContext db, Machine machine, MachineSize to, IReadOnlyList<HostRoom> rooms, CancellationToken ct)
    {
        if (await db.Placements.AsNoTracking().SingleOrDefaultAsync(p => p.MachineId == machine.Id && p.Purpose == PlacementPurpose.Home, ct) is not { } home)
            return null;
        var room = rooms.Single(r => r.Id == home.HostId);
        var most = Machine.Larger(machine.Size, to);
        var more = new MachineSize(Math.Max(0, most.Vcpus - home.Vcpus), Math.Max(0, most.MemoryMib - home.MemoryMib), 0);
        if (more is { Vcpus: 0, MemoryMib: 0 })
            return null;
        // What does not grow needs no room, even on a host that has less than none.
        var without = room with { VcpusTaken = more.Vcpus == 0 ? 0 : room.VcpusTaken, MemoryTakenMib = more.MemoryMib == 0 ? 0 : room.MemoryTakenMib };
        return Placing.Misfit(without, more) is { } misfit ? new NoRoomToGrow(machine.Name, misfit) : null;
    }
}
