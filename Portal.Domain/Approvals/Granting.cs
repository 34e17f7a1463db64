using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Notices;
using Portal.Domain.Policies;
using Portal.Domain.Requests;

namespace Portal.Domain.Approvals;

/// <summary>What a yes does, whoever says it; in the caller's transaction.</summary>
sealed class Granting(RequestActions actions)
{
    /// <summary>How long a request waits that nobody may decide: long enough to make somebody an admin or approver.</summary>
    public static readonly TimeSpan WithoutAnybody = TimeSpan.FromDays(7);

    /// <summary>Decides the request and carries it out, or writes the operation that does. After a refusal the caller rolls back.</summary>
    public async Task<Refusal?> GrantAsync(PortalDbContext db, Actor actor, Request request, string? reason, DateTimeOffset now, CancellationToken ct, string? onBehalfOf = null, bool isOverride = false)
    {
        request.Decide(RequestStatus.Approved, actor.UserId, reason, now);
        await db.SaveChangesAsync(ct);
        if (await actions.For(request.Kind).GrantAsync(db, actor, request, now, ct) is { } refusal)
            return refusal;
        db.Add(AuditEvent.Of(actor, "request.approve", "request", request.Id, request.Subject, request.ProjectId, new { reason, rule = request.RuleName, onBehalfOf, isOverride }, now));
        await db.SaveChangesAsync(ct);
        await CloseAsync(db, request, ct);
        await TellAsync(db, actor, request, $"{RequestNotices.What(request)} was approved", reason, now, ct);
        return null;
    }

    /// <summary>
    /// Grants what a rule approves at once. What cannot be carried out now is not lost: approvers are asked, and the request says why.
    /// </summary>
    public async Task GrantAtOnceAsync(PortalDbContext db, Request request, PolicyDecision policy, DateTimeOffset now, CancellationToken ct)
    {
        const string point = "at_once";
        var transaction = db.Database.CurrentTransaction ?? throw new InvalidOperationException("A request is granted in the transaction that took it.");
        await transaction.CreateSavepointAsync(point, ct);
        if (await GrantAsync(db, Actor.System, request, policy.Reason ?? $"The rule “{policy.RuleName}” approves this at once.", now, ct) is not { } cannot)
            return;
        await transaction.RollbackToSavepointAsync(point, ct);
        db.ChangeTracker.Clear();
        var taken = await db.LockRequestAsync(request.Id, ct) ?? throw new InvalidOperationException($"Request {request.Id} was just written.");
        taken.AskInstead(PolicyDecision.NoRule.Levels, $"The rule “{policy.RuleName}” approves this at once, but that cannot be done now: {cannot.Message}");
        await AskAsync(db, taken, now, ct);
    }

    /// <summary>Turns the request down; what it held is free again.</summary>
    public async Task DenyAsync(PortalDbContext db, Actor actor, Request request, string reason, DateTimeOffset now, CancellationToken ct, string? onBehalfOf = null, bool isOverride = false)
    {
        request.Decide(RequestStatus.Denied, actor.UserId, reason, now);
        db.Add(AuditEvent.Of(actor, "request.deny", "request", request.Id, request.Subject, request.ProjectId, new { reason, rule = request.RuleName, onBehalfOf, isOverride }, now));
        await db.SaveChangesAsync(ct);
        await actions.For(request.Kind).LetGoAsync(db, request, "The request was denied.", now, ct);
        await CloseAsync(db, request, ct);
        await TellAsync(db, actor, request, $"{RequestNotices.What(request)} was denied", reason, now, ct);
    }

    /// <summary>
    /// Opens the level the request is at, and tells those whom it asks. Where nobody is left to decide, admins are asked. Writes whatever
    /// the context has not written yet, and tells open pages of changes the caller names, in round trips it needs anyway.
    /// </summary>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Asking is a part of granting, and its callers hold one.")]
    public async Task AskAsync(PortalDbContext db, Request request, DateTimeOffset now, CancellationToken ct, IReadOnlyList<Change>? changes = null)
    {
        var level = request.Level < request.Levels.Count ? request.Levels[request.Level] : new ApprovalLevel([], All: false);
        if (request.Level > 0)
            await CloseAsync(db, request, ct);
        db.AddRange(level.Approvers.Select(approver => ApprovalSeat.Of(request, approver)));
        var holders = await LevelPeople.HoldersAsync(db, level.Approvers, request.ProjectId, now, ct);
        var isLeft = LevelPeople.IsLeft(level, holders, request.RequesterId, request.MayDecideOwn);
        if (!isLeft)
        {
            await TurnToAdminsAsync(db, request, NobodyLeft(request), now, ct, changes);
            return;
        }

        await db.SaveChangesAsync(ct);
        await TellDueAsync(db, request, LevelPeople.ToTell(level, holders, request.RequesterId, request.MayDecideOwn), now, ct, changes);
    }

