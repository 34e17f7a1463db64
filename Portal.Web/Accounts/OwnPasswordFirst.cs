using Microsoft.AspNetCore.Authorization;

namespace Portal.Web.Accounts;

/// <summary>
/// Who signed in with a password that somebody else chose is led to the page where it is replaced, and gets nothing else that needs
/// a sign-in: no page, no circuit, no stream.
/// </summary>
public sealed class OwnPasswordFirst(RequestDelegate next)
{
    /// <summary>The one page that opens.</summary>
    public const string Page = "/account/password";

    /// <summary>Passes on what may go on; that somebody is there tells nothing and opens nothing.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (!context.User.HasClaim(claim => claim.Type == PortalClaims.MustChangePassword) || context.Request.Path == Page || context.Request.Path == AccountEndpoints.SeenPath || !NeedsSignIn(context.GetEndpoint()))
            return next(context);
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html"))
            context.Response.Redirect(Page);
        else
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    static bool NeedsSignIn(Endpoint? endpoint) => endpoint is not null && endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null;
}
