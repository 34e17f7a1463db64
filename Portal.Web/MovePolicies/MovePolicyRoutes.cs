using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.MovePolicies;
using Portal.Web.Api;

namespace Portal.Web.MovePolicies;

/// <summary>A policy to make.</summary>
/// <param name="Name">What people call it, 1 to 40 characters.</param>
/// <param name="Terms">Its figures.</param>
public sealed record MovePolicyBody(string Name, MovePolicyTerms Terms);

/// <summary>What a policy is to become.</summary>
/// <param name="Version">The version it was read with.</param>
/// <param name="Name">What people call it, 1 to 40 characters.</param>
/// <param name="Terms">Its figures.</param>
public sealed record MovePolicyChange(uint Version, string Name, MovePolicyTerms Terms);

/// <summary>Policies for live moves that admins made.</summary>
static class MovePolicyRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var policies = api.MapGroup("/move-policies").WithTags("Move policies");
        policies.MapGet("", ListAsync).WithSummary("The policies for live moves that admins made, beside those that are built in")
            .Lists(["name", "changed"], new ListFilter("retired", ["yes", "no"]));
        policies.MapPost("", CreateAsync).WithSummary("Make a policy").Changes();
        policies.MapGet("/{id:guid}", GetAsync).WithSummary("A policy");
        policies.MapPut("/{id:guid}", ChangeAsync).WithSummary("Change a policy; moves that were ordered by it keep what they were ordered with").Changes();
        policies.MapPost("/{id:guid}/retire", (ClaimsPrincipal user, Guid id, MovePolicyService service, CancellationToken ct) => RetireAsync(user, id, true, service, ct)).WithSummary("Retire a policy: nothing is ordered by it any more").Changes();
        policies.MapPost("/{id:guid}/bring-back", (ClaimsPrincipal user, Guid id, MovePolicyService service, CancellationToken ct) => RetireAsync(user, id, false, service, ct)).WithSummary("Bring a retired policy back").Changes();
    }

    static async Task<Ok<Page<MovePolicyView>>> ListAsync(ClaimsPrincipal user, [AsParameters] Api.Paging paging, HttpRequest http, MovePolicyService policies, CancellationToken ct) =>
        TypedResults.Ok(await policies.ListAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Results<Created<MovePolicyView>, JsonHttpResult<Problem>>> CreateAsync(ClaimsPrincipal user, MovePolicyBody body, MovePolicyService policies, CancellationToken ct) =>
        (await policies.CreateAsync(user.Actor(), new(body.Name, body.Terms), ct)).Created(made => $"/move-policies/{made.Id}");

    static async Task<Results<Ok<MovePolicyView>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, MovePolicyService policies, CancellationToken ct) => (await policies.GetAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<MovePolicyView>, JsonHttpResult<Problem>>> ChangeAsync(ClaimsPrincipal user, Guid id, MovePolicyChange body, MovePolicyService policies, CancellationToken ct) =>
        (await policies.ChangeAsync(user.Actor(), id, body.Version, new(body.Name, body.Terms), ct)).Ok();

    static async Task<Results<Ok<MovePolicyView>, JsonHttpResult<Problem>>> RetireAsync(ClaimsPrincipal user, Guid id, bool retired, MovePolicyService policies, CancellationToken ct) =>
        (await policies.RetireAsync(user.Actor(), id, retired, ct)).Ok();
}
