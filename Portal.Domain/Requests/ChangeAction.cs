using Microsoft.EntityFrameworkCore;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Policies;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>A draft looked at: what it would take, and everything that speaks against it. Nothing is held.</summary>
/// <param name="ProjectId">The project that pays.</param>
/// <param name="Machine">The machine it is about; null when it is about the project.</param>
/// <param name="Subject">The name of what it is about.</param>
/// <param name="Terms">What is asked for.</param>
/// <param name="HolderId">In whose name of the project's members the amounts are held.</param>
/// <param name="Takes">What it takes of the quota, held from the moment it is asked.</param>
/// <param name="Quota">The effect on each limit.</param>
/// <param name="Refusals">Every rule it breaks, in the order of the form; limits that would be passed are not among them.</param>
/// <param name="Facts">What policy looks at.</param>
/// <param name="Parts">What of a machine would change, and when.</param>
sealed record Look(Guid ProjectId, Machine? Machine, string Subject, RequestTerms Terms, Guid HolderId, QuotaAmounts Takes, IReadOnlyList<QuotaEffect> Quota,
    IReadOnlyList<Refusal> Refusals, RequestFacts Facts, IReadOnlyList<PartChange> Parts);

/// <summary>A request that changes something that is there: looked at the same way before it is sent and when it is taken.</summary>
abstract class ChangeAction : RequestAction
{
    /// <summary>Looks at a draft for somebody who may ask; refuses whoever may not.</summary>
    public abstract Task<Result<Look>> LookAsync(PortalDbContext db, Actor actor, Draft draft, DateTimeOffset now, CancellationToken ct);

    /// <inheritdoc/>
    public override async Task<Result<Prepared>> PrepareAsync(PortalDbContext db, Actor actor, Draft draft, DateTimeOffset now, CancellationToken ct)
    {
        // Two requests for one machine at one moment go one after the other: the second finds the first.
        if (MachineOf(draft) is { } machine)
            await Ledger.LockMachineAsync(db, machine, ct);
        var look = await LookAsync(db, actor, draft, now, ct);
        if (!look.IsOk)
            return look.Refusal;
        var seen = look.Value;
        if (seen.Refusals is [var first, ..])
            return first;
        if (await QuotaBooks.ReserveAsync(db, seen.ProjectId, seen.HolderId, seen.Takes, ct) is { } over)
            return over;
        return new Prepared(seen.ProjectId, seen.Machine, seen.Subject, seen.Terms, seen.Takes, seen.Facts);
    }

    /// <summary>The machine a draft is about; null when it is about the project.</summary>
    protected abstract Guid? MachineOf(Draft draft);

    /// <summary>A machine for somebody who may ask for something about it.</summary>
    protected static async Task<Result<Machine>> MachineAsync(PortalDbContext db, Actor actor, Guid machineId, string action, CancellationToken ct)
    {
        if (actor.IsSystem)
            return new NotAllowed(action, "a person's account");
        if (await db.Machines.SingleOrDefaultAsync(m => m.Id == machineId, ct) is not { } machine)
            return new NotFound("machine");
        return await db.RefuseUnlessMemberAsync(actor, machine.ProjectId, "machine", action, ct) is { } forbidden ? forbidden : machine;
    }

    /// <summary>Why no second request of the kind for the machine is taken; null when there is no first.</summary>
    protected async Task<OtherWaits?> OtherAsync(PortalDbContext db, Machine machine, CancellationToken ct) =>
        await db.Requests.Where(r => r.MachineId == machine.Id && r.Kind == Kind && (r.Status == RequestStatus.Waiting || r.Status == RequestStatus.Approved))
            .OrderBy(r => r.SubmittedAt).Select(r => new { r.Id, r.Status }).FirstOrDefaultAsync(ct) is { } other
            ? new OtherWaits(other.Id, machine.Name, Kind, other.Status) : null;

    /// <summary>What policy looks at.</summary>
    protected async Task<RequestFacts> FactsAsync(PortalDbContext db, Actor actor, Guid projectId, MachineSize? size, QuotaAmounts takes, IReadOnlyList<QuotaLine> quota, int? leaseDays, CancellationToken ct) =>
        new(projectId, actor.UserId, await db.RoleInAsync(actor, projectId, ct) ?? ProjectRole.Viewer, actor.Platform, Kind, null, null, size, takes,
            QuotaLine.FullestShare(quota, Kind == RequestKind.QuotaIncrease ? QuotaAmounts.None : takes), leaseDays);

    /// <summary>The machine of a request, its row taken.</summary>
    protected static async Task<Machine> TakeMachineAsync(PortalDbContext db, Request request, CancellationToken ct)
    {
        var id = request.MachineId ?? throw new InvalidOperationException($"Request {request.Id} is about no machine.");
        await Ledger.LockMachineAsync(db, id, ct);
        return await db.Machines.SingleAsync(m => m.Id == id, ct);
    }
}
