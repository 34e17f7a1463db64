using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Changes;

namespace Portal.Domain.Operations;

/// <summary>
/// A worker's hold on an operation. Every write is conditional on the fence it was claimed with: when another worker has taken over,
/// nothing is written and <see cref="LeaseLostException"/> says so.
/// </summary>
public sealed class Claim
{
    readonly IDbContextFactory<PortalDbContext> contexts;
    readonly TimeSpan lease;

    internal Claim(IDbContextFactory<PortalDbContext> contexts, Operation operation, string worker, TimeSpan lease)
    {
        (this.contexts, this.lease, Worker) = (contexts, lease, worker);
        (OperationId, MachineId, ProjectId, Kind, Title) = (operation.Id, operation.MachineId, operation.ProjectId, operation.Kind, operation.Title);
        (Fence, Attempts, Cursor, Parameters) = (operation.Fence, operation.Attempts, operation.Cursor, operation.Parameters);
        CancelRequested = operation.CancelRequestedAt is not null;
        By = new Actor(operation.RequestedBy, operation.RequestedByName);
    }

    /// <summary>The operation.</summary>
    public Guid OperationId { get; }

    /// <summary>The machine it is about.</summary>
    public Guid MachineId { get; }

    /// <summary>The machine's project.</summary>
    public Guid ProjectId { get; }

    /// <summary>What it does.</summary>
    public OperationKind Kind { get; }

    /// <summary>What it is called on screen.</summary>
    public string Title { get; }

    /// <summary>Who asked for it; for the audit trail, not for rights.</summary>
    public Actor By { get; }

    /// <summary>The worker that holds it.</summary>
    public string Worker { get; }

    /// <summary>The number every write is conditional on.</summary>
    public long Fence { get; }

    /// <summary>How often it was claimed, this time included: past 1, look at the hypervisor's truth first.</summary>
    public int Attempts { get; }

    /// <summary>Ordinal of the step to begin with; steps before it are done for good.</summary>
    public int Cursor { get; private set; }

    /// <summary>What the runner needs to know, JSON.</summary>
    public string Parameters { get; }

    /// <summary>How this hold ended it; null until that is committed.</summary>
    public OperationStatus? Ended { get; private set; }

    /// <summary>Whether somebody had asked to cancel it when it was claimed or last renewed.</summary>
    public bool CancelRequested { get; private set; }

    /// <summary>The parameters as an object.</summary>
    public T Read<T>() where T : class => JsonSerializer.Deserialize<T>(Parameters, Json.Options) ?? throw new JsonException($"Operation {OperationId} has no parameters.");

