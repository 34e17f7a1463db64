using Portal.Domain.Policies;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>What a person has to do with a request.</summary>
/// <param name="Role">The person's role in its project; null for an approver who is in none.</param>
/// <param name="MayWrite">Whether the person may write on it.</param>
sealed record RequestAccess(ProjectRole? Role, bool MayWrite)
{
    /// <summary>
    /// Who is concerned by a request: the people of its project, whoever reads everything, and the people a level names. Of them members,
    /// owners, who asked, and those who decide may write. Null for anybody else.
    /// </summary>
    public static async Task<RequestAccess?> OfAsync(PortalDbContext db, Actor actor, RequestView request, CancellationToken ct)
    {
        var role = await db.RoleInAsync(actor, request.ProjectId, ct);
        var isNamed = request.Levels.Any(level => level.Approvers.Any(a => a.Kind == ApproverKind.Person && a.UserId == actor.UserId));
        if (role is null && !isNamed && request.RequesterId != actor.UserId)
            return null;
        return new RequestAccess(role, !actor.IsSystem && (isNamed || actor.IsApprover || request.RequesterId == actor.UserId || role is ProjectRole.Member or ProjectRole.Owner));
    }
}
