using Microsoft.Extensions.Primitives;
using Portal.Web.Api;
using Portal.Web.Setup;

namespace Portal.Web.Security;

/// <summary>
/// Refuses what another site's page sends with our visitor's cookie: WebSockets are not covered by the same-origin rule, so the
/// circuit and the hubs look at <c>Origin</c> before anything is created for the caller.
/// </summary>
public sealed class OriginCheck(RequestDelegate next, Settings settings)
{
    /// <summary>Lets a request through when it comes from our own pages or from something that is no browser.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (!NeedsCheck(context.Request) || IsOurs(context.Request, settings.PublicOrigins))
            return next(context);

        if (context.Request.Path.StartsWithSegments(ApiRoutes.Prefix, StringComparison.OrdinalIgnoreCase))
            return Problems.Make(StatusCodes.Status403Forbidden, "foreign-origin", "This call comes from a page of another site.", "Call from a program, or from a page of the portal's own address.").ExecuteAsync(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync("This page belongs to another site. Open the portal at its own address.", context.RequestAborted);
    }

    /// <summary>Live connections always, and every request that may change something.</summary>
    public static bool NeedsCheck(HttpRequest request) =>
        request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase)
        || request.Path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase)
        || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method));

    /// <summary>
    /// A browser names its page's origin on every WebSocket and every changing request; where it does not, <c>Sec-Fetch-Site</c> tells.
    /// A caller that sends neither is no browser, and carries no cookie it was not given.
    /// </summary>
    public static bool IsOurs(HttpRequest request, IReadOnlyList<string> publicOrigins)
    {
        var origin = request.Headers.Origin;
        if (StringValues.IsNullOrEmpty(origin))
            return request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none";

        var own = $"{request.Scheme}://{request.Host}";
        return origin.Count == 1
            && (string.Equals(origin[0], own, StringComparison.OrdinalIgnoreCase)
                || publicOrigins.Contains(origin[0], StringComparer.OrdinalIgnoreCase));
    }
}
