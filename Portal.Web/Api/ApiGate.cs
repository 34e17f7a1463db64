using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Web.Setup;

namespace Portal.Web.Api;

/// <summary>
/// The outermost layer of the API: holds requests to a size, and sees to it that whatever goes wrong behind it, in the framework, in
/// a service or in the database, leaves as a <see cref="Problem"/>.
/// </summary>
public sealed class ApiGate(RequestDelegate next, ILogger<ApiGate> logger)
{
    /// <summary>The largest body a call may have; a machine's request is about a kilobyte.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>Passes the request on and turns faults and bare statuses into problems.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = MostBytes;
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await next(context);
        }
        catch (Exception fault) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            // What was set for the answer that did not come must not decorate this one.
            foreach (var header in (string[])["Location", "Content-Length", "Content-Type"])
                context.Response.Headers.Remove(header);
            await Explain(context, fault).ExecuteAsync(context);
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null or 0, ContentType: null } response)
            await Problems.OfStatus(response.StatusCode).ExecuteAsync(context);
    }

    JsonHttpResult<Problem> Explain(HttpContext context, Exception fault)
    {
        if (fault is BadHttpRequestException bad)
            return bad.StatusCode == StatusCodes.Status400BadRequest ? BadRequests.Explain(bad) : Problems.OfStatus(bad.StatusCode);

        if (DatabaseClash.Is(fault))
        {
            logger.LogWarning("{Method} {Path} was undone by PostgreSQL for another change of the same rows", context.Request.Method, context.Request.Path);
            context.Response.Headers.RetryAfter = "1";
            return Problems.Make(StatusCodes.Status409Conflict, "clash", "Another change of the same things was made at the same moment. Nothing was done.", "Send the request again.");
        }

        if (DatabaseFaults.Explain(fault) is { } explanation)
        {
            logger.LogWarning("{Method} {Path} could not be served: {Reason}", context.Request.Method, context.Request.Path, explanation);
            context.Response.Headers.RetryAfter = "2";
            return Problems.Make(StatusCodes.Status503ServiceUnavailable, "database-away", "The portal's database does not answer at the moment.", "Send the request again in a moment, with the same Idempotency-Key.");
        }

        logger.LogError(fault, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
        return Problems.Make(StatusCodes.Status500InternalServerError, "fault", "Something went wrong inside the portal.", $"The log has the details under {context.TraceIdentifier}.");
    }
}
