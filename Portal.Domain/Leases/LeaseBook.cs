using Microsoft.EntityFrameworkCore;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Operations;

namespace Portal.Domain.Leases;

/// <summary>The lease terms in force and what a lease ordered, in the caller's transaction.</summary>
static class LeaseBook
{
    /// <summary>What the key of every operation begins with that a lease orders.</summary>
    public const string OrderKey = "lease-";

    /// <summary>A project's terms: its own, or the platform's, or the built-in ones.</summary>
    public static async Task<LeaseTerms> TermsAsync(PortalDbContext db, Guid projectId, CancellationToken ct) =>
        await db.ProjectLeases.IgnoreQueryFilters().Where(l => l.ProjectId == projectId).Select(l => l.Terms).SingleOrDefaultAsync(ct) ?? await PlatformAsync(db, ct);

    /// <summary>The platform's terms, or the built-in ones.</summary>
    public static async Task<LeaseTerms> PlatformAsync(PortalDbContext db, CancellationToken ct) =>
        await db.LeaseSettings.Select(s => s.Terms).SingleOrDefaultAsync(ct) ?? LeaseTerms.BuiltIn;

    /// <summary>The terms of several projects.</summary>
    public static async Task<IReadOnlyDictionary<Guid, LeaseTerms>> TermsAsync(PortalDbContext db, IReadOnlyCollection<Guid> projects, CancellationToken ct)
    {
        var platform = await PlatformAsync(db, ct);
        var own = await db.ProjectLeases.IgnoreQueryFilters().AsNoTracking().Where(l => projects.Contains(l.ProjectId)).ToDictionaryAsync(l => l.ProjectId, l => l.Terms, ct);
        return projects.ToDictionary(id => id, id => own.GetValueOrDefault(id, platform));
    }

    /// <summary>The lease goes on after all: an order to go off that it gave, and that is not carried out yet, is called off. The caller holds the machine.</summary>
    public static async Task CallOffAsync(PortalDbContext db, Machine machine, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var order in await OrdersToGoOff(db, machine.Id).Where(o => o.CancelRequestedAt == null).Select(o => o.Id).ToListAsync(ct))
        {
            await db.Operations.Where(o => o.Id == order).ExecuteUpdateAsync(set => set.SetProperty(o => o.CancelRequestedAt, now), ct);
            await ChangeNotice.NotifyAsync(db, ChangeKind.Operation, order, machine.ProjectId, ct);
            await ChangeNotice.WakeWorkersAsync(db, ct);
        }
    }

    /// <summary>Whether a worker has an order of the lease to go off in hand: the guest may have heard of it, and then goes off even when the order is called off.</summary>
    public static Task<bool> IsGoingDownAsync(PortalDbContext db, Guid machineId, CancellationToken ct) => OrdersToGoOff(db, machineId).AnyAsync(o => o.Status == OperationStatus.Running, ct);

    static IQueryable<Operation> OrdersToGoOff(PortalDbContext db, Guid machineId) => db.Operations.Where(o => o.MachineId == machineId && o.Kind == OperationKind.Power
        && o.RequestedBy == Guid.Empty && o.IdempotencyKey.StartsWith(OrderKey) && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running));

    /// <summary>
    /// The end a lease would have after so many days more, counted from its end, or from now when that is past.
    /// </summary>
    /// <returns>The end, or <see cref="LeaseTooLong"/>, <see cref="LeaseTotalReached"/> or <see cref="NoLeaseToExtend"/>.</returns>
    public static Result<DateTimeOffset> NewEnd(Machine machine, LeaseTerms terms, int days, DateTimeOffset now)
    {
        if (machine is not { LeaseEndsAt: { } end, LeaseStartedAt: { } start })
            return new NoLeaseToExtend(machine.Name, "it has none, and is kept for ever.");
        if (machine.LeaseStage == LeaseStage.Over || machine.State is MachineState.Deleting or MachineState.Deleted)
            return new NoLeaseToExtend(machine.Name, "its days of grace are over and it is being deleted.");
        if (terms.RefuseMore(days) is { } refusal)
            return refusal;
        var to = (end > now ? end : now).AddDays(days);
        return terms.LatestEnd(start) is { } latest && to > latest ? new LeaseTotalReached(machine.Name, terms.TotalDays!.Value, latest) : to;
    }
}
