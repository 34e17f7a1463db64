using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Catalog;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>Takes requests for machines, and lets who asked take them back.</summary>
public sealed partial class RequestService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>
    /// Takes a request: quota, name and address are held for it from this moment, all in one transaction or none. The same key with
    /// the same draft gives the request that was taken before; with another draft it is <see cref="KeyReused"/>.
    /// </summary>
    public async Task<Result<RequestView>> SubmitAsync(Actor actor, RequestDraft draft, string idempotencyKey, CancellationToken ct)
    {
        if (idempotencyKey.Length is 0 or > 100 || idempotencyKey.Any(char.IsControl))
            return new InvalidText("idempotencyKey", "A call that may be repeated needs a key of 1 to 100 characters.", "Send a random UUID, and the same one when you try again.");
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await MayAskAsync(db, actor, draft.ProjectId, ct) is { } forbidden)
            return forbidden;

        // Calls with the same key go one after the other, so that the second finds what the first did.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({actor.UserId.ToString() + idempotencyKey}, 0))", ct);
        var fingerprint = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(draft, Json.Options));
        if (await db.Requests.SingleOrDefaultAsync(r => r.RequesterId == actor.UserId && r.IdempotencyKey == idempotencyKey, ct) is { } before)
            return before.Fingerprint.AsSpan().SequenceEqual(fingerprint) ? await db.ViewAsync(before.Id, ct) : new KeyReused(idempotencyKey);

        var check = await DraftCheck.RunAsync(db, draft, ct);
        if (check is not { Refusals: [], Name: { } name, Image: { } image, Flavor: { } flavor, Network: { } network, SshKey: { } sshKey })
            return check.Refusals[0];
        if (await QuotaBooks.ReserveAsync(db, draft.ProjectId, flavor.Size, ct) is { } over)
            return over;
        // The quota's rows are locked now, and every submit to this project passes them: this answer about the name stays true.
        if (!await DraftCheck.IsFreeAsync(db, draft.ProjectId, name, ct))
            return new NameTaken(name);
        if (await AddressPool.TakeAsync(db, network, ct) is not { } address)
            return new NoFreeAddress(network.Name);

        var now = time.GetUtcNow();
        var (id, mac) = await MacAddress.TakeAsync(db, ct);
        var machine = Machine.Ask(id, draft.ProjectId, name, image, flavor, network.Id, address, mac, sshKey, actor.UserId, now);
        var request = Request.Submit(actor.UserId, machine, flavor.Id, check.Why, idempotencyKey, fingerprint, now);
        db.AddRange(machine, request);
        db.Add(AuditEvent.Of(actor, "request.submit", "request", request.Id, name, draft.ProjectId, new { image = image.Name, flavor = flavor.Name, address = address.ToString() }, now));
        await db.SaveChangesAsync(ct);
        await NotifyAsync(db, request, ct);
        var view = await db.ViewAsync(request.Id, ct);
        await transaction.CommitAsync(ct);
        return view;
    }

    /// <summary>Takes a request back while it waits: what it held is free again. Again is fine.</summary>
    public async Task<Result<RequestView>> WithdrawAsync(Actor actor, Guid requestId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var request = await db.LockRequestAsync(requestId, ct);
        if (request is null || await db.RoleInAsync(actor, request.ProjectId, ct) is not { } role)
            return new NotFound("request");
        if (!MayWithdraw(actor, request.RequesterId, role))
            return new NotAllowed("withdraw this request", "being the one who asked, or owner of the project");
        if (request.Status == RequestStatus.Withdrawn)
            return await db.ViewAsync(requestId, ct);
        if (request.Status != RequestStatus.Waiting)
            return await db.DecidedAsync(request, ct);

        var now = time.GetUtcNow();
        request.Withdraw(now);
        db.Add(AuditEvent.Of(actor, "request.withdraw", "request", request.Id, request.MachineName, request.ProjectId, null, now));
        await LetGoAsync(db, request, "The request was withdrawn.", now, ct);
        var view = await db.ViewAsync(requestId, ct);
        await transaction.CommitAsync(ct);
        return view;
    }

    /// <summary>Whether somebody with that role in the project may take the request back.</summary>
    internal static bool MayWithdraw(Actor actor, Guid requesterId, ProjectRole role) =>
        actor.IsAdmin || role == ProjectRole.Owner || (role != ProjectRole.Viewer && requesterId == actor.UserId);

    /// <summary>Gives back everything a request held that will not become a machine, in the caller's transaction, and saves.</summary>
    internal static async Task LetGoAsync(PortalDbContext db, Request request, string reason, DateTimeOffset now, CancellationToken ct)
    {
        var machine = await db.Machines.SingleAsync(m => m.Id == request.MachineId, ct);
        machine.Become(MachineState.Deleted, reason, now);
        await db.SaveChangesAsync(ct);
        await QuotaBooks.ReleaseReservedAsync(db, request.ProjectId, machine.Size, ct);
        await NotifyAsync(db, request, ct);
    }

    /// <summary>Tells of a request and of what it holds.</summary>
    internal static async Task NotifyAsync(PortalDbContext db, Request request, CancellationToken ct)
    {
        await ChangeNotice.NotifyAsync(db, ChangeKind.Request, request.Id, request.ProjectId, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, request.MachineId, request.ProjectId, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Project, request.ProjectId, request.ProjectId, ct);
    }

    static async Task<Refusal?> MayAskAsync(PortalDbContext db, Actor actor, Guid projectId, CancellationToken ct) => actor.IsSystem
        ? new NotAllowed("ask for a machine", "a person's account")
        : await db.RefuseUnlessMemberAsync(actor, projectId, "project", "ask for machines in this project", ct);
}