    /// <summary>Holds on for another lease. Returns whether somebody asked to cancel.</summary>
    public async Task<bool> RenewAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var asked = await db.Database.SqlQuery<bool>($"""
            update operations set lease_until = clock_timestamp() + {lease}
            where id = {OperationId} and fence = {Fence} and worker = {Worker} and status = 'Running'
            returning cancel_requested_at is not null as "Value"
            """).ToListAsync(ct);
        return CancelRequested = asked is [var flag] ? flag : throw new LeaseLostException(OperationId, Fence);
    }

    /// <summary>Tells that a step begins; a step begun before begins again.</summary>
    public Task BeginStepAsync(int ordinal, string name, CancellationToken ct) => WriteAsync(db => db.Database.ExecuteSqlAsync($"""
        with held as (update operations set step_name = {name}
            where id = {OperationId} and fence = {Fence} and worker = {Worker} and status = 'Running' returning id)
        insert into operation_steps (operation_id, ordinal, name, state, started_at)
        select id, {ordinal}, {name}, 'Running', clock_timestamp() from held
        on conflict (operation_id, ordinal) do update set name = excluded.name, state = 'Running', detail = null, started_at = excluded.started_at, ended_at = null
        """, ct), ct);

    /// <summary>Tells how a step ended. A step that is done moves the cursor past it.</summary>
    public async Task EndStepAsync(int ordinal, StepState state, string? detail, CancellationToken ct)
    {
        var cursor = state == StepState.Done ? Math.Max(Cursor, ordinal + 1) : Cursor;
        await WriteAsync(db => db.Database.ExecuteSqlAsync($"""
            with held as (update operations set step_name = null, cursor = {cursor}
                where id = {OperationId} and fence = {Fence} and worker = {Worker} and status = 'Running' returning id)
            update operation_steps set state = {state.ToString()}, detail = {detail}, ended_at = clock_timestamp()
            from held where operation_id = held.id and ordinal = {ordinal}
            """, ct), ct);
        Cursor = cursor;
    }

    /// <summary>Tells how far it is.</summary>
    /// <param name="percent">0–100; held to that range.</param>
    /// <param name="eta">How long it still takes, as far as known.</param>
    /// <param name="ct">Gives up.</param>
    public Task ProgressAsync(double percent, Eta? eta, CancellationToken ct)
    {
        var (least, most) = (eta?.LeastSeconds, eta?.MostSeconds);
        var held = double.IsFinite(percent) ? Math.Clamp(percent, 0, 100) : 0;
        return WriteAsync(db => db.Database.ExecuteSqlAsync($"""
            update operations set percent = {held}, eta_seconds = {most}, eta_least_seconds = {least}
            where id = {OperationId} and fence = {Fence} and worker = {Worker} and status = 'Running'
            """, ct), ct);
    }

    /// <summary>Gives it back unfinished, because this process stops: another worker takes it at once, from the cursor.</summary>
    public Task HandBackAsync(CancellationToken ct) => WriteAsync(async db =>
    {
        var rows = await db.Database.ExecuteSqlAsync($"""
            update operations set status = 'Queued', worker = null, lease_until = null
            where id = {OperationId} and fence = {Fence} and worker = {Worker} and status = 'Running'
            """, ct);
        await ChangeNotice.WakeWorkersAsync(db, ct);
        return rows;
    }, ct);

    /// <summary>
    /// Ends it without touching anything else. Not for runners: an operation ends with the machine's books, through <c>MachineBooks</c>,
    /// <c>MigrationBooks</c> or <c>LastResort</c>, or the machine would be left half-way for ever.
    /// </summary>
    internal Task SucceedAsync(CancellationToken ct) => EndAsync(OperationStatus.Succeeded, null, ct);

    /// <inheritdoc cref="SucceedAsync"/>
    /// <param name="error">What went wrong, what it did to the machine, and what to do now.</param>
    /// <param name="ct">Gives up.</param>
    internal Task FailAsync(string error, CancellationToken ct) => EndAsync(OperationStatus.Failed, error, ct);

    /// <inheritdoc cref="SucceedAsync"/>
    internal Task CancelledAsync(CancellationToken ct) => EndAsync(OperationStatus.Cancelled, null, ct);

    /// <summary>Takes the operation's row in a caller's transaction, so that nobody can take over before that commits.</summary>
    internal async Task HoldAsync(PortalDbContext db, CancellationToken ct)
    {
        var held = await db.Database.SqlQuery<Guid>($"""
            select id as "Value" from operations where id = {OperationId} and fence = {Fence} and worker = {Worker} and status = 'Running' for update
            """).ToListAsync(ct);
        if (held.Count == 0)
            throw new LeaseLostException(OperationId, Fence);
    }

    /// <summary>Ends the operation in a caller's transaction, who says by <see cref="Committed"/> that it held.</summary>
    internal async Task EndAsync(PortalDbContext db, OperationStatus status, string? error, CancellationToken ct)
    {
        if (await EndRowAsync(db, status, error, ct) == 0)
            throw new LeaseLostException(OperationId, Fence);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Operation, OperationId, ProjectId, ct);
    }

    /// <summary>The transaction that ended the operation is committed: until then it may come to nothing.</summary>
    internal void Committed(OperationStatus status) => Ended = status;

    async Task EndAsync(OperationStatus status, string? error, CancellationToken ct)
    {
        await WriteAsync(db => EndRowAsync(db, status, error, ct), ct);
        Committed(status);
    }

    async Task<int> EndRowAsync(PortalDbContext db, OperationStatus status, string? error, CancellationToken ct)
    {
        var percent = status == OperationStatus.Succeeded ? 100d : (double?)null;
        var rows = await db.Database.ExecuteSqlAsync($"""
            update operations set status = {status.ToString()}, error = {error}, step_name = null, eta_seconds = null, eta_least_seconds = null, percent = coalesce({percent}, percent),
                worker = null, lease_until = null, ended_at = clock_timestamp()
            where id = {OperationId} and fence = {Fence} and worker = {Worker} and status = 'Running'
            """, ct);
        // A step left running by an operation that ended would look as if it ran for ever.
        var left = status == OperationStatus.Succeeded ? StepState.Done : StepState.Failed;
        if (rows > 0)
            await db.Database.ExecuteSqlAsync($"update operation_steps set state = {left.ToString()}, ended_at = clock_timestamp() where operation_id = {OperationId} and state = 'Running'", ct);
        return rows;
    }

    async Task WriteAsync(Func<PortalDbContext, Task<int>> write, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await write(db) == 0)
            throw new LeaseLostException(OperationId, Fence);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Operation, OperationId, ProjectId, ct);
        await transaction.CommitAsync(ct);
    }
}
