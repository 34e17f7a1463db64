using Microsoft.EntityFrameworkCore;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;

namespace Portal.Domain.Evacuations;

/// <summary>
/// How an evacuation stands when a driver looks: its machines' turns, what the books say of each machine, and how the operations ended that moved
/// them. Settles what is over. Nothing is remembered between two looks, so whoever looks next comes to the same.
/// </summary>
sealed class EvacuationTurn
{
    /// <summary>How many hosts a machine's move may fail to before it is left where it is.</summary>
    public const int MostFailures = 2;

    readonly PortalDbContext db;
    readonly DateTimeOffset now;
    Dictionary<Guid, EvacuationCandidate> toGo = [];
    Dictionary<Guid, (MachineState State, Guid? HostId)> machines = [];

    EvacuationTurn(PortalDbContext db, Evacuation evacuation, EvacuationSurvey survey, List<EvacuationItem> items, DateTimeOffset now) =>
        (this.db, Evacuation, Survey, Items, this.now) = (db, evacuation, survey, items, now);

    public Evacuation Evacuation { get; }

    public EvacuationSurvey Survey { get; }

    /// <summary>In the order of their turns.</summary>
    public List<EvacuationItem> Items { get; }

    public IEnumerable<EvacuationItem> Waiting => Items.Where(i => i.State == EvacuationItemState.Waiting);

    public IEnumerable<EvacuationItem> Moving => Items.Where(i => i.State == EvacuationItemState.Moving);

    /// <summary>What the books say of a machine that has still to go.</summary>
    public EvacuationCandidate MachineOf(EvacuationItem item) => toGo[item.MachineId];

    /// <summary>Looks, and settles what is over.</summary>
    public static async Task<EvacuationTurn> LookAsync(PortalDbContext db, Evacuation evacuation, Host? host, DateTimeOffset now, CancellationToken ct)
    {
        var items = await db.EvacuationItems.Where(i => i.EvacuationId == evacuation.Id).OrderBy(i => i.Ordinal).ToListAsync(ct);
        var ids = items.ConvertAll(i => i.MachineId);
        // Operations before machines: one that ends in between is looked at next time, and no machine is taken for one that somebody else moved.
        var moves = await MovesAsync(db, evacuation, items, ct);
        var survey = evacuation.Kind switch
        {
            EvacuationKind.Empty => await EvacuationSurvey.ToEmptyAsync(db, host!, evacuation.Terms.Mode, ct),
            EvacuationKind.BringBack => await EvacuationSurvey.ToBringBackAsync(db, host!, evacuation.Terms.Mode, ids, ct),
            EvacuationKind.Relocate => await EvacuationSurvey.ToRelocateAsync(db, host, evacuation.Terms,
                db.Machines.Where(m => m.State != MachineState.Deleted && db.EvacuationItems.Any(i => i.EvacuationId == evacuation.Id && i.MachineId == m.Id && i.SourceHostId == m.HostId)), ct),
        };
        var turn = new EvacuationTurn(db, evacuation, survey, items, now)
        {
            toGo = survey.Machines.ToDictionary(m => m.Id),
            machines = await db.Machines.AsNoTracking().Where(m => ids.Contains(m.Id)).ToDictionaryAsync(m => m.Id, m => (m.State, m.HostId), ct),
        };
        turn.Settle(moves);
        if (evacuation.Kind == EvacuationKind.Empty)
            turn.TakeInNewcomers();
        return turn;
    }

    /// <summary>Leaves those where they are whose turn has not come when the window closes.</summary>
    public void CloseWindow()
    {
        if (Evacuation.Until is not { } until || now < until)
            return;
        foreach (var item in Waiting.ToList())
            Stay(item, $"The window closed at {until.UtcDateTime:HH:mm} UTC before its turn.{(item.Detail is { } waited ? $" {waited}" : "")}");
    }

    /// <summary>Leaves a machine where it is.</summary>
    public void Stay(EvacuationItem item, string why) => item.End(EvacuationItemState.Stayed, why, now);

