using Microsoft.EntityFrameworkCore;
using Portal.Domain.Changes;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Operations;

namespace Portal.Domain.Migrations;

/// <summary>Keeps a move's row while a runner carries it out, and closes the books when it ends; every write conditional on the claim's fence.</summary>
public sealed class MigrationBooks(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>What the runner needs to know.</summary>
    public async Task<MigrationTask> ReadAsync(Claim claim, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var row = await db.Migrations.AsNoTracking().Where(m => m.OperationId == claim.OperationId).Select(MigrationRow.From(db)).SingleAsync(ct);
        var found = await db.Machines.AsNoTracking().Where(m => m.Id == row.MachineId).Select(m => new
        {
            Machine = m,
            Image = db.Images.First(i => i.Id == m.ImageId),
            Network = db.Networks.First(n => n.Id == m.NetworkId),
            Home = db.Hosts.FirstOrDefault(h => h.Id == m.HostId),
            Source = db.Hosts.First(h => h.Id == row.SourceHostId),
            Destination = db.Hosts.First(h => h.Id == row.DestinationHostId),
        }).SingleAsync(ct);
        return new MigrationTask(row, new Blueprint(found.Machine, found.Image, found.Network, found.Home), found.Source, found.Destination);
    }

    /// <summary>The move's time axis begins: <paramref name="zero"/> is its 0 s. A move taken over keeps the first one.</summary>
    public Task BeginAsync(Claim claim, DateTimeOffset zero, CancellationToken ct) => ChangeAsync(claim, migration => migration.Begin(zero), ct);

    /// <summary>What the page shows beside the chart: at each begin and end of a phase, each decision, the prediction.</summary>
    /// <param name="claim">The worker's hold.</param>
    /// <param name="phase">The running phase; null between phases.</param>
    /// <param name="phases">All phases so far.</param>
    /// <param name="decisions">All decisions so far.</param>
    /// <param name="predicted">What is foretold; null leaves what was foretold before.</param>
    /// <param name="ct">Gives up.</param>
    public Task ObserveAsync(Claim claim, string? phase, IReadOnlyList<PhaseTime> phases, IReadOnlyList<Decision> decisions, Prediction? predicted, CancellationToken ct) =>
        ChangeAsync(claim, migration => migration.Observe(phase, phases, decisions, predicted), ct);

    /// <summary>Appends about a second of frames and answers its ordinal. The last one comes before the books are closed.</summary>
    public async Task<int> AppendChunkAsync(Claim claim, Guid migrationId, byte[] payload, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var written = await db.Database.SqlQuery<int>($"""
            insert into migration_chunks (migration_id, ordinal, payload)
            select m.id, (select coalesce(max(c.ordinal) + 1, 0) from migration_chunks c where c.migration_id = m.id), {payload}
            from migrations m join operations o on o.id = m.operation_id
            where m.id = {migrationId} and o.id = {claim.OperationId} and o.fence = {claim.Fence} and o.worker = {claim.Worker} and o.status = 'Running'
            returning ordinal as "Value"
            """).ToListAsync(ct);
        if (written is not [var ordinal])
            throw new LeaseLostException(claim.OperationId, claim.Fence);
        // Readers at other replicas have the chunks only.
        await ChangeNotice.NotifyAsync(db, ChangeKind.Migration, migrationId, claim.ProjectId, ct);
        await transaction.CommitAsync(ct);
        return ordinal;
    }

    /// <summary>The machine is at the destination: that is its home now, the source's room is free, the receipt is final.</summary>
    /// <param name="claim">The worker's hold.</param>
    /// <param name="message">What happened; says so too when the guest does not answer.</param>
    /// <param name="measured">What it cost; null when nothing could be measured, as after a crash.</param>
    /// <param name="state">The machine's state as the destination says now.</param>
    /// <param name="ct">Gives up.</param>
    public async Task MovedAsync(Claim claim, string message, Measurement? measured, MachineState state, CancellationToken ct)
    {
        await using var work = await BookEntry.OpenAsync(contexts, claim, time.GetUtcNow(), ct);
        var migration = await work.Db.Migrations.SingleAsync(m => m.OperationId == claim.OperationId, ct);
        var placements = await work.Db.Placements.Where(p => p.MachineId == claim.MachineId).ToListAsync(ct);
        work.Db.Placements.RemoveRange(placements.Where(p => p.HostId != migration.DestinationHostId));
        placements.Single(p => p.HostId == migration.DestinationHostId).Arrive();
        work.Machine.LiveOn(migration.DestinationHostId);
        work.Machine.Become(state, null, work.Now);
        migration.End(MigrationStatus.Moved, message, measured, work.Now);
        work.Audit("machine.moved", new { migration = migration.Id, from = migration.SourceName, to = migration.DestinationName, blackoutMs = measured?.BlackoutMs });
        await NotifyAsync(work.Db, migration, ct);
        await work.EndAsync(OperationStatus.Succeeded, null, ct);
    }

    /// <summary>The machine did not move: the room at the destination is free again, the receipt is final.</summary>
    /// <param name="claim">The worker's hold.</param>
    /// <param name="status">Stayed, Cancelled, or Lost when it is not known to run anywhere; then the machine's state is unknown until a host says otherwise.</param>
    /// <param name="message">What happened, what it did to the machine, and what to do now.</param>
    /// <param name="measured">What was measured; null when nothing was.</param>
    /// <param name="state">The machine's state as the source says now; null leaves it as it was.</param>
    /// <param name="ct">Gives up.</param>
    public async Task StayedAsync(Claim claim, MigrationStatus status, string message, Measurement? measured, MachineState? state, CancellationToken ct)
    {
        var ended = status switch
        {
            MigrationStatus.Stayed or MigrationStatus.Lost => OperationStatus.Failed,
            MigrationStatus.Cancelled => OperationStatus.Cancelled,
            MigrationStatus.Queued or MigrationStatus.Running or MigrationStatus.Moved => throw new ArgumentOutOfRangeException(nameof(status), status, "Not an end at the source."),
        };
        await using var work = await BookEntry.OpenAsync(contexts, claim, time.GetUtcNow(), ct);
        var migration = await work.Db.Migrations.SingleAsync(m => m.OperationId == claim.OperationId, ct);
        work.Db.Placements.RemoveRange(await work.Db.Placements.Where(p => p.MachineId == claim.MachineId && p.Purpose == PlacementPurpose.Incoming).ToListAsync(ct));
        if (status == MigrationStatus.Lost)
            work.Machine.Become(MachineState.Unknown, message, work.Now);
        else if (state is { } seen)
            work.Machine.Become(seen, null, work.Now);
        migration.End(status, message, measured, work.Now);
        work.Audit("machine.stayed", new { migration = migration.Id, status, message });
        await NotifyAsync(work.Db, migration, ct);
        await work.EndAsync(ended, message, ct);
    }

    async Task ChangeAsync(Claim claim, Action<Migration> change, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await claim.HoldAsync(db, ct);
        var migration = await db.Migrations.SingleAsync(m => m.OperationId == claim.OperationId, ct);
        change(migration);
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Migration, migration.Id, migration.ProjectId, ct);
        await transaction.CommitAsync(ct);
    }

    static async Task NotifyAsync(PortalDbContext db, Migration migration, CancellationToken ct)
    {
        await ChangeNotice.NotifyAsync(db, ChangeKind.Migration, migration.Id, migration.ProjectId, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, migration.SourceHostId, null, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Host, migration.DestinationHostId, null, ct);
    }
}
