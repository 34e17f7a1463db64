using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Portal.Web.Setup;

namespace Portal.Web.Api;

/// <summary>Turns what goes wrong while an API call is read or carried out into a problem a program can read.</summary>
public sealed class ApiFaults(ILogger<ApiFaults> logger) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!httpContext.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
            return false;

        await Explain(httpContext, exception).ExecuteAsync(httpContext);
        return true;
    }

    private IResult Explain(HttpContext context, Exception fault)
    {
        if (fault is BadHttpRequestException bad)
        {
            return bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Problems.Make(bad.StatusCode, "too-large", "The request is larger than 1 MiB.", "Send less in one request.")
                : Problems.Make(bad.StatusCode, "bad-request", bad.InnerException is JsonException json ? Describe(json) : bad.Message, "Compare the request with /api/v1/openapi.json.");
        }

        if (DatabaseFaults.Explain(fault) is { } explanation)
        {
            logger.LogWarning("{Path} could not be served: {Reason}", context.Request.Path, explanation);
            context.Response.Headers.RetryAfter = "2";
            return Problems.Make(StatusCodes.Status503ServiceUnavailable, "database-away", "The portal's database does not answer at the moment.", "Nothing was changed. Send the request again in a moment, with the same Idempotency-Key.");
        }

        logger.LogError(fault, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
        return Problems.Make(StatusCodes.Status500InternalServerError, "fault", "Something went wrong inside the portal.", $"The log has the details under {context.TraceIdentifier}.");
    }

    private static string Describe(JsonException json) => json.Path is { Length: > 0 } path ? $"The body is not as expected at {path}: {json.Message}" : $"The body is not as expected: {json.Message}";
}
