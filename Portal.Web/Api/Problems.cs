using Portal.Domain;

namespace Portal.Web.Api;

/// <summary>Errors as RFC 9457 says: one shape for every refusal and every fault of the API.</summary>
public static class Problems
{
    /// <summary>A refusal of the domain: its code in <c>type</c> and <c>code</c>, which rule in <c>title</c>, what to do in <c>detail</c>.</summary>
    public static IResult From(Refusal refusal) => Make(StatusOf(refusal), refusal.Code, refusal.Message, refusal.Advice, refusal.Field);

    /// <summary>Something the API itself refuses.</summary>
    public static IResult Make(int status, string code, string title, string? advice = null, string? field = null)
    {
        var more = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code };
        if (advice is not null)
            more["advice"] = advice;
        if (field is not null)
            more["field"] = field;
        return Results.Problem(type: "urn:portal:" + code, title: title, detail: advice, statusCode: status, extensions: more);
    }

    /// <summary>The thing is not there, or not for this caller to see: the answer is the same.</summary>
    public static IResult NotFound(string what) => Make(StatusCodes.Status404NotFound, "not-found", $"There is no such {what}, or it is not yours to see.", "Check the id.");

    /// <summary>What the caller may not do is 403, what is not there 404, a wrong field 422, and what the present state forbids 409.</summary>
    public static int StatusOf(Refusal refusal) => refusal.Code switch
    {
        "forbidden" or "not-allowed" => StatusCodes.Status403Forbidden,
        "not-signed-in" => StatusCodes.Status401Unauthorized,
        "not-found" => StatusCodes.Status404NotFound,
        _ when refusal.Field is not null => StatusCodes.Status422UnprocessableEntity,
        _ => StatusCodes.Status409Conflict,
    };
}
