using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Snapshots;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Snapshots;

/// <summary>What tests of snapshots order and look at.</summary>
public abstract class SnapshotTest(PostgresCluster cluster) : FreshDatabase(cluster)
{
    protected SnapshotService Snapshots => Get<SnapshotService>();

    protected SnapshotBooks SnapshotBooks => Get<SnapshotBooks>();

    protected static string NewKey() => Guid.NewGuid().ToString();

    protected Task<Result<SnapshotOrder>> TakeAsync(Actor by, Machine machine, string name = "before", string? note = null) => Snapshots.TakeAsync(by, machine.Id, name, note, NewKey(), Ct);

    /// <summary>A snapshot that was taken.</summary>
    protected async Task<SnapshotRow> TakenAsync(World world, Machine machine, string name = "before", Actor? by = null)
    {
        var order = (await TakeAsync(by ?? world.Member, machine, name)).Value;
        await SnapshotBooks.TakenAsync(await ClaimAsync(), 4096, Ct);
        return order.Snapshot;
    }

    protected async Task<Snapshot> SnapshotAsync(Guid id)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Snapshots.AsNoTracking().SingleAsync(s => s.Id == id, Ct);
    }

    /// <summary>How many snapshots the project uses, and how many are held for ones being taken.</summary>
    protected async Task<(long Used, long Reserved)> HeldAsync(World world)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var line = (await QuotaBooks.ReadAsync(db, world.Project.Id, Ct)).Single(l => l.Resource == QuotaResource.Snapshots);
        return (line.Used, line.Reserved);
    }

    protected async Task<IReadOnlyList<string>> TrailAsync(Guid subject)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.AuditEvents.Where(e => e.SubjectId == subject).OrderBy(e => e.Id).Select(e => e.Action).ToListAsync(Ct);
    }
}
