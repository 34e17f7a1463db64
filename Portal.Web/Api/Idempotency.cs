using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Portal.Domain;
using Portal.Domain.Accounts;

namespace Portal.Web.Api;

/// <summary>On routes that change something: <see cref="Header"/> is honoured. <see cref="SecretReply"/>: the answer holds what is shown once.</summary>
sealed record ChangesSomething(bool SecretReply)
{
    /// <summary>The caller's key for a call.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The longest key.</summary>
    public const int MostKey = 90;

    /// <summary>Keeps callers' keys apart from those the portal itself makes.</summary>
    public const string Mark = "api:";
}

/// <summary>
/// A call sent again with its <c>Idempotency-Key</c> gets the answer of the first and is not carried out again. A refusal
/// that may pass, such as a busy machine, is not kept: it changed nothing, and sending the call again asks anew. The
/// services know the key as well: they decide when this process dies between the change and the recording of its answer.
/// </summary>
public sealed class Idempotency(RequestDelegate next, ApiReplies replies, ILogger<Idempotency> logger)
{
    /// <summary>Passes calls without a key on; answers or records those with one.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ChangesSomething>() is not { } changes || !context.Request.Headers.TryGetValue(ChangesSomething.Header, out var given))
        {
            await next(context);
            return;
        }

        var key = given.ToString();
        if (given.Count != 1 || key.Length is 0 or > ChangesSomething.MostKey || key.Any(c => c is < ' ' or > '~'))
        {
            await Problems.Make(StatusCodes.Status400BadRequest, "invalid-idempotency-key", $"The Idempotency-Key is not 1 to {ChangesSomething.MostKey} printable ASCII characters.", "Send a random UUID, and the same one when you try again.").ExecuteAsync(context);
            return;
        }

        var user = context.User.Actor().UserId;
        var fingerprint = await FingerprintAsync(context.Request, context.RequestAborted);
        if (await replies.TakeAsync(user, key, fingerprint, context.RequestAborted) is { } before)
            await ReplayAsync(context, before, key, fingerprint);
        else
            await RecordAsync(context, user, key, changes.SecretReply);
    }

    static async Task ReplayAsync(HttpContext context, ApiReply before, string key, byte[] fingerprint)
    {
        if (!before.Fingerprint.AsSpan().SequenceEqual(fingerprint))
        {
            await Problems.From(new KeyReused(key)).ExecuteAsync(context);
            return;
        }
        if (before.Status is not { } status)
        {
            context.Response.Headers.RetryAfter = "1";
            await Problems.Make(StatusCodes.Status409Conflict, "idempotency-key-in-use", "The first call with this key is still being carried out.", "Send it again in a moment to get its answer.").ExecuteAsync(context);
            return;
        }
        context.Response.StatusCode = status;
        context.Response.ContentType = before.ContentType;
        if (before.Location is not null)
            context.Response.Headers.Location = before.Location;
        if (before.Body is { Length: > 0 } body)
            await context.Response.WriteAsync(body, context.RequestAborted);
    }

    async Task RecordAsync(HttpContext context, Guid user, string key, bool secret)
    {
        var wire = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        try
        {
            await next(context);
        }
        catch
        {
            await GiveBackAsync(user, key);
            throw;
        }
        finally
        {
            context.Response.Body = wire;
        }

        // Once the service has answered, the caller's going away must not lose the answer: it is what the next call asks for.
        var (response, body) = (context.Response, Encoding.UTF8.GetString(answer.ToArray()));
        if (!IsLasting(response.StatusCode))
            await replies.ReleaseAsync(user, key, CancellationToken.None);
        else if (secret && response.StatusCode < 300)
            await AnswerWithoutSecretAsync(user, key);
        else
            await replies.AnswerAsync(user, key, response.StatusCode, response.ContentType, body, response.Headers.Location, CancellationToken.None);
        answer.Position = 0;
        await answer.CopyToAsync(wire, context.RequestAborted);
    }

    /* Done is done, and what is wrong with the call itself stays wrong. Every other refusal is about how things stand and may pass. */
    static bool IsLasting(int status) => status is >= 200 and < 300 or StatusCodes.Status422UnprocessableEntity;

    Task AnswerWithoutSecretAsync(Guid user, string key)
    {
        var instead = Problems.Make(StatusCodes.Status409Conflict, "secret-shown-once", "This call was carried out before; the secret was in its first answer and is not kept.", "If that answer was lost, revoke the token and make another with a new key.");
        return replies.AnswerAsync(user, key, StatusCodes.Status409Conflict, Problem.MediaType, JsonSerializer.Serialize(instead.Value, Json.Options), null, CancellationToken.None);
    }

    async Task GiveBackAsync(Guid user, string key)
    {
        try
        {
            await replies.ReleaseAsync(user, key, CancellationToken.None);
        }
        catch (Exception fault)
        {
            // The fault that ended the call is the one to tell; the key comes free by itself after ApiReplies.Held.
            logger.LogWarning("The key of a failed call could not be given back: {Reason}", fault.Message);
        }
    }

    static async Task<byte[]> FingerprintAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        request.EnableBuffering(bufferThreshold: ApiGate.MostBytes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method}\n{request.Path}{request.QueryString}\n"));
        var buffer = new byte[8192];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
            hash.AppendData(buffer, 0, read);
        request.Body.Position = 0;
        return hash.GetHashAndReset();
    }
}

/// <summary>What routes that change something share.</summary>
static class ChangingRoutes
{
    /// <summary>Marks a route that changes something.</summary>
    public static RouteHandlerBuilder Changes(this RouteHandlerBuilder route, bool secretReply = false) => route.WithMetadata(new ChangesSomething(secretReply));

    /// <summary>The caller's key for this call, or a fresh one: then every call is a call of its own.</summary>
    public static string CallKey(this HttpContext context) =>
        context.Request.Headers.TryGetValue(ChangesSomething.Header, out var key) ? ChangesSomething.Mark + key : Guid.CreateVersion7().ToString();
}