    void Settle(IReadOnlyList<OrderedTurn> moves)
    {
        foreach (var item in Waiting.ToList())
        {
            // Ordered by a process that died before it could write that down.
            if (moves.FirstOrDefault(m => m.Operation.IdempotencyKey == item.NextKey) is { } ordered)
                item.Move(ordered.Operation.Id, ordered.To, Survey.NameOf(ordered.To));
        }
        foreach (var item in Moving.ToList())
        {
            var ordered = moves.Single(m => m.Operation.Id == item.OperationId);
            if (ordered is { Operation.IsActive: false })
                SettleMove(item, ordered);
        }
        foreach (var item in Items.Where(i => i.State != EvacuationItemState.Moving))
            SettlePlace(item);
    }

    void SettleMove(EvacuationItem item, OrderedTurn ordered)
    {
        switch (ordered.Ended)
        {
            case MigrationStatus.Moved:
                item.Arrived(ordered.To, Survey.NameOf(ordered.To), ordered.Move is { Measured.GuestAnswers: false } silent ? silent.Message : null, now);
                break;
            case MigrationStatus.Cancelled:
                Stay(item, Evacuation.Status == EvacuationStatus.Cancelling ? "Its move was stopped with the evacuation." : "Somebody cancelled its move, so it is left where it is.");
                break;
            case MigrationStatus.Stayed when item.Tried.Length + 1 < MostFailures && Evacuation.Status != EvacuationStatus.Cancelling:
                item.Retry($"To {Survey.NameOf(ordered.To)} it did not move: {ordered.Why}");
                break;
            default:
                Stay(item, ordered.Why);
                break;
        }
    }

    /// <summary>What is so however it came about: a machine that somebody else moved, that was deleted, or that came back.</summary>
    void SettlePlace(EvacuationItem item)
    {
        var (state, hostId) = machines[item.MachineId];
        if (state == MachineState.Deleted && item.State is EvacuationItemState.Waiting or EvacuationItemState.Stayed)
            item.End(EvacuationItemState.Gone, "It was deleted.", now);
        else if (state != MachineState.Deleted && !toGo.ContainsKey(item.MachineId) && item.State is EvacuationItemState.Waiting or EvacuationItemState.Stayed && hostId is { } at)
            item.Arrived(at, Survey.NameOf(at), $"It is on {Survey.NameOf(at)} already.", now);
        else if (!toGo.ContainsKey(item.MachineId) && item.State == EvacuationItemState.Waiting)
            item.End(EvacuationItemState.Gone, "It is on no host any more.", now);
        else if (Evacuation.Kind == EvacuationKind.Empty && toGo.ContainsKey(item.MachineId) && hostId == Evacuation.HostId && item.State is EvacuationItemState.Moved)
            item.Reopen();
    }

    void TakeInNewcomers()
    {
        foreach (var machine in toGo.Values.Where(m => !machines.ContainsKey(m.Id)).OrderBy(m => m.Size.MemoryMib).ThenBy(m => m.Name, StringComparer.Ordinal))
        {
            var item = EvacuationItem.Newcomer(Evacuation.Id, machine, Items.Count == 0 ? 0 : Items.Max(i => i.Ordinal) + 1);
            db.EvacuationItems.Add(item);
            Items.Add(item);
        }
    }

    static async Task<IReadOnlyList<OrderedTurn>> MovesAsync(PortalDbContext db, Evacuation evacuation, List<EvacuationItem> items, CancellationToken ct)
    {
        var operations = items.Where(i => i.State == EvacuationItemState.Moving).Select(i => i.OperationId).OfType<Guid>().ToList();
        var keys = items.Where(i => i.State == EvacuationItemState.Waiting).Select(i => i.NextKey).ToList();
        var ordered = await db.Operations.AsNoTracking().Where(o => operations.Contains(o.Id) || (o.RequestedBy == evacuation.RunBy && keys.Contains(o.IdempotencyKey))).ToListAsync(ct);
        var ids = ordered.ConvertAll(o => o.Id);
        var moves = await db.Migrations.AsNoTracking().Where(m => ids.Contains(m.OperationId)).ToDictionaryAsync(m => m.OperationId, ct);
        return ordered.ConvertAll(o => new OrderedTurn(o, moves.GetValueOrDefault(o.Id)));
    }
}
