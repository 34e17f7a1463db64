using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Notices;
using Portal.Domain.Projects;

namespace Portal.Domain.Approvals;

/// <summary>Who decides while somebody is away.</summary>
public sealed class DelegationService
{
    /// <summary>The longest reason, characters.</summary>
    public const int MostReason = 200;

    static readonly TimeSpan Longest = TimeSpan.FromDays(366);
    static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    readonly IDbContextFactory<PortalDbContext> contexts;
    readonly TimeProvider time;

    /// <summary>On the books and the clock.</summary>
    public DelegationService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time) => (this.contexts, this.time) = (contexts, time);

    /// <summary>Delegations that hold or will hold, of the actor and to the actor; an admin's are everybody's. The next to begin first.</summary>
    public async Task<IReadOnlyList<DelegationView>> ListAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = time.GetUtcNow();
        return await Views(db, db.Delegations.Where(d => d.EndsAt > now && (actor.IsAdmin || d.FromUserId == actor.UserId || d.ToUserId == actor.UserId)), now)
            .Take(ListQuery.MostRows).ToListAsync(ct);
    }

    /// <summary>People who can stand in for the actor: those of its projects, and those who hold a platform role.</summary>
    public async Task<IReadOnlyList<PersonView>> CandidatesAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Candidates(db, actor, time.GetUtcNow()).OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(ListQuery.MostRows)
            .Select(u => new PersonView(u.Id, User.NameOf(u.DisplayName, u.UserName), u.UserName ?? "")).ToListAsync(ct);
    }

    /// <summary>Has somebody decide meanwhile.</summary>
    public async Task<Result<DelegationView>> AddAsync(Actor actor, DelegationDraft draft, CancellationToken ct)
    {
        var from = draft.FromUserId ?? actor.UserId;
        if (actor.IsSystem || (from != actor.UserId && !actor.IsAdmin))
            return new NotAllowed("delegate for somebody else", $"the role {Roles.Admin}");
        var reason = Texts.Trimmed(draft.Reason);
        if (Texts.CheckProse("reason", reason, MostReason) is { } bad)
            return bad;
        var now = time.GetUtcNow();
        var begins = (draft.BeginsAt < now ? now : draft.BeginsAt).ToUniversalTime();
        var ends = draft.EndsAt.ToUniversalTime();
        if (ends < begins + Shortest)
            return new NoDelegation("endsAt", "The end does not come after the beginning and after now.", "Choose a later end.");
        if (ends > now + Longest)
            return new NoDelegation("endsAt", "A delegation ends within a year.", "Choose an earlier end; it can be made anew then.");
        if (from == draft.ToUserId)
            return new NoDelegation("toUserId", "Nobody stands in for himself.", "Choose somebody else.");

        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // One at a time: of two that would make a chain together, the second sees the first.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtext('portal delegations'))", ct);
        if (!await Candidates(db, actor with { UserId = from }, now).AnyAsync(u => u.Id == draft.ToUserId, ct) && !(actor.IsAdmin && await db.People().AnyAsync(u => u.Id == draft.ToUserId, ct)))
            return new NoDelegation("toUserId", "There is no such person who could stand in.", "Choose somebody of your projects, or somebody who holds a platform role.");
        if (!await db.People().AnyAsync(u => u.Id == from, ct))
            return new NotFound("person");
        // Who is asked nothing hands nothing on, and would only keep a stand-in from going away.
        if (!actor.IsAdmin && !await IsAskedAsync(db, actor, ct))
            return new NotAllowed("have somebody decide for you", "deciding something: being an approver, an owner of a project, or named by a rule");
        if (await ClashAsync(db, actor, from, draft.ToUserId, begins, ends, ct) is { } clash)
            return clash;
        var row = Delegation.Create(from, draft.ToUserId, begins, ends, reason, now);
        db.Add(row);
        await db.SaveChangesAsync(ct);
        var view = await Views(db, db.Delegations.Where(d => d.Id == row.Id), now).SingleAsync(ct);
        await EndAsync(db, actor, "delegation.add", view, null, view.EndsAt, now, ct);
        if (view.ToUserId != actor.UserId)
            await NoticeBoard.TellAsync(db, new Notice(NoticeKind.DecisionDue, $"You decide for {view.FromName}",
                $"From {view.BeginsAt:yyyy-MM-dd HH:mm} to {view.EndsAt:yyyy-MM-dd HH:mm} UTC.{(reason is null ? "" : " " + reason)}", "/approvals/away", view.Id, null), [view.ToUserId], now, ct);
        await transaction.CommitAsync(ct);
        return view;
    }

    /// <summary>Ends a delegation now: whoever is away, whoever stands in, or an admin. Again is fine.</summary>
    public async Task<Result<Done>> EndAsync(Actor actor, Guid delegationId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var row = (await db.Delegations.FromSql($"select *, xmin from delegations where id = {delegationId} for no key update").ToListAsync(ct)).SingleOrDefault();
        if (row is null || (!actor.IsAdmin && row.FromUserId != actor.UserId && row.ToUserId != actor.UserId))
            return new NotFound("delegation");
        var now = time.GetUtcNow();
        if (row.EndsAt <= now)
            return Done.Value;
        var view = await Views(db, db.Delegations.Where(d => d.Id == delegationId), now).SingleAsync(ct);
        if (row.BeginsAt >= now)
            db.Remove(row);
        else
            row.End(now);
        await EndAsync(db, actor, "delegation.end", view, view.EndsAt, now, now, ct);
        await transaction.CommitAsync(ct);
        return Done.Value;
    }

    static async Task EndAsync(PortalDbContext db, Actor actor, string action, DelegationView view, DateTimeOffset? endedAt, DateTimeOffset endsAt, DateTimeOffset now, CancellationToken ct)
    {
        db.Add(AuditEvent.Of(actor, action, "delegation", view.Id, $"{view.FromName} to {view.ToName}", null, new { endsAt = endedAt }, new { endsAt },
            new { from = view.FromName, to = view.ToName, view.BeginsAt, view.Reason }, now));
        await db.SaveChangesAsync(ct);
        // Other requests wait for other people now.
        await ChangeNotice.NotifyAsync(db, ChangeKind.Request, view.Id, null, ct);
    }

    /// <summary>Whether a person's own word is ever asked for: by role, as an owner, at a seat or by a rule that names him.</summary>
    static async Task<bool> IsAskedAsync(PortalDbContext db, Actor actor, CancellationToken ct) =>
        actor.IsApprover || await db.ProjectMembers.AnyAsync(m => m.UserId == actor.UserId && m.Role == ProjectRole.Owner, ct) || await db.ApprovalSeats.AnyAsync(s => s.UserId == actor.UserId, ct)
        || (await db.ApprovalRules.AsNoTracking().ToListAsync(ct)).Exists(rule => rule.Then.Levels.Any(level => level.Approvers.Any(approver => approver.UserId == actor.UserId)));

    static async Task<NoDelegation?> ClashAsync(PortalDbContext db, Actor actor, Guid from, Guid to, DateTimeOffset begins, DateTimeOffset ends, CancellationToken ct)
    {
        var then = await db.Delegations.AsNoTracking().Where(d => d.BeginsAt < ends && d.EndsAt > begins
            && (d.FromUserId == from || d.FromUserId == to || d.ToUserId == from)).ToListAsync(ct);
        return then switch
        {
            [] => null,
            _ when then.Any(d => d.FromUserId == from) => new NoDelegation("beginsAt", "Somebody stands in during a part of that time already.", "End that delegation first, or choose another time."),
            _ when then.Any(d => d.FromUserId == to) => new NoDelegation("toUserId", "That person is away too during a part of that time, and a delegation does not go on to a third.", "Choose somebody else, or another time."),
            _ => new NoDelegation("toUserId", $"{(from == actor.UserId ? "You stand" : "Whoever is away stands")} in for somebody else during a part of that time, and a delegation does not go on to a third.", "End that delegation first, or have that person choose another stand-in."),
        };
    }

    static IQueryable<User> Candidates(PortalDbContext db, Actor actor, DateTimeOffset now)
    {
        var shared = db.ProjectMembers.Where(m => m.UserId == actor.UserId).Select(m => m.ProjectId);
        var platform = Roles.All.Select(role => role.Name).ToList();
        return db.People().Where(u => u.Id != actor.UserId && (actor.IsAdmin || db.ProjectMembers.Any(m => m.UserId == u.Id && shared.Contains(m.ProjectId))
            || db.UserRoles.Any(held => held.UserId == u.Id && db.Roles.Any(role => role.Id == held.RoleId && platform.Contains(role.Name!)))));
    }

    static IQueryable<DelegationView> Views(PortalDbContext db, IQueryable<Delegation> delegations, DateTimeOffset now) =>
        from row in delegations.AsNoTracking()
        join away in db.Users on row.FromUserId equals away.Id
        join meanwhile in db.Users on row.ToUserId equals meanwhile.Id
        orderby row.BeginsAt, row.Id
        select new DelegationView(row.Id, away.Id, User.NameOf(away.DisplayName, away.UserName), meanwhile.Id, User.NameOf(meanwhile.DisplayName, meanwhile.UserName),
            row.BeginsAt, row.EndsAt, row.Reason, row.BeginsAt <= now && now < row.EndsAt);
}
