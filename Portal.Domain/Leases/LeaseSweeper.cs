using Microsoft.EntityFrameworkCore;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Notices;
using Portal.Domain.Operations;
using Portal.Domain.Projects;

namespace Portal.Domain.Leases;

/// <summary>What a sweep did.</summary>
/// <param name="Warned">Machines whose people were warned.</param>
/// <param name="Ended">Leases that came to their end.</param>
/// <param name="Switched">Orders to go off.</param>
/// <param name="Kept">Machines whose days of grace began.</param>
/// <param name="Deleted">Orders to delete.</param>
public sealed record LeaseSweep(int Warned, int Ended, int Switched, int Kept, int Deleted)
{
    /// <summary>Whether nothing was due.</summary>
    public bool IsNothing => Warned + Ended + Switched + Kept + Deleted == 0;
}

/// <summary>
/// Carries leases on: what is due is taken in batches, each in one transaction with its notices, audit and operations. Machines another
/// sweep holds are passed over, so that several processes share the work and none does a step twice.
/// </summary>
public sealed class LeaseSweeper(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>Machines in one transaction.</summary>
    public const int Batch = 250;

    // A flood of single notices would make every open page read each machine; past this "everything" is kinder.
    const int MostNotices = 50;

    /// <summary>Does everything that is due, and returns when nothing is left.</summary>
    /// <param name="now">The moment it is.</param>
    /// <param name="ct">Gives up between batches; what was committed stays.</param>
    /// <exception cref="AggregateException">Leases that could not be carried on; all others were.</exception>
    public async Task<LeaseSweep> SweepAsync(DateTimeOffset now, CancellationToken ct)
    {
        var (tally, faults) = (new Tally(), new SweepFaults("leases", ct));
        await faults.InBatchesAsync(Batch, (limit, passed, taken) => SweepBatchAsync(tally, now, limit, passed, taken, ct));
        faults.Tell();
        return tally.ToSweep();
    }

    async Task SweepBatchAsync(Tally tally, DateTimeOffset now, int limit, Guid[] passed, List<Guid> taken, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var machines = await db.Machines.FromSql($"select * from machines where lease_due_at <= {now} and not (id = any({passed})) order by lease_due_at limit {limit} for no key update skip locked").ToListAsync(ct);
        if (machines.Count == 0)
            return;
        var ids = machines.ConvertAll(m => m.Id);
        taken.AddRange(ids);
        // Whoever writes an operation takes the machine's row first, and this sweep holds it: who is busy now stays busy, who is not stays free.
        var busy = (await db.Operations.Where(o => ids.Contains(o.MachineId) && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running)).Select(o => o.MachineId).ToListAsync(ct)).ToHashSet();
        var projects = machines.Select(m => m.ProjectId).Distinct().ToList();
        var terms = await LeaseBook.TermsAsync(db, projects, ct);
        // Owners are told, and who asked for the machine while still in the project.
        var asked = machines.Select(m => m.CreatedBy).Distinct().ToList();
        var people = (await db.ProjectMembers.Where(m => projects.Contains(m.ProjectId) && (m.Role == ProjectRole.Owner || asked.Contains(m.UserId)))
            .Select(m => new { m.ProjectId, m.UserId, m.Role }).ToListAsync(ct)).ToLookup(m => m.ProjectId);

        var batch = new Tally();
        var changed = new List<Machine>();
        var told = new List<(Notice Notice, IReadOnlyCollection<Guid> People)>();
        foreach (var machine in machines)
        {
            var notices = new List<Notice>();
            if (new LeaseWork(db, machine, notices, now).CarryOn(terms[machine.ProjectId], busy.Contains(machine.Id), batch))
                changed.Add(machine);
            IReadOnlyCollection<Guid> whom = [.. people[machine.ProjectId].Where(m => m.Role == ProjectRole.Owner || m.UserId == machine.CreatedBy).Select(m => m.UserId)];
            told.AddRange(notices.Select(notice => (notice, whom)));
        }

        await db.SaveChangesAsync(ct);
        await NoticeBoard.TellAllAsync(db, told, now, ct);
        await TellAsync(db, changed, batch.Orders, ct);
        await transaction.CommitAsync(ct);
        tally.Add(batch);
    }

    static async Task TellAsync(PortalDbContext db, List<Machine> changed, bool orders, CancellationToken ct)
    {
        if (changed.Count > MostNotices)
            await ChangeNotice.NotifyAsync(db, ChangeKind.Everything, Guid.Empty, null, ct);
        else
        {
            foreach (var machine in changed)
                await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, machine.Id, machine.ProjectId, ct);
        }

        if (orders)
            await ChangeNotice.WakeWorkersAsync(db, ct);
    }

    /// <summary>Counts what a sweep does.</summary>
    internal sealed class Tally
    {
        public int Warned { get; set; }

        public int Ended { get; set; }

        public int Switched { get; set; }

        public int Kept { get; set; }

        public int Deleted { get; set; }

        public bool Orders => Switched + Deleted > 0;

        public void Add(Tally other)
        {
            Warned += other.Warned;
            Ended += other.Ended;
            Switched += other.Switched;
            Kept += other.Kept;
            Deleted += other.Deleted;
        }

        public LeaseSweep ToSweep() => new(Warned, Ended, Switched, Kept, Deleted);
    }
}
