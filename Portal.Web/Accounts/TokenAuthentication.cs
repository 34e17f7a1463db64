using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Portal.Domain.Accounts;
using Portal.Web.Api;

namespace Portal.Web.Accounts;

/// <summary>Signs a program in by its API token: <c>Authorization: Bearer …</c>.</summary>
public sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "token";

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        const string prefix = "Bearer ";
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();

        var actor = await tokens.AuthenticateAsync(header[prefix.Length..].Trim(), Context.Connection.RemoteIpAddress?.ToString(), Context.RequestAborted);
        if (actor is null)
            return AuthenticateResult.Fail("The token is unknown, expired or revoked.");

        List<Claim> claims = [new(ClaimTypes.NameIdentifier, actor.UserId.ToString()), new(ClaimTypes.Name, actor.Name), new(ClaimTypes.Role, Roles.Member)];
        claims.AddRange(Roles.NamesOf(actor.Platform).Select(role => new Claim(ClaimTypes.Role, role)));
        if (Context.Connection.RemoteIpAddress is { } address)
            claims.Add(new(PortalClaims.Address, address.ToString()));
        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName, ClaimTypes.Name, ClaimTypes.Role));
        return AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName));
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = Request.Headers.Authorization.Count == 0 ? "Bearer" : "Bearer error=\"invalid_token\"";
        return Problems.Make(StatusCodes.Status401Unauthorized, "not-signed-in", "This call needs a valid token.",
            "Make one on the account page and send it as 'Authorization: Bearer …'.").ExecuteAsync(Context);
    }
}
