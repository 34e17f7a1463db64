using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Portal.Web.Setup;

namespace Portal.Web.Api;

/// <summary>
/// Holds each token, and each address, to so many calls a minute: a script gone wild must not slow the pages for people, nor guesses
/// at tokens the database.
/// </summary>
static class CallLimits
{
    // Several scripts may run behind one address.
    const int TokensPerAddress = 10;

    static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static void Configure(RateLimiterOptions options, Settings settings)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        var ofToken = settings.ApiCallsPerMinute;
        var ofAddress = (int)Math.Min(int.MaxValue, (long)ofToken * TokensPerAddress);
        // The address first: each guess at a token would have a fresh allowance of its own, and cost memory to keep.
        options.GlobalLimiter = PartitionedRateLimiter.CreateChained(Limit(AddressOf, ofAddress), Limit(CallerOf, ofToken));
        options.OnRejected = async (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window;
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString();
            await Problems.Make(StatusCodes.Status429TooManyRequests, "too-many-calls", $"More than {ofToken} calls came with this token, or {ofAddress} from this address, within a minute.", "Wait as long as Retry-After says.").ExecuteAsync(rejected.HttpContext);
        };
    }

    static PartitionedRateLimiter<HttpContext> Limit(Func<HttpContext, string> key, int calls) => PartitionedRateLimiter.Create<HttpContext, string>(context =>
        RateLimitPartition.GetFixedWindowLimiter(key(context), _ => new FixedWindowRateLimiterOptions { PermitLimit = calls, Window = Window }));

    static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";

    // Before the token is looked up. Tokens are kept as hashes here too.
    static string CallerOf(HttpContext context) => context.Request.Headers.Authorization.ToString() is { Length: > 0 } credentials
        ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(credentials)))
        : AddressOf(context);
}
