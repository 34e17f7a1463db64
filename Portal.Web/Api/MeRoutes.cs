using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Projects;

namespace Portal.Web.Api;

/// <summary>Whom the token speaks for.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsAdmin">Whether it may do everything.</param>
/// <param name="Roles">The platform roles it holds: admin, approver, operator, auditor.</param>
/// <param name="Projects">The projects it may see, with its role in each.</param>
public sealed record Me(Guid Id, string Name, bool IsAdmin, IReadOnlyList<string> Roles, IReadOnlyList<ProjectView> Projects);

/// <summary>One's own name to have. The address takes the password, so it is changed on the account page alone.</summary>
/// <param name="Seen">Name and address the account had as they were read.</param>
/// <param name="Name">The name other people see, at most 80 characters.</param>
public sealed record OwnNameBody(AccountProfile Seen, string Name);

/// <summary>A token to make.</summary>
/// <param name="Name">What will use it; 1 to 80 characters.</param>
/// <param name="LifetimeDays">How long it lives; 90 days when not said, 366 at most.</param>
public sealed record TokenBody(string Name, [property: Description("Days until it ends: 1 to 366; 90 when not said.")] int? LifetimeDays = null);

/// <summary>Who one is, and one's tokens.</summary>
static class MeRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/me", MeAsync).WithTags("Me").WithSummary("Whom the token speaks for");
        api.MapGet("/me/profile", ProfileAsync).WithTags("Me").WithSummary("One's own name and address");
        api.MapPut("/me/profile", SetProfileAsync).WithTags("Me").WithSummary("Change one's own name; the address is changed on the account page, which asks for the password").Changes();
        var tokens = api.MapGroup("/tokens").WithTags("Tokens");
        tokens.MapGet("", ListAsync).WithSummary("One's own tokens, newest first, without their secrets");
        tokens.MapPost("", CreateAsync).WithSummary("Make a token; its secret is in this answer and never again").Changes(secretReply: true);
        tokens.MapGet("/{id:guid}", GetAsync).WithSummary("One of one's own tokens, without its secret");
        tokens.MapDelete("/{id:guid}", RevokeAsync).WithSummary("Revoke a token of one's own at once; again is fine").Changes();
    }

    static async Task<Ok<Me>> MeAsync(ClaimsPrincipal user, ProjectService projects, CancellationToken ct)
    {
        var actor = user.Actor();
        return TypedResults.Ok(new Me(actor.UserId, actor.Name, actor.IsAdmin, [.. Roles.NamesOf(actor.Platform)], await projects.ListMineAsync(actor, ct)));
    }

    static async Task<Results<Ok<AccountProfile>, JsonHttpResult<Problem>>> ProfileAsync(ClaimsPrincipal user, AccountService accounts, CancellationToken ct) =>
        (await accounts.OwnProfileAsync(user.Actor(), ct)).Ok();

    static async Task<Results<Ok<AccountProfile>, JsonHttpResult<Problem>>> SetProfileAsync(ClaimsPrincipal user, OwnNameBody body, AccountService accounts, CancellationToken ct) =>
        (await accounts.ChangeOwnProfileAsync(user.Actor(), body.Seen, body.Seen with { Name = body.Name }, ct)).Ok();

    static async Task<Ok<Page<ApiTokenView>>> ListAsync(ClaimsPrincipal user, ApiTokens tokens, CancellationToken ct) => (await tokens.ListAsync(user.Actor(), ct)).Whole();

    static async Task<Results<Ok<ApiTokenView>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, ApiTokens tokens, CancellationToken ct) =>
        (await tokens.ListAsync(user.Actor(), ct)).FirstOrDefault(t => t.Id == id).OkOr404("token");

    static async Task<Results<Created<NewApiToken>, JsonHttpResult<Problem>>> CreateAsync(ClaimsPrincipal user, TokenBody body, ApiTokens tokens, CancellationToken ct)
    {
        // Days past what a TimeSpan holds are as much too long as a day past the limit.
        var lifetime = body.LifetimeDays is { } days ? TimeSpan.FromDays(Math.Clamp(days, 0, 10_000)) : (TimeSpan?)null;
        var made = await tokens.CreateAsync(user.Actor(), body.Name, lifetime, ct);
        return made.Refusal is { Field: "lifetime" } refusal
            ? Problems.From(refusal with { Field = "lifetimeDays" })
            : made.Created(token => $"/tokens/{token.Token.Id}");
    }

    static async Task<Results<Ok<ApiTokenView>, JsonHttpResult<Problem>>> RevokeAsync(ClaimsPrincipal user, Guid id, ApiTokens tokens, CancellationToken ct) =>
        (await tokens.RevokeAsync(user.Actor(), id, ct)).Ok();
}
