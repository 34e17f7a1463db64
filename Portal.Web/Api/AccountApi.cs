using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Web.Accounts;

namespace Portal.Web.Api;

/// <summary>Who one is, and one's own tokens.</summary>
public static class AccountApi
{
    /// <summary>A token to be made.</summary>
    /// <param name="Name">What will use it.</param>
    /// <param name="LifetimeDays">How long it lives; 90 days when not said.</param>
    public sealed record NewToken(string Name, int? LifetimeDays = null);

    /// <summary>Who one is.</summary>
    public sealed record Me(Guid Id, string Name, bool IsAdmin);

    internal static void MapAccount(this IEndpointRouteBuilder api)
    {
        api.MapGet("/me", (Caller caller) => new Me(caller.Actor.UserId, caller.Actor.Name, caller.Actor.IsAdmin)).WithSummary("Who the token speaks for.");
        api.MapGet("/tokens", (Caller caller, ApiTokens tokens, CancellationToken cancellationToken) => tokens.ListAsync(caller.Actor, cancellationToken)).WithSummary("One's own tokens.");
        api.MapDelete("/tokens/{id:guid}", async (Guid id, Caller caller, ApiTokens tokens, CancellationToken cancellationToken) =>
            Answers.Nothing(await tokens.RevokeAsync(caller.Actor, id, cancellationToken))).WithSummary("Ends a token at once.");
    }

    /// <summary>Making a token takes a signed-in person or another token; the origin check has refused other sites' pages before.</summary>
    internal static void MapTokenForSession(this IEndpointRouteBuilder app)
    {
        var either = new AuthorizationPolicyBuilder(IdentityConstants.ApplicationScheme, TokenAuthentication.SchemeName).RequireAuthenticatedUser().Build();
        app.MapPost(ApiSetup.Root + "/tokens", async (NewToken token, Caller caller, ApiTokens tokens, CancellationToken cancellationToken) =>
            Answers.Created(await CreateAsync(token, caller.Actor, tokens, cancellationToken), made => $"{ApiSetup.Root}/tokens/{made.Token.Id}"))
            .RequireAuthorization(either).DisableAntiforgery().WithSummary("Makes a token; its secret is in this answer only.");
    }

    private static Task<Result<NewApiToken>> CreateAsync(NewToken token, Actor actor, ApiTokens tokens, CancellationToken cancellationToken) =>
        tokens.CreateAsync(actor, token.Name, token.LifetimeDays is { } days ? TimeSpan.FromDays(days) : null, cancellationToken);
}
