using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Domain.Approvals;

/// <summary>As whom somebody can decide: as himself, or for somebody who is away.</summary>
/// <param name="UserId">As whom.</param>
/// <param name="Name">That person's name.</param>
/// <param name="Roles">The platform roles that come with it, by name.</param>
sealed record Standing(Guid UserId, string Name, IReadOnlyList<string> Roles)
{
    /// <summary>The actor himself first, then everyone he stands in for now.</summary>
    public static async Task<IReadOnlyList<Standing>> OfAsync(PortalDbContext db, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var self = new Standing(actor.UserId, actor.Name, RolesOf(actor.Platform));
        var away = await db.Delegations.Where(d => d.ToUserId == actor.UserId && d.BeginsAt <= now && d.EndsAt > now)
            .Join(db.People(), d => d.FromUserId, u => u.Id, (_, u) => new
            {
                u.Id, Name = User.NameOf(u.DisplayName, u.UserName),
                Roles = db.UserRoles.Where(held => held.UserId == u.Id).Join(db.Roles, held => held.RoleId, role => role.Id, (_, role) => role.Name).ToList(),
            }).ToListAsync(ct);
        return [self, .. away.Select(u => new Standing(u.Id, u.Name, RolesOf(Accounts.Roles.Of(u.Roles))))];
    }

    static IReadOnlyList<string> RolesOf(PlatformRoles platform) =>
        [.. Accounts.Roles.All.Where(role => platform.HasFlag(PlatformRoles.Admin) || platform.HasFlag(role.Role)).Select(role => role.Name)];
}

/// <summary>Whether and as whom an actor may decide a request at the level it is at.</summary>
/// <param name="Refusal">Why not; null when he may.</param>
/// <param name="Seats">The seats that his yes fills.</param>
/// <param name="For">Whom he stands in for; null when he decides as himself.</param>
/// <param name="IsOverride">Whether he decides as an admin who was not asked.</param>
sealed record DecisionRight(Refusal? Refusal, IReadOnlyList<ApprovalSeat> Seats, Standing? For, bool IsOverride)
{
    /// <summary>Looks it up as things are now. The seats are tracked.</summary>
    public static async Task<DecisionRight> OfAsync(PortalDbContext db, Actor actor, Request request, DateTimeOffset now, CancellationToken ct)
    {
        var seats = await db.ApprovalSeats.Where(s => s.RequestId == request.Id).OrderBy(s => s.Id).ToListAsync(ct);
        var open = seats.Where(seat => seat.SaidBy is null).ToList();
        var standings = await Standing.OfAsync(db, actor, now, ct);
        var ids = standings.Select(s => s.UserId).ToList();
        var owners = await db.ProjectMembers.Where(m => m.ProjectId == request.ProjectId && m.Role == ProjectRole.Owner && ids.Contains(m.UserId)).Select(m => m.UserId).ToListAsync(ct);
        var isOwn = !request.MayDecideOwn && actor.UserId == request.RequesterId;
        var isAsked = false;
        foreach (var standing in standings)
        {
            var mine = open.Where(seat => Asks(seat, standing)).ToList();
            if (mine.Count == 0)
                continue;
            isAsked = true;
            // Nobody decides for himself, nor has his stand-in do so.
            if (!isOwn && (request.MayDecideOwn || standing.UserId != request.RequesterId))
                return new DecisionRight(null, mine, standing.UserId == actor.UserId ? null : standing, IsOverride: false);
        }

        if (isOwn && (isAsked || actor.IsAdmin))
            return No(new OwnRequest());
        if (actor.IsAdmin)
            return new DecisionRight(null, open, null, IsOverride: true);
        if (seats.Any(seat => seat.SaidBy == actor.UserId))
            return No(new AlreadySaid());
        return isAsked ? No(new OwnRequest())
            : await db.RoleInAsync(actor, request.ProjectId, ct) is null ? No(new NotFound("request"))
            : No(new NotAllowed("decide this request", "being asked by its rule"));

        bool Asks(ApprovalSeat seat, Standing standing) => seat.Kind switch
        {
            ApproverKind.Person => seat.UserId == standing.UserId,
            ApproverKind.Role => standing.Roles.Contains(seat.Role!),
            ApproverKind.ProjectOwners => owners.Contains(standing.UserId),
        };
    }

    /// <summary>Whether a level of the request, whichever it is or was at, asks the actor or somebody he stands in for.</summary>
    public static async Task<bool> WasAskedAsync(PortalDbContext db, Actor actor, Request request, DateTimeOffset now, CancellationToken ct)
    {
        var standings = await Standing.OfAsync(db, actor, now, ct);
        var ids = standings.Select(s => s.UserId).ToList();
        var owns = await db.ProjectMembers.AnyAsync(m => m.ProjectId == request.ProjectId && m.Role == ProjectRole.Owner && ids.Contains(m.UserId), ct);
        return request.Levels.SelectMany(level => level.Approvers).Any(approver => approver.Kind switch
        {
            ApproverKind.Person => standings.Any(standing => standing.UserId == approver.UserId),
            ApproverKind.Role => standings.Any(standing => standing.Roles.Contains(approver.Role!)),
            ApproverKind.ProjectOwners => owns,
        });
    }

    /// <summary>The requests that wait for an actor, in one query: those with an open seat that asks him or somebody he stands in for.</summary>
    public static async Task<IQueryable<Request>> WaitingForAsync(PortalDbContext db, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        IQueryable<Asked>? asked = null;
        foreach (var (self, _, roles) in await Standing.OfAsync(db, actor, now, ct))
        {
            var seats = db.ApprovalSeats.Where(seat => seat.SaidBy == null && (seat.UserId == self || (seat.Role != null && roles.Contains(seat.Role))
                || (seat.Kind == ApproverKind.ProjectOwners && db.ProjectMembers.Where(m => m.UserId == self && m.Role == ProjectRole.Owner).Select(m => m.ProjectId).Contains(seat.ProjectId))))
                .Select(seat => new Asked { RequestId = seat.RequestId, As = self });
            asked = asked is null ? seats : asked.Concat(seats);
        }

        // The seats are found first, for everybody he is, and met with the requests once.
        return db.Requests.Where(r => r.Status == RequestStatus.Waiting && (r.MayDecideOwn || r.RequesterId != actor.UserId)
            && asked!.Any(a => a.RequestId == r.Id && (r.MayDecideOwn || r.RequesterId != a.As)));
    }

    /// <summary>A request that asks, and as whom one would decide it.</summary>
    sealed class Asked
    {
        public Guid RequestId { get; init; }

        public Guid As { get; init; }
    }

    static DecisionRight No(Refusal refusal) => new(refusal, [], null, IsOverride: false);
}

/// <summary>Who can be asked at all.</summary>
static class Askable
{
    /// <summary>Whether this is anybody: a page whose session has ended asks as nobody.</summary>
    public static bool IsSomebody(this Actor actor) => actor.UserId != Guid.AllBitsSet;
}
