using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Portal.Web.Setup;

namespace Portal.Web.Api;

/// <summary>Holds each token to so many calls a minute: a script gone wild must not slow the pages for people.</summary>
static class CallLimits
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static void Configure(RateLimiterOptions options, Settings settings)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => context.Request.Path.StartsWithSegments(ApiRoutes.Prefix, StringComparison.OrdinalIgnoreCase)
            ? RateLimitPartition.GetFixedWindowLimiter(CallerOf(context), _ => new FixedWindowRateLimiterOptions { PermitLimit = settings.ApiCallsPerMinute, Window = Window })
            : RateLimitPartition.GetNoLimiter(""));
        options.OnRejected = async (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window;
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString();
            await Problems.Make(StatusCodes.Status429TooManyRequests, "too-many-calls", $"This token has made more than {settings.ApiCallsPerMinute} calls within a minute.", "Wait as long as Retry-After says.").ExecuteAsync(rejected.HttpContext);
        };
    }

    // The limit comes before the token is looked up, so that guessing costs the database nothing past it. Tokens are kept as hashes here too.
    static string CallerOf(HttpContext context) => context.Request.Headers.Authorization.ToString() is { Length: > 0 } credentials
        ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(credentials)))
        : context.Connection.RemoteIpAddress?.ToString() ?? "";
}
