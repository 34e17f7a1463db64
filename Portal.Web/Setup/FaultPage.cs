using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Diagnostics;

namespace Portal.Web.Setup;

/// <summary>
/// What a person gets instead of a page that could not be made, above all while PostgreSQL is away. Written without anything that
/// could fail for the same reason: no session is looked up for it, no component rendered.
/// </summary>
public static class FaultPage
{
    private const string Away = "The database does not answer";
    private const string Unread = "This form could not be read";
    private const string Fault = "This page could not be made";

    /// <summary>Writes it. An outage is 503 with when to come back, anything else stays 500.</summary>
    public static Task WriteAsync(HttpContext context)
    {
        var fault = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var isAway = fault is not null && DatabaseFaults.Explain(fault) is not null;
        if (isAway)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "5";
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(isAway
            ? Page(Away, "Nothing is lost: machines run on, and what was ordered is carried out when it is back. Wait a moment, then try again.")
            : Page(Fault, "The portal wrote down why. Try again; if it stays so, tell whoever runs the portal when it happened."), context.RequestAborted);
    }

    /// <summary>
    /// Gives a form that was refused before its page saw it a page that says so; the framework's answer is blank. Its guard against forgery
    /// has run out, or it holds what no form holds, such as a NUL.
    /// </summary>
    public static async Task FillUnreadFormAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response is not { HasStarted: false, StatusCode: StatusCodes.Status400BadRequest } || context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is null)
            return;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(Page(Unread, "The page was open for too long, or something in it cannot be sent. Nothing was done. Load it again and fill it in anew."), context.RequestAborted);
    }

    private static string Page(string title, string text) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{title} · Portal</title>
          <link rel="stylesheet" href="/dist/fonts.css" />
          <link rel="stylesheet" href="/css/tokens.css" />
          <link rel="stylesheet" href="/css/portal.css" />
          <script src="/js/theme.js"></script>
        </head>
        <body>
          <main class="plain">
            <a class="brand" href="/"><span class="mark" aria-hidden="true"></span>Portal</a>
            <section class="card stack said">
              <h1>{title}</h1>
              <p>{text}</p>
              <a class="btn primary wide" href="/">Try again</a>
            </section>
          </main>
        </body>
        </html>
        """;
}
