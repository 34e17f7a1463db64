using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Portal.Domain;

namespace Portal.Web.Api;

/// <summary>Makes the one shape that every refusal and every fault of the API has.</summary>
public static class Problems
{
    /// <summary>A refusal of the domain in the API's shape.</summary>
    public static JsonHttpResult<Problem> From(Refusal refusal) => Make(StatusOf(refusal.Kind), refusal.Code, refusal.Message, refusal.Advice, refusal.Field);

    /// <summary>The thing is not there, or not for this caller to see: the answer is the same.</summary>
    public static JsonHttpResult<Problem> NotFound(string what) => From(new Domain.NotFound(what));

    /// <summary>Something the API itself refuses.</summary>
    public static JsonHttpResult<Problem> Make(int status, string code, string detail, string? advice = null, string? field = null) => TypedResults.Json(
        new Problem("urn:portal:" + code, ReasonPhrases.GetReasonPhrase(status), status, detail, code, advice,
            field is null ? null : new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [detail] }),
        contentType: Problem.MediaType, statusCode: status);

    /// <summary>What the framework answered without a body: routing, authentication, reading of the request.</summary>
    public static JsonHttpResult<Problem> OfStatus(int status) => status switch
    {
        StatusCodes.Status400BadRequest => Make(status, "bad-request", "The request cannot be understood.", "Compare it with /api/v1/openapi.json."),
        StatusCodes.Status401Unauthorized => Make(status, "not-signed-in", "This call needs a valid API token; none came, or it is unknown, expired or revoked.", "Send “Authorization: Bearer …”. Tokens are made on the account page, or by “Portal.Web token”."),
        StatusCodes.Status403Forbidden => Make(status, "not-allowed", "You may not do this.", "Ask an admin."),
        StatusCodes.Status404NotFound => Make(status, "not-found", "There is nothing at this address.", "Every address stands in /api/v1/openapi.json; identifiers are UUIDs."),
        StatusCodes.Status405MethodNotAllowed => Make(status, "method-not-allowed", "This address does not take that method.", "The header Allow names those it takes."),
        StatusCodes.Status413PayloadTooLarge => Make(status, "too-large", $"The body is larger than {ApiGate.MostBytes / 1024} KiB.", "Send less in one request."),
        StatusCodes.Status415UnsupportedMediaType => Make(status, "not-json", "The body is not declared as JSON.", "Send “Content-Type: application/json”."),
        _ => Make(status, "http-" + status, "The request was not carried out."),
    };

    static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.NotFound => StatusCodes.Status404NotFound,
        RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        RefusalKind.Invalid => StatusCodes.Status422UnprocessableEntity,
    };
}
