using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain.Policies;

namespace Portal.Web.Api;

/// <summary>A rule as it shall be.</summary>
/// <param name="Name">Its name, unique, at most 80 characters.</param>
/// <param name="When">What it looks at; what is left out holds always.</param>
/// <param name="Then">What it does.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Enabled">Whether it is switched on.</param>
/// <param name="Version">Row version of the rule that is changed; not needed for a new one.</param>
public sealed record RuleBody(string Name, RuleConditions When, RuleOutcome Then, string? Description = null, bool Enabled = true, uint Version = 0)
{
    internal RuleDraft ToDraft() => new(Name, Description, Enabled, When, Then);
}

/// <summary>Another place for a rule.</summary>
/// <param name="Version">Row version of the rule.</param>
/// <param name="Number">Its new place, from 1.</param>
public sealed record MoveRuleBody(uint Version, int Number);

/// <summary>A rule switched on or off.</summary>
/// <param name="Version">Row version of the rule.</param>
/// <param name="Enabled">Whether it shall be on.</param>
public sealed record SwitchRuleBody(uint Version, bool Enabled);

/// <summary>The rules of approval; admins change them, auditors read them.</summary>
static class PolicyRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var policy = api.MapGroup("/policy").WithTags("Policy");
        policy.MapGet("", GetAsync).WithSummary("The rules in order, the price list, and the names of what rules can point at");
        policy.MapPost("/preview", TryAsync).WithSummary("What would happen to a request, by which rule, and why no rule before it matched; asks and holds nothing");
        policy.MapPost("/rules", AddAsync).WithSummary("Add a rule after all others").Changes();
        policy.MapPost("/rules/{id:guid}", SaveAsync).WithSummary("Change a rule; a stale version is told who changed what").Changes();
        policy.MapPost("/rules/{id:guid}/move", MoveAsync).WithSummary("Give a rule another place").Changes();
        policy.MapPost("/rules/{id:guid}/switch", SwitchAsync).WithSummary("Switch a rule on or off").Changes();
        policy.MapDelete("/rules/{id:guid}", DeleteAsync).WithSummary("Delete a rule; requests that wait by it go on as it said").Changes();
        policy.MapPost("/prices", PricesAsync).WithSummary("Set the price list").Changes();
    }

    static async Task<Results<Ok<PolicyView>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, PolicyService policies, CancellationToken ct) => (await policies.GetAsync(user.Actor(), ct)).Ok();

    static async Task<Results<Ok<PolicyTrial>, JsonHttpResult<Problem>>> TryAsync(ClaimsPrincipal user, PolicyTry body, PolicyService policies, CancellationToken ct) => (await policies.TryAsync(user.Actor(), body, ct)).Ok();

    static async Task<Results<Created<RuleView>, JsonHttpResult<Problem>>> AddAsync(ClaimsPrincipal user, RuleBody body, PolicyService policies, CancellationToken ct) =>
        (await policies.AddAsync(user.Actor(), body.ToDraft(), ct)).Created(_ => "/policy");

    static async Task<Results<Ok<RuleView>, JsonHttpResult<Problem>>> SaveAsync(ClaimsPrincipal user, Guid id, RuleBody body, PolicyService policies, CancellationToken ct) =>
        (await policies.SaveAsync(user.Actor(), id, body.Version, body.ToDraft(), ct)).Ok();

    static async Task<Results<Ok<RuleView>, JsonHttpResult<Problem>>> MoveAsync(ClaimsPrincipal user, Guid id, MoveRuleBody body, PolicyService policies, CancellationToken ct) =>
        (await policies.MoveAsync(user.Actor(), id, body.Version, body.Number, ct)).Ok();

    static async Task<Results<Ok<RuleView>, JsonHttpResult<Problem>>> SwitchAsync(ClaimsPrincipal user, Guid id, SwitchRuleBody body, PolicyService policies, CancellationToken ct) =>
        (await policies.SwitchAsync(user.Actor(), id, body.Version, body.Enabled, ct)).Ok();

    static async Task<Results<NoContent, JsonHttpResult<Problem>>> DeleteAsync(ClaimsPrincipal user, Guid id, uint version, PolicyService policies, CancellationToken ct) =>
        (await policies.DeleteAsync(user.Actor(), id, version, ct)).Refusal is { } refusal ? Problems.From(refusal) : TypedResults.NoContent();

    static async Task<Results<Ok<PricesView>, JsonHttpResult<Problem>>> PricesAsync(ClaimsPrincipal user, PricesView body, PolicyService policies, CancellationToken ct) =>
        (await policies.SetPricesAsync(user.Actor(), body, ct)).Ok();
}
