using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Policies;
using Portal.Domain.Projects;

namespace Portal.Domain.Approvals;

/// <summary>A person whom a level could ask.</summary>
/// <param name="Id">The person.</param>
/// <param name="Name">Name.</param>
/// <param name="Owns">Whether he owns the project.</param>
/// <param name="Roles">Platform roles held, by name.</param>
/// <param name="StandIn">Who decides for him now; null when he is not away.</param>
sealed record Holder(Guid Id, string Name, bool Owns, IReadOnlyList<string?> Roles, StandIn? StandIn)
{
    /// <summary>Whether a seat asks him.</summary>
    public bool Holds(Approver approver) => approver.Kind switch
    {
        ApproverKind.Person => Id == approver.UserId,
        ApproverKind.Role => Roles.Contains(approver.Role) || IsAdmin,
        ApproverKind.ProjectOwners => Owns,
    };

    /// <summary>An admin holds every role.</summary>
    public bool IsAdmin => Roles.Contains(Accounts.Roles.Admin);

    /// <summary>Whether somebody is there to decide for him: himself, or while he is away his stand-in; none of them for his own request.</summary>
    public bool IsThere(Guid requesterId, bool mayDecideOwn) =>
        (mayDecideOwn || Id != requesterId) && (StandIn is null || (StandIn.IsActive && (mayDecideOwn || StandIn.Id != requesterId)));

    /// <summary>Name, and who stands in: <c>Bob (away, Ann stands in)</c>.</summary>
    public string Words => StandIn is null ? Name : $"{Name} (away, {StandIn.Name} stands in)";
}

/// <summary>Who decides for somebody who is away.</summary>
/// <param name="Id">The person.</param>
/// <param name="Name">Name.</param>
/// <param name="IsActive">Whether that person can sign in.</param>
sealed record StandIn(Guid Id, string Name, bool IsActive);

/// <summary>One of those a level asks, by name.</summary>
/// <param name="Who">Whom: <c>an approver</c>, a name, <c>an owner of the project</c>.</param>
/// <param name="People">Who that is now.</param>
/// <param name="IsLeft">Whether anybody is left to decide.</param>
/// <param name="SaidBy">Who said yes for it.</param>
public sealed record SeatView(string Who, IReadOnlyList<string> People, bool IsLeft, string? SaidBy = null);

/// <summary>A level, by name.</summary>
/// <param name="All">Whether each seat has to say yes.</param>
/// <param name="Seats">Whom it asks.</param>
public sealed record LevelView(bool All, IReadOnlyList<SeatView> Seats)
{
    /// <summary>Whether somebody is left to decide; otherwise admins do.</summary>
    public bool IsLeft => All ? Seats.All(seat => seat.IsLeft) : Seats.Any(seat => seat.IsLeft);

    /// <summary>In one line: <c>an approver (Ann, Bob) or Olga</c>.</summary>
    public string Words => Seats.Count == 0 ? "nobody" : string.Join(All ? " and " : " or ", Seats.Select(seat => seat switch
    {
        { IsLeft: false } => $"{seat.Who} (nobody is left)",
        { People: [var one] } when one == seat.Who => one,
        _ => $"{seat.Who} ({string.Join(", ", seat.People)})",
    }));
}

/// <summary>Finds out who is behind the levels of a request, as things are now.</summary>
static class LevelPeople
{
    const int MostNames = 4;

    /// <summary>People who can sign in. Who is locked out for wrong passwords still is one: a stranger must not be able to take an approver out.</summary>
    public static IQueryable<User> People(this PortalDbContext db) => db.Users.Where(u => u.DisabledAt == null);

