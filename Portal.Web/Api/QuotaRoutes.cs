using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain.Projects;

namespace Portal.Web.Api;

/// <summary>Limits to set.</summary>
/// <param name="Version">The version that was read; another one means that somebody else edited meanwhile.</param>
/// <param name="Limits">Limits; those left out stay.</param>
/// <param name="Soft">Soft limits, null for none; those left out stay.</param>
/// <param name="Caps">The largest a single machine may be.</param>
/// <param name="GraceDays">How long a soft limit may be passed, days.</param>
public sealed record QuotaBody(uint Version, IReadOnlyDictionary<QuotaResource, long> Limits, IReadOnlyDictionary<QuotaResource, long?> Soft, MachineCaps Caps, int GraceDays);

/// <summary>One member's own limits to set.</summary>
/// <param name="Version">The version that was read.</param>
/// <param name="Limits">Limits, null for none of one's own; those left out stay.</param>
public sealed record MemberLimitsBody(uint Version, IReadOnlyDictionary<QuotaResource, long?> Limits);

/// <summary>Limits, who set them, and what is held of them.</summary>
static class QuotaRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var projects = api.MapGroup("/projects/{id:guid}/quota").WithTags("Projects");
        projects.MapGet("/setup", SetupAsync).WithSummary("A project's limits, caps and members' own limits, with the version a change names");
        projects.MapPut("", SetAsync).WithSummary("Set a project's limits, soft limits, caps and days of grace; admins only").Changes();
        projects.MapPut("/members/{userId:guid}", SetMemberAsync).WithSummary("Set a member's own limits; owners of the project").Changes();
        projects.MapPost("/recount", RecountAsync).WithSummary("Count what is held anew from machines and requests, and put the books right; admins only").Changes();
        api.MapPost("/projects/recount", RecountAllAsync).WithTags("Projects").WithSummary("Recount every project, and say where the books were wrong; admins only").Changes();
        api.MapGet("/projects/recount", LastRecountAsync).WithTags("Projects").WithSummary("What the last recount of every project found; for admins and auditors");
    }

    static async Task<Results<Ok<QuotaSetup>, JsonHttpResult<Problem>>> SetupAsync(ClaimsPrincipal user, Guid id, QuotaService quotas, CancellationToken ct) =>
        (await quotas.SetupAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<QuotaSetup>, JsonHttpResult<Problem>>> SetAsync(ClaimsPrincipal user, Guid id, QuotaBody body, QuotaService quotas, CancellationToken ct) =>
        (await quotas.SetAsync(user.Actor(), id, new QuotaEdit(body.Limits, body.Soft, body.Caps, body.GraceDays), body.Version, ct)).Ok();

    static async Task<Results<Ok<QuotaSetup>, JsonHttpResult<Problem>>> SetMemberAsync(ClaimsPrincipal user, Guid id, Guid userId, MemberLimitsBody body, QuotaService quotas, CancellationToken ct) =>
        (await quotas.SetMemberAsync(user.Actor(), id, userId, body.Limits, body.Version, ct)).Ok();

    static async Task<Results<Ok<FullRecount>, JsonHttpResult<Problem>>> RecountAllAsync(ClaimsPrincipal user, QuotaService quotas, CancellationToken ct) =>
        (await quotas.RecountAllAsync(user.Actor(), null, ct)).Ok();

    static async Task<Results<Ok<FullRecount>, JsonHttpResult<Problem>>> LastRecountAsync(ClaimsPrincipal user, QuotaService quotas, CancellationToken ct)
    {
        var last = await quotas.LastRecountAsync(user.Actor(), ct);
        return last.IsOk ? last.Value.OkOr404("recount") : Problems.From(last.Refusal);
    }

    static async Task<Results<Ok<QuotaRecount>, JsonHttpResult<Problem>>> RecountAsync(ClaimsPrincipal user, Guid id, QuotaService quotas, CancellationToken ct) =>
        (await quotas.RecountAsync(user.Actor(), id, ct)).Ok();
}
