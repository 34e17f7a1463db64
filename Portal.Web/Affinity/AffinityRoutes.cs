using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Affinity;
using Portal.Web.Api;

namespace Portal.Web.Affinity;

/// <summary>What an affinity rule is to become.</summary>
/// <param name="Version">The version it was read with.</param>
/// <param name="Name">What people call it, 1 to 60 characters.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Strength">How much it weighs.</param>
/// <param name="Machines">Its machines, 2 to 50.</param>
public sealed record AffinityChange(uint Version, string Name, AffinityKind Kind, AffinityStrength Strength, IReadOnlyList<Guid> Machines);

/// <summary>Rules that keep machines together or apart.</summary>
static class AffinityRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var rules = api.MapGroup("/affinity-rules").WithTags("Affinity");
        rules.MapGet("", ListAsync).WithSummary("Rules that keep machines together on one host or apart, by name")
            .Lists(["name", "kind", "project", "changed"], ListFilter.Of<AffinityKind>("kind"), ListFilter.Of<AffinityStrength>("strength"), new ListFilter("kept", ["yes", "no"]), ListFilter.Id("project"), ListFilter.Id("machine"));
        rules.MapPost("", CreateAsync).WithSummary("Make a rule: in a project, or, by operators, across projects").Changes();
        rules.MapGet("/{id:guid}", GetAsync).WithSummary("A rule and where its machines are");
        rules.MapPut("/{id:guid}", ChangeAsync).WithSummary("Change a rule; machines that are against it stay where they are").Changes();
        rules.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Delete a rule; its machines stay where they are").Changes();
    }

    static async Task<Ok<Page<AffinityRuleView>>> ListAsync(ClaimsPrincipal user, [AsParameters] Api.Paging paging, HttpRequest http, AffinityService rules, CancellationToken ct) =>
        TypedResults.Ok(await rules.ListAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Results<Created<AffinityRuleView>, JsonHttpResult<Problem>>> CreateAsync(ClaimsPrincipal user, AffinityDraft body, AffinityService rules, CancellationToken ct) =>
        (await rules.CreateAsync(user.Actor(), body, ct)).Created(made => $"/affinity-rules/{made.Id}");

    static async Task<Results<Ok<AffinityRuleView>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, AffinityService rules, CancellationToken ct) => (await rules.GetAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<AffinityRuleView>, JsonHttpResult<Problem>>> ChangeAsync(ClaimsPrincipal user, Guid id, AffinityChange body, AffinityService rules, CancellationToken ct) =>
        (await rules.ChangeAsync(user.Actor(), id, body.Version, new AffinityDraft(body.Name, body.Kind, body.Strength, null, body.Machines), ct)).Ok();

    static async Task<Results<NoContent, JsonHttpResult<Problem>>> DeleteAsync(ClaimsPrincipal user, Guid id, AffinityService rules, CancellationToken ct) =>
        (await rules.DeleteAsync(user.Actor(), id, ct)).Refusal is { } refusal ? Problems.From(refusal) : TypedResults.NoContent();
}