    /// <summary>Asks admins, and says why.</summary>
    public static async Task AskAdminsAsync(PortalDbContext db, Request request, string why, DateTimeOffset now, CancellationToken ct)
    {
        await TurnToAdminsAsync(db, request, why, now, ct);
        db.Add(AuditEvent.Of(Actor.System, "request.escalate", "request", request.Id, request.Subject, request.ProjectId, new { note = request.Note, rule = request.RuleName, level = request.Level + 1 }, now));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>What a request says when its level has nobody to decide.</summary>
    public static string NobodyLeft(Request request) => $"Nobody whom level {request.Level + 1} of the rule “{request.RuleName}” asks is left to decide";

    /// <summary>Whether an admin is there who may decide the request; the one who asks for it may not unless its rule says so.</summary>
    public static async Task<bool> HasAdminAsync(PortalDbContext db, Request request, CancellationToken ct) => (await LevelPeople.AdminsAsync(db, ct)).Exists(admin => MayDecide(request, admin));

    /// <summary>
    /// Until when the next level may wait: as the rule says, whatever end the request got while nobody could decide it. A rule's end that is
    /// over asked admins, and does nothing more.
    /// </summary>
    public static async Task<DateTimeOffset?> NextEndAsync(PortalDbContext db, Request request, DateTimeOffset now, CancellationToken ct)
    {
        if (request is not { AdminsAsked: true, ExpiresAt: not null, OnExpiry: ExpiryAction.Escalate })
            return request.ExpiresAt;
        if (request.RuleId is not { } id)
            return null;
        var rule = await db.ApprovalRules.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct);
        // A rule that was changed since no longer says what it said when the request was sent.
        if (rule is null || rule.ChangedAt > request.SubmittedAt)
            return request.ExpiresAt;
        return rule.Then.ExpiresAfterHours is { } hours && request.SubmittedAt.AddHours(hours) is var end && end > now ? end : null;
    }

    /// <summary>The request is the admins' now. Where there is none but the one who asks, it ends at a stated time, and all of them are told what can be done until then, as is whom the level still asks.</summary>
    static async Task TurnToAdminsAsync(PortalDbContext db, Request request, string why, DateTimeOffset now, CancellationToken ct, IReadOnlyList<Change>? changes = null)
    {
        var admins = await LevelPeople.AdminsAsync(db, ct);
        if (admins.Exists(admin => MayDecide(request, admin)))
        {
            request.AskAdmins($"{why}, so admins are asked.");
            await db.SaveChangesAsync(ct);
            await TellDueAsync(db, request, admins, now, ct, changes);
            return;
        }

        if (request.ExpiresAt is null || request.OnExpiry == ExpiryAction.Escalate)
            request.WaitUntil(now + WithoutAnybody);
        request.AskAdmins($"{why}, and no admin but the one who asked for it, who may not decide it. It waits until {request.ExpiresAt:yyyy-MM-dd HH:mm} UTC: make somebody else an admin or approver before, or withdraw it.");
        await db.SaveChangesAsync(ct);
        await NoticeBoard.TellAsync(db, new Notice(NoticeKind.DecisionDue, $"No admin may decide the request for {request.Subject}", request.Note, $"/requests/{request.Id}", request.Id, request.ProjectId),
            [.. admins.Append(request.RequesterId).Distinct()], now, ct, changes);
        var open = await db.ApprovalSeats.Where(s => s.RequestId == request.Id && s.SaidBy == null).Select(s => new Approver(s.Kind, s.UserId, s.Role)).ToListAsync(ct);
        var holders = await LevelPeople.HoldersAsync(db, open, request.ProjectId, now, ct);
        await TellDueAsync(db, request, LevelPeople.ToTell(new ApprovalLevel(open, All: false), holders, request.RequesterId, request.MayDecideOwn), now, ct);
    }

    static bool MayDecide(Request request, Guid admin) => request.MayDecideOwn || admin != request.RequesterId;

    /// <summary>Nobody is asked any more.</summary>
    public static Task CloseAsync(PortalDbContext db, Request request, CancellationToken ct) => db.ApprovalSeats.Where(seat => seat.RequestId == request.Id).ExecuteDeleteAsync(ct);

    static Task TellDueAsync(PortalDbContext db, Request request, IReadOnlyCollection<Guid> people, DateTimeOffset now, CancellationToken ct, IReadOnlyList<Change>? changes = null) => NoticeBoard.TellAsync(db,
        new Notice(NoticeKind.DecisionDue, $"{RequestNotices.What(request)} waits for your decision", request.Note ?? request.Why, $"/approvals?request={request.Id}", request.Id, request.ProjectId), people, now, ct, changes);

    static async Task TellAsync(PortalDbContext db, Actor actor, Request request, string title, string? reason, DateTimeOffset now, CancellationToken ct)
    {
        if (actor.UserId == request.RequesterId)
            return;
        var people = await NoticePeople.WhoReadAsync(db, request.ProjectId, [request.RequesterId], ct);
        await NoticeBoard.TellAsync(db, new Notice(NoticeKind.RequestDecided, title, reason, $"/requests/{request.Id}", request.Id, request.ProjectId), people, now, ct);
    }
}
