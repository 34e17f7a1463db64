using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Approvals;

namespace Portal.Web.Api;

/// <summary>Who decides while somebody is away.</summary>
static class DelegationRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var delegations = api.MapGroup("/delegations").WithTags("Approvals");
        delegations.MapGet("", ListAsync).WithSummary("Delegations that hold or will hold: one's own, and those to oneself; an admin's are everybody's");
        delegations.MapPost("", AddAsync).WithSummary("Have somebody decide while one is away").Changes();
        delegations.MapDelete("/{id:guid}", EndAsync).WithSummary("End a delegation now; again is fine").Changes();
    }

    static async Task<Ok<Page<DelegationView>>> ListAsync(ClaimsPrincipal user, DelegationService delegations, CancellationToken ct) => (await delegations.ListAsync(user.Actor(), ct)).Whole();

    static async Task<Results<Created<DelegationView>, JsonHttpResult<Problem>>> AddAsync(ClaimsPrincipal user, DelegationDraft body, DelegationService delegations, CancellationToken ct) =>
        (await delegations.AddAsync(user.Actor(), body, ct)).Created(_ => "/delegations");

    static async Task<Results<NoContent, JsonHttpResult<Problem>>> EndAsync(ClaimsPrincipal user, Guid id, DelegationService delegations, CancellationToken ct) =>
        (await delegations.EndAsync(user.Actor(), id, ct)).Refusal is { } refusal ? Problems.From(refusal) : TypedResults.NoContent();
}
