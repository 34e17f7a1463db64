using Microsoft.EntityFrameworkCore;
using Portal.Domain.Approvals;
using Portal.Domain.Audit;
using Portal.Domain.Leases;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <content>Taking back, and changing and sending anew.</content>
public sealed partial class RequestService
{
    /// <summary>What was asked for, as a draft to change; <see cref="NotReplaceable"/> for a request that was carried out or is being.</summary>
    public async Task<Result<Draft>> DraftOfAsync(Actor actor, Guid requestId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var request = await db.Requests.AsNoTracking().SingleOrDefaultAsync(r => r.Id == requestId, ct);
        if (request is null || await db.RoleInAsync(actor, request.ProjectId, ct) is not { } role)
            return new NotFound("request");
        if (Refuse(actor, request, role) is { } refusal)
            return refusal;
        var machine = await db.Machines.AsNoTracking().SingleOrDefaultAsync(m => m.Id == request.MachineId, ct);
        return request.Terms switch
        {
            CreateTerms create => new RequestDraft(request.ProjectId, machine!.Name, machine.ImageId, request.FlavorId!.Value, machine.NetworkId, machine.SshKey, request.Why, create.LeaseDays ?? LeaseTerms.NoEnd),
            ResizeTerms resize => new ResizeDraft(machine!.Id, resize.To.Vcpus, resize.To.MemoryMib, resize.To.DiskGib, request.Why),
            ExtendTerms extend => new ExtendDraft(machine!.Id, extend.Days, request.Why),
            QuotaTerms quota => new QuotaDraft(request.ProjectId, quota.To, request.Why),
            DeleteTerms => new DeleteDraft(machine!.Id, machine.Name, request.Why),
            _ => throw new InvalidOperationException($"Request {requestId} has terms of an unknown kind."),
        };
    }

    /// <summary>Whether a request in that state can be changed and sent anew.</summary>
    internal static bool IsReplaceable(RequestStatus status) => status switch
    {
        RequestStatus.Waiting or RequestStatus.Denied or RequestStatus.Withdrawn or RequestStatus.Failed => true,
        RequestStatus.Approved or RequestStatus.Fulfilled => false,
    };

    static Refusal? Refuse(Actor actor, Request request, ProjectRole role)
    {
        if (!MayWithdraw(actor, request.RequesterId, role))
            return new NotAllowed("change this request", "being the one who asked, or owner of the project");
        return IsReplaceable(request.Status) ? null
            : new NotReplaceable($"This request was approved{(request.Status == RequestStatus.Fulfilled ? " and carried out" : "")}: it cannot be changed any more.", "Ask for something new instead.");
    }

    /// <summary>Lets the old request go, so that a new one can stand in its place; a refusal when it cannot be replaced.</summary>
    async Task<Refusal?> MakeWayAsync(PortalDbContext db, Actor actor, Guid requestId, Draft draft, RequestKind kind, DateTimeOffset now, CancellationToken ct)
    {
        var request = await db.LockRequestAsync(requestId, ct);
        if (request is null || await db.RoleInAsync(actor, request.ProjectId, ct) is not { } role)
            return new NotFound("request");
        if (Refuse(actor, request, role) is { } refusal)
            return refusal;
        if (request.Kind != kind)
            return new NotReplaceable("The new draft asks for something of another kind than the request it would replace.", "Withdraw that request, and ask anew.");
        // Rows of two projects or machines would be taken one after the other, in whatever order people send requests anew.
        if (!IsAboutTheSame(request, draft))
            return new NotReplaceable("The new draft is about another project or machine than the request it would replace.", "Withdraw that request, and ask anew.");
        if (request.Status != RequestStatus.Waiting)
            return null;
        await WithdrawAsync(db, actor, request, "It was changed and sent anew.", now, ct);
        return null;
    }

    static bool IsAboutTheSame(Request request, Draft draft) => draft switch
    {
        RequestDraft create => create.ProjectId == request.ProjectId,
        QuotaDraft quota => quota.ProjectId == request.ProjectId,
        ResizeDraft resize => resize.MachineId == request.MachineId,
        ExtendDraft extend => extend.MachineId == request.MachineId,
        DeleteDraft delete => delete.MachineId == request.MachineId,
        _ => throw new InvalidOperationException($"Drafts of {draft.GetType().Name} are about nothing known."),
    };

    /// <summary>Takes a request that waits back; what it held is free again.</summary>
    async Task WithdrawAsync(PortalDbContext db, Actor actor, Request request, string reason, DateTimeOffset now, CancellationToken ct)
    {
        request.Withdraw(now);
        db.Add(AuditEvent.Of(actor, "request.withdraw", "request", request.Id, request.Subject, request.ProjectId, new { reason }, now));
        await db.SaveChangesAsync(ct);
        await actions.For(request.Kind).LetGoAsync(db, request, reason, now, ct);
        await Granting.CloseAsync(db, request, ct);
        await NotifyAsync(db, request, ct);
    }
}
