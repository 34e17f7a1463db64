using Portal.Domain.Approvals;
using Portal.Domain.Policies;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>What a person has to do with a request.</summary>
/// <param name="Role">The person's role in its project; null for an approver who is in none.</param>
/// <param name="MayWrite">Whether the person may write on it.</param>
/// <param name="MayDecide">Whether the person may decide it now.</param>
sealed record RequestAccess(ProjectRole? Role, bool MayWrite, bool MayDecide)
{
    /// <summary>
    /// Who is concerned by a request: the people of its project, whoever reads everything, the people a level names, and whoever may decide it for them. Of them members,
    /// owners, who asked, and those who decide may write. Null for anybody else; who asked and has left the project since is one of those.
    /// </summary>
    public static async Task<RequestAccess?> OfAsync(PortalDbContext db, Actor actor, RequestView request, DateTimeOffset now, CancellationToken ct)
    {
        var role = await db.RoleInAsync(actor, request.ProjectId, ct);
        var isNamed = request.Levels.Any(level => level.Approvers.Any(a => a.Kind == ApproverKind.Person && a.UserId == actor.UserId));
        var mayDecide = await ApprovalService.MayDecideAsync(db, actor, request.Id, now, ct);
        if (role is null && !isNamed && !mayDecide)
            return null;
        return new RequestAccess(role, !actor.IsSystem && (isNamed || mayDecide || actor.IsApprover || request.RequesterId == actor.UserId || role is ProjectRole.Member or ProjectRole.Owner), mayDecide);
    }
}
