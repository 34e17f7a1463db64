using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;

namespace Portal.Web.Accounts;

/// <summary>Registers and maps sign-in, sign-out and who may do so.</summary>
public static class AccountEndpoints
{
    /// <summary>Registers accounts, the cookie, and what keeps an open page honest.</summary>
    public static IServiceCollection AddPortalAccounts(this IServiceCollection services)
    {
        services.AddAuthentication(IdentityConstants.ApplicationScheme)
            .AddCookie(IdentityConstants.ApplicationScheme, SessionCookie.Configure)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        services.AddAuthorization();
        services.AddPortalIdentity().AddSignInManager();
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "portal-form";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });

        services.AddSingleton<SessionGuard>();
        services.AddHostedService<SessionWatch>();
        services.AddSingleton<SignInLimits>();
        services.AddScoped<SignInService>();
        services.AddScoped<ProfileChange>();
        services.AddScoped<CircuitAuthentication>();
        services.AddScoped<AuthenticationStateProvider>(scope => scope.GetRequiredService<CircuitAuthentication>());
        services.AddScoped<ActorProvider>();
        services.AddHttpContextAccessor();
        return services;
    }

    /// <summary>Where an open page tells that a person did something on it; see <c>portal.js</c>.</summary>
    public const string SeenPath = "/seen";

    /// <summary>Maps sign-out and the sign of a person; sign-in is a page.</summary>
    public static void MapPortalAccounts(this IEndpointRouteBuilder app)
    {
        app.MapPost("/sign-out", SignOutAsync).AllowAnonymous();
        // Nothing more to do: the cookie's check takes every request a person makes for a use of the session.
        app.MapPost(SeenPath, () => Results.NoContent()).RequireAuthorization();
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery, SignInService service, CancellationToken cancellationToken)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Results.Problem("This form is too old. Load the page again and sign out from there.", statusCode: StatusCodes.Status400BadRequest);
        await service.SignOutAsync(context.User, cancellationToken);
        return Results.LocalRedirect("/sign-in");
    }
}
