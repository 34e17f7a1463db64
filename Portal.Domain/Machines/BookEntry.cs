using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Portal.Domain.Approvals;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Hosts;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Domain.Machines;

/// <summary>
/// One transaction over a machine's books by the worker that holds its operation. The machine's row comes first, then what hangs on it, as
/// <see cref="Ledger.LockMachineAsync"/> says. Without a commit nothing is written.
/// </summary>
sealed class BookEntry : IAsyncDisposable
{
    readonly Claim claim;
    readonly IDbContextTransaction transaction;

    BookEntry(Claim claim, PortalDbContext db, IDbContextTransaction transaction, Machine machine, DateTimeOffset now) =>
        (this.claim, Db, this.transaction, Machine, Now) = (claim, db, transaction, machine, now);

    public PortalDbContext Db { get; }

    public Machine Machine { get; }

    public DateTimeOffset Now { get; }

    public static async Task<BookEntry> OpenAsync(IDbContextFactory<PortalDbContext> contexts, Claim claim, DateTimeOffset now, CancellationToken ct)
    {
        var db = await contexts.CreateDbContextAsync(ct);
        try
        {
            var begun = await db.Database.BeginTransactionAsync(ct);
            await Ledger.LockMachineAsync(db, claim.MachineId, ct);
            await claim.HoldAsync(db, ct);
            return new BookEntry(claim, db, begun, await db.Machines.SingleAsync(m => m.Id == claim.MachineId, ct), now);
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    /// <summary>The request that this operation carries out ends, if there is one; who asked is told.</summary>
    /// <param name="status">Fulfilled or Failed.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="outcome">What came of it, in words; null when the status says all.</param>
    public async Task<Request?> EndRequestAsync(RequestStatus status, CancellationToken ct, string? outcome = null)
    {
        if (RequestKinds.CarriedOutBy(claim.Kind) is not { } kind
            || await Db.Requests.SingleOrDefaultAsync(r => r.MachineId == Machine.Id && r.Kind == kind && r.Status == RequestStatus.Approved, ct) is not { } request)
            return null;
        request.End(status, Now, outcome);
        await ChangeNotice.NotifyAsync(Db, ChangeKind.Request, request.Id, request.ProjectId, ct);
        await RequestNotices.EndedAsync(Db, request, Now, ct);
        return request;
    }

    /// <summary>The machine is gone: what was asked for it and still waits is turned down, and what that held is free again.</summary>
    public async Task DropWaitingAsync(CancellationToken ct)
    {
        // Held, so that one that is withdrawn or decided at this moment is not let go twice.
        var waiting = await Db.Requests.FromSql($"select *, xmin from requests where machine_id = {Machine.Id} and status = 'Waiting' order by id for no key update").IgnoreQueryFilters().ToListAsync(ct);
        foreach (var request in waiting)
        {
            request.Decide(RequestStatus.Denied, Actor.System.UserId, $"{Machine.Name} was deleted.", Now);
            await QuotaBooks.ReleaseReservedAsync(Db, request.ProjectId, Machine.CreatedBy, request.Holds, ct);
            await Granting.CloseAsync(Db, request, ct);
            Db.AuditEvents.Add(AuditEvent.Of(Actor.System, "request.deny", "request", request.Id, request.Subject, request.ProjectId, new { reason = request.DecisionReason }, Now));
            await ChangeNotice.NotifyAsync(Db, ChangeKind.Request, request.Id, request.ProjectId, ct);
            await RequestNotices.EndedAsync(Db, request, Now, ct);
        }
    }

    /// <summary>Gives the room back on every host that holds some for the machine, and takes it off its host.</summary>
    public async Task ReleaseRoomAsync(CancellationToken ct)
    {
        var placements = await Db.Placements.Where(p => p.MachineId == Machine.Id).ToListAsync(ct);
        Db.Placements.RemoveRange(placements);
        Machine.LiveOn(null);
        foreach (var placement in placements)
            await ChangeNotice.NotifyAsync(Db, ChangeKind.Host, placement.HostId, null, ct);
    }

    public void Audit(string action, object? detail) =>
        Db.AuditEvents.Add(AuditEvent.Of(claim.By, action, "machine", Machine.Id, Machine.Name, Machine.ProjectId, detail, Now));

    /// <summary>Ends the operation and commits everything.</summary>
    public async Task EndAsync(OperationStatus status, string? error, CancellationToken ct)
    {
        // What a runner last saw is no longer known once the host went away: nobody would say so afterwards.
        if (Machine.State is MachineState.Running or MachineState.Off
            && await Db.Hosts.Where(h => h.Id == Machine.HostId && h.State == HostState.Unreachable).Select(h => h.Name).SingleOrDefaultAsync(ct) is { } silent)
            Machine.Become(MachineState.Unknown, $"{silent} does not answer.", Now);
        await claim.EndAsync(Db, status, error, ct);
        await ChangeNotice.NotifyAsync(Db, ChangeKind.Project, Machine.ProjectId, Machine.ProjectId, ct);
        await SaveAsync(ct);
        claim.Committed(status);
    }

    /// <summary>Commits everything; the operation goes on.</summary>
    public async Task SaveAsync(CancellationToken ct)
    {
        await Db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(Db, ChangeKind.Machine, Machine.Id, Machine.ProjectId, ct);
        await transaction.CommitAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await Db.DisposeAsync();
    }
}
