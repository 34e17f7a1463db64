using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Portal.Domain.Accounts;

namespace Portal.Web.Api;

/// <summary>
/// A POST that carries an <c>Idempotency-Key</c> is carried out once: sent again, it gets the first answer. What was refused or
/// failed is not kept, so that it can be sent again with the same key. Kept answers are encrypted: one may hold a token's secret.
/// </summary>
public sealed class IdempotencyKeys(RequestDelegate next, ApiReplies replies, IDataProtectionProvider protection)
{
    private const int LongestKey = 90;
    private readonly IDataProtector _protector = protection.CreateProtector("api-replies");

    /// <summary>Answers from the record, or lets the call through and records its answer.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var key = context.Request.Headers[Caller.KeyHeader].ToString();
        if (key.Length == 0 || !HttpMethods.IsPost(context.Request.Method) || !Guid.TryParse(context.User.FindFirstValue(ClaimTypes.NameIdentifier), out var user))
        {
            await next(context);
            return;
        }

        if (key.Length > LongestKey || key.Any(letter => letter is < '!' or > '~'))
        {
            await Problems.Make(StatusCodes.Status422UnprocessableEntity, "idempotency-key-invalid", $"An Idempotency-Key has at most {LongestKey} visible ASCII characters.", "Use a UUID.").ExecuteAsync(context);
            return;
        }

        var fingerprint = await FingerprintAsync(context.Request, context.RequestAborted);
        if (await replies.TakeAsync(user, key, fingerprint, context.RequestAborted) is { } known)
            await AnswerAgainAsync(context, known, fingerprint);
        else
            await RecordAsync(context, user, key);
    }

    private async Task AnswerAgainAsync(HttpContext context, ApiReply known, byte[] fingerprint)
    {
        if (!known.Fingerprint.AsSpan().SequenceEqual(fingerprint))
        {
            await Problems.Make(StatusCodes.Status409Conflict, "idempotency-key-reused", "This Idempotency-Key was used for a different call.", "Use a new key for a new call.").ExecuteAsync(context);
            return;
        }

        if (known.Status is not { } status)
        {
            context.Response.Headers.RetryAfter = "1";
            await Problems.Make(StatusCodes.Status409Conflict, "in-progress", "The same call is being carried out.", "Send it again in a moment to get its answer.").ExecuteAsync(context);
            return;
        }

        context.Response.StatusCode = status;
        context.Response.Headers["Idempotency-Replayed"] = "true";
        if (known.Location is { } location)
            context.Response.Headers.Location = location;
        if (known.Body is not { Length: > 0 } body)
            return;
        context.Response.ContentType = known.ContentType;
        await context.Response.WriteAsync(_protector.Unprotect(body), context.RequestAborted);
    }

    private async Task RecordAsync(HttpContext context, Guid user, string key)
    {
        var wire = context.Response.Body;
        using var copy = new MemoryStream();
        context.Response.Body = copy;
        var recorded = false;
        try
        {
            await next(context);
            if (context.Response.StatusCode is >= 200 and < 300)
            {
                var body = _protector.Protect(Encoding.UTF8.GetString(copy.ToArray()));
                await replies.AnswerAsync(user, key, context.Response.StatusCode, context.Response.ContentType, body, context.Response.Headers.Location, CancellationToken.None);
                recorded = true;
            }
        }
        finally
        {
            context.Response.Body = wire;
            if (!recorded)
                await replies.ReleaseAsync(user, key, CancellationToken.None);
        }

        copy.Position = 0;
        await copy.CopyToAsync(wire, context.RequestAborted);
    }

    private static async Task<byte[]> FingerprintAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        var buffer = new byte[8192];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
            hash.AppendData(buffer, 0, read);
        request.Body.Position = 0;
        return hash.GetHashAndReset();
    }
}
