using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Changes;
using Portal.Domain.Machines;

namespace Portal.Domain.Operations;

/// <summary>Puts operations into the ledger and hands them to workers.</summary>
public sealed class Ledger(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>
    /// Writes an operation in the caller's transaction (there must be one) and saves what the caller changed so far. The same actor,
    /// key and call give the operation written before.
    /// </summary>
    /// <param name="db">The books, with the caller's transaction.</param>
    /// <param name="kind">What it does.</param>
    /// <param name="machine">The machine it is about.</param>
    /// <param name="title">What it is called on screen.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="key">The caller's key for this call, at most 100 characters.</param>
    /// <param name="parameters">What the runner needs to know; written as JSON.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The operation, <see cref="MachineBusy"/> or <see cref="KeyReused"/>; after a refusal the caller rolls back.</returns>
    public async Task<Result<Operation>> EnqueueAsync(PortalDbContext db, OperationKind kind, Machine machine, string title, Actor actor, string key, object? parameters, CancellationToken ct)
    {
        await LockMachineAsync(db, machine.Id, ct);
        var replay = await ReplayAsync(db, kind, machine.Id, actor, key, parameters, ct);
        if (!replay.IsOk)
            return replay.Refusal;
        if (replay.Value is { } before)
            return before;
        if (await BusyAsync(db, machine.Id, ct) is { } busy)
            return busy;

        var operation = Operation.Queue(kind, machine, title, actor, key, Write(parameters), time.GetUtcNow());
        db.Operations.Add(operation);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException clash) when (clash.InnerException is PostgresException { ConstraintName: "ix_operations_requested_by_idempotency_key" })
        {
            // The same key at the same moment for another machine. EF went back to its savepoint, so the transaction can go on.
            return new KeyReused(key);
        }
        await ChangeNotice.NotifyAsync(db, ChangeKind.Operation, operation.Id, machine.ProjectId, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, machine.Id, machine.ProjectId, ct);
        await ChangeNotice.WakeWorkersAsync(db, ct);
        return operation;
    }

    /// <summary>The operation this very call made before; null when the key is new; <see cref="KeyReused"/> when it was for something else.</summary>
    internal static async Task<Result<Operation?>> ReplayAsync(PortalDbContext db, OperationKind kind, Guid machineId, Actor actor, string key, object? parameters, CancellationToken ct)
    {
        var before = await db.Operations.AsNoTracking().SingleOrDefaultAsync(o => o.RequestedBy == actor.UserId && o.IdempotencyKey == key, ct);
        if (before is null)
            return default(Operation);
        return before.Kind == kind && before.MachineId == machineId && SameJson(before.Parameters, Write(parameters)) ? before : new KeyReused(key);
    }

    /// <summary>Why the machine can take no operation now, or null.</summary>
    internal static Task<MachineBusy?> BusyAsync(PortalDbContext db, Guid machineId, CancellationToken ct) => db.Operations
        .Where(o => o.MachineId == machineId && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running))
        .Select(o => new MachineBusy(o.Id, o.Title, o.RequestedByName)).SingleOrDefaultAsync(ct);

    /// <summary>
    /// Everything that decides about a machine takes its row first, so that two decisions never overlap. Rows are taken in one order, by
    /// everybody, so that nobody waits in a circle:
    /// <list type="number">
    /// <item>the project's row, by who changes the project or its people; a schedule and under it its runs, by who changes it or tries one;</item>
    /// <item>machines, several in the order of their identifiers, and under its machine's whatever hangs on it: operation, requests, snapshots,
    /// placements. What hangs on none, a request for higher limits, stands here alone;</item>
    /// <item>the rows of a project's quota, several projects in the order of their identifiers, and under them those of its people;</item>
    /// <item>an address and its network;</item>
    /// <item>hosts, all of them in the order of their identifiers.</item>
    /// </list>
    /// Who comes from the other side, as a sweep that finds a request does, takes the rest with <c>skip locked</c> and leaves what it does not get.
    /// </summary>
    internal static Task LockMachineAsync(PortalDbContext db, Guid machineId, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select 1 from machines where id = {machineId} for no key update", ct);

    /// <summary>Takes the machine's row if nobody has it; waits for nobody.</summary>
    internal static async Task<bool> TryLockMachineAsync(PortalDbContext db, Guid machineId, CancellationToken ct) =>
        await db.Database.SqlQuery<Guid>($"""select id as "Value" from machines where id = {machineId} for no key update skip locked""").ToListAsync(ct) is [_];

    /// <summary>
    /// Takes the oldest operation that is queued or whose worker let its lease run out; null when there is none. No two workers get
    /// the same one, and none waits for another.
    /// </summary>
    /// <param name="worker">The worker's name, different for every process and lane.</param>
    /// <param name="lease">How long it is held without <see cref="Claim.RenewAsync"/>, by the database's clock.</param>
    /// <param name="ct">Gives up.</param>
    public Task<Claim?> ClaimAsync(string worker, TimeSpan lease, CancellationToken ct) => ClaimAsync(worker, lease, [], ct);

    /// <inheritdoc cref="ClaimAsync(string, TimeSpan, CancellationToken)"/>
    /// <param name="worker">The worker's name, different for every process and lane.</param>
    /// <param name="lease">How long it is held, by the database's clock.</param>
    /// <param name="carried">
    /// Operations the caller's process is carrying out. Their leases run out when the database is away for long, and they are not lost
    /// for that: whoever carries one renews it as soon as the database is back.
    /// </param>
    /// <param name="ct">Gives up.</param>
    public async Task<Claim?> ClaimAsync(string worker, TimeSpan lease, Guid[] carried, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var rows = await db.Operations.FromSql($"""
            update operations set status = 'Running', worker = {worker}, lease_until = clock_timestamp() + {lease}, fence = fence + 1,
                attempts = attempts + 1, started_at = coalesce(started_at, clock_timestamp())
            where id = (select id from operations
                where status = 'Queued' or (status = 'Running' and lease_until < clock_timestamp() and id <> all({carried}))
                order by created_at, id limit 1 for update skip locked)
            returning *
            """).IgnoreQueryFilters().AsNoTracking().ToListAsync(ct);
        if (rows is not [var operation])
            return null;
        await ChangeNotice.NotifyAsync(db, ChangeKind.Operation, operation.Id, operation.ProjectId, ct);
        await transaction.CommitAsync(ct);
        return new Claim(contexts, operation, worker, lease);
    }

    internal static string Write(object? parameters) => parameters is null ? "{}" : JsonSerializer.Serialize(parameters, Json.Options);

    // jsonb keeps the meaning, not the text.
    static bool SameJson(string stored, string given)
    {
        using var a = JsonDocument.Parse(stored);
        using var b = JsonDocument.Parse(given);
        return JsonElement.DeepEquals(a.RootElement, b.RootElement);
    }
}
