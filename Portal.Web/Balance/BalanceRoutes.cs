using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain.Balance;
using Portal.Web.Api;

namespace Portal.Web.Balance;

/// <summary>Recommendations to follow.</summary>
/// <param name="Choices">Which, in the order they are to begin; at most 20.</param>
public sealed record BalanceBody(IReadOnlyList<BalanceChoice> Choices);

/// <summary>What became of a recommendation that was to be followed.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="MachineName">Its name; null when nothing is recommended for it.</param>
/// <param name="MigrationId">The move that was ordered; null when none was.</param>
/// <param name="Code">Why not, as a stable name; null when it was ordered.</param>
/// <param name="Message">Why not, in words.</param>
/// <param name="Advice">What to do about it.</param>
public sealed record BalanceAnswer(Guid MachineId, string? MachineName, Guid? MigrationId, string? Code, string? Message, string? Advice);

/// <summary>Whether machines are balanced without anybody's hand.</summary>
/// <param name="Enabled">Whether it is switched on.</param>
/// <param name="Terms">When, and how much.</param>
/// <param name="Version">The version that was read; 0 while nobody said anything.</param>
public sealed record BalanceSettingsBody(bool Enabled, BalanceTerms Terms, int Version);

/// <summary>Balance: what is worth moving, following it, and when it is followed without anybody's hand.</summary>
static class BalanceRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var balance = api.MapGroup("/balance").WithTags("Balance");
        balance.MapGet("", LookAsync).WithSummary("How full hosts are, which moves are worth making, what they bring and what they cost");
        balance.MapPost("/moves", ApplyAsync).WithSummary("Follow some recommendations, each by an ordinary move; an answer for each").Changes();
        balance.MapGet("/settings", SettingsAsync).WithSummary("Whether, when and how much is moved without anybody's hand");
        balance.MapPut("/settings", SetAsync).WithSummary("Say whether, when and how much is moved without anybody's hand").Changes();
    }

    static async Task<Results<Ok<BalanceView>, JsonHttpResult<Problem>>> LookAsync(ClaimsPrincipal user, BalanceService balance, CancellationToken ct) => (await balance.LookAsync(user.Actor(), ct)).Ok();

    static async Task<Results<Ok<BalanceAnswer[]>, JsonHttpResult<Problem>>> ApplyAsync(ClaimsPrincipal user, BalanceBody body, HttpContext http, BalanceService balance, CancellationToken ct)
    {
        var outcome = await balance.ApplyAsync(user.Actor(), body.Choices, http.CallKey(), ct);
        return outcome.IsOk
            ? TypedResults.Ok(outcome.Value.Select(o => new BalanceAnswer(o.MachineId, o.MachineName, o.Move?.Id, o.Refusal?.Code, o.Refusal?.Message, o.Refusal?.Advice)).ToArray())
            : Problems.From(outcome.Refusal);
    }

    static async Task<Results<Ok<BalanceSettingsView>, JsonHttpResult<Problem>>> SettingsAsync(ClaimsPrincipal user, BalanceService balance, CancellationToken ct) => (await balance.SettingsAsync(user.Actor(), ct)).Ok();

    static async Task<Results<Ok<BalanceSettingsView>, JsonHttpResult<Problem>>> SetAsync(ClaimsPrincipal user, BalanceSettingsBody body, BalanceService balance, CancellationToken ct) =>
        (await balance.SetAsync(user.Actor(), body.Enabled, body.Terms, body.Version, ct)).Ok();
}