    /// <summary>Everyone whom some of these ask.</summary>
    public static async Task<IReadOnlyList<Holder>> HoldersAsync(PortalDbContext db, IEnumerable<Approver> approvers, Guid projectId, DateTimeOffset now, CancellationToken ct)
    {
        var all = approvers.ToList();
        var named = all.Select(a => a.UserId).OfType<Guid>().Distinct().ToList();
        var roles = all.Select(a => a.Role).OfType<string>().Distinct().ToList();
        if (roles.Count > 0)
            roles.Add(Roles.Admin);
        var owners = all.Any(a => a.Kind == ApproverKind.ProjectOwners);
        var rows = await db.People()
            .Where(u => named.Contains(u.Id) || (owners && db.ProjectMembers.Any(m => m.ProjectId == projectId && m.UserId == u.Id && m.Role == ProjectRole.Owner))
                || db.UserRoles.Any(held => held.UserId == u.Id && db.Roles.Any(role => role.Id == held.RoleId && roles.Contains(role.Name!))))
            .OrderBy(u => u.DisplayName).ThenBy(u => u.Id)
            .Select(u => new
            {
                u.Id,
                Name = User.NameOf(u.DisplayName, u.UserName),
                Owns = owners && db.ProjectMembers.Any(m => m.ProjectId == projectId && m.UserId == u.Id && m.Role == ProjectRole.Owner),
                Roles = db.UserRoles.Where(held => held.UserId == u.Id).Join(db.Roles, held => held.RoleId, role => role.Id, (_, role) => role.Name).ToList(),
                StandIn = db.Delegations.Where(d => d.FromUserId == u.Id && d.BeginsAt <= now && d.EndsAt > now)
                    .Join(db.Users, d => d.ToUserId, to => to.Id, (_, to) => new { to.Id, Name = User.NameOf(to.DisplayName, to.UserName), Active = to.DisabledAt == null })
                    .FirstOrDefault(),
            }).ToListAsync(ct);
        return rows.ConvertAll(row => new Holder(row.Id, row.Name, row.Owns, row.Roles, row.StandIn is { } to ? new StandIn(to.Id, to.Name, to.Active) : null));
    }

    /// <summary>Whether somebody is left to decide a level: for each of those asked, or for one of them.</summary>
    public static bool IsLeft(ApprovalLevel level, IReadOnlyList<Holder> holders, Guid requesterId, bool mayDecideOwn)
    {
        return level.Approvers.Count > 0 && (level.All ? level.Approvers.All(Left) : level.Approvers.Any(Left));

        bool Left(Approver approver) => holders.Any(holder => holder.Holds(approver) && holder.IsThere(requesterId, mayDecideOwn));
    }

    /// <summary>
    /// Whom to tell that a decision is due: those asked and their stand-ins. Of a role those who were given it; admins, who hold every
    /// role, only where nobody was.
    /// </summary>
    public static IReadOnlyCollection<Guid> ToTell(ApprovalLevel level, IReadOnlyList<Holder> holders, Guid requesterId, bool mayDecideOwn)
    {
        var told = new HashSet<Guid>();
        foreach (var approver in level.Approvers)
        {
            var asked = holders.Where(holder => holder.Holds(approver) && holder.IsThere(requesterId, mayDecideOwn)).ToList();
            var given = asked.Where(holder => approver.Kind != ApproverKind.Role || holder.Roles.Contains(approver.Role)).ToList();
            foreach (var holder in given.Count > 0 ? given : asked)
                told.UnionWith(holder.StandIn is { } meanwhile ? [holder.Id, meanwhile.Id] : [holder.Id]);
        }

        if (!mayDecideOwn)
            told.Remove(requesterId);
        return told;
    }

    /// <summary>Everyone who holds the role admin.</summary>
    public static Task<List<Guid>> AdminsAsync(PortalDbContext db, CancellationToken ct) => db.People()
        .Where(u => db.UserRoles.Any(held => held.UserId == u.Id && db.Roles.Any(role => role.Id == held.RoleId && role.Name == Roles.Admin))).Select(u => u.Id).ToListAsync(ct);

    /// <summary>Levels by name, as things are now.</summary>
    public static async Task<IReadOnlyList<LevelView>> DescribeAsync(PortalDbContext db, IReadOnlyList<ApprovalLevel> levels, Guid projectId, Guid requesterId, bool mayDecideOwn, DateTimeOffset now, CancellationToken ct)
    {
        var holders = await HoldersAsync(db, levels.SelectMany(level => level.Approvers), projectId, now, ct);
        var named = levels.SelectMany(level => level.Approvers).Select(a => a.UserId).OfType<Guid>().Distinct().ToList();
        // Also of those who can no longer sign in: the level names them all the same.
        var names = named.Count == 0 ? [] : await db.Users.Where(u => named.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => User.NameOf(u.DisplayName, u.UserName), ct);
        return [.. levels.Select(level => new LevelView(level.All, [.. level.Approvers.Select(Seat)]))];

        SeatView Seat(Approver approver)
        {
            var there = holders.Where(holder => holder.Holds(approver) && holder.IsThere(requesterId, mayDecideOwn)).Select(holder => holder.Words).ToList();
            IReadOnlyList<string> people = there.Count > MostNames ? [.. there.Take(MostNames), $"{there.Count - MostNames} more"] : there;
            var who = approver.Kind switch
            {
                ApproverKind.Person => names.GetValueOrDefault(approver.UserId ?? Guid.Empty, "somebody who is gone"),
                ApproverKind.Role => RuleWords.RoleHolder(approver.Role),
                ApproverKind.ProjectOwners => "an owner of the project",
            };
            return new SeatView(who, people, there.Count > 0);
        }
    }
}
