using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Projects;

namespace Portal.Web.Api;

/// <summary>A person to add to a project.</summary>
/// <param name="UserId">The person.</param>
/// <param name="Role">Owner, Member or Viewer.</param>
public sealed record MemberBody(Guid UserId, ProjectRole Role);

/// <summary>Another role for a member.</summary>
/// <param name="Role">Owner, Member or Viewer.</param>
/// <param name="Version">The member's version as it was read.</param>
public sealed record MemberRoleBody(ProjectRole Role, uint Version);

/// <summary>Who belongs to a project.</summary>
static class MemberRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var members = api.MapGroup("/projects/{id:guid}/members").WithTags("Projects");
        members.MapGet("", ListAsync).WithSummary("Everybody in a project, owners first");
        members.MapPost("", AddAsync).WithSummary("Add a person to a project; for its owners and admins").Changes();
        members.MapPost("/{userId:guid}/role", ChangeRoleAsync).WithSummary("Give a member another role; a project keeps an owner").Changes();
        members.MapDelete("/{userId:guid}", RemoveAsync).WithSummary("Take a person out of a project, and say what they leave in it").Changes();
    }

    static async Task<Results<Ok<Page<MemberRow>>, JsonHttpResult<Problem>>> ListAsync(ClaimsPrincipal user, Guid id, MemberService members, CancellationToken ct) =>
        await members.ListAsync(user.Actor(), id, ct) is { } rows ? rows.Whole() : Problems.NotFound("project");

    static async Task<Results<Created<MemberRow>, JsonHttpResult<Problem>>> AddAsync(ClaimsPrincipal user, Guid id, MemberBody body, MemberService members, CancellationToken ct) =>
        (await members.AddAsync(user.Actor(), id, body.UserId, body.Role, ct)).Created(_ => $"/projects/{id}/members");

    static async Task<Results<Ok<MemberRow>, JsonHttpResult<Problem>>> ChangeRoleAsync(ClaimsPrincipal user, Guid id, Guid userId, MemberRoleBody body, MemberService members, CancellationToken ct) =>
        (await members.ChangeRoleAsync(user.Actor(), id, userId, body.Role, body.Version, ct)).Ok();

    static async Task<Results<Ok<MemberLeft>, JsonHttpResult<Problem>>> RemoveAsync(ClaimsPrincipal user, Guid id, Guid userId, uint version, MemberService members, CancellationToken ct) =>
        (await members.RemoveAsync(user.Actor(), id, userId, version, ct)).Ok();
}
