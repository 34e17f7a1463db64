using Portal.Domain;

namespace Portal.Web.Api;

/// <summary>Errors as RFC 9457 says: one shape for every refusal and every fault of the API.</summary>
public static class Problems
{
    /// <summary>A refusal of the domain: its code in <c>type</c> and <c>code</c>, which rule in <c>title</c>, what to do in <c>detail</c>.</summary>
    public static IResult From(Refusal refusal) => Make(StatusOf(refusal.Kind), refusal.Code, refusal.Message, refusal.Advice, refusal.Field);

    /// <summary>Something the API itself refuses.</summary>
    public static IResult Make(int status, string code, string title, string? advice = null, string? field = null)
    {
        var more = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code };
        if (field is not null)
            more["field"] = field;
        return Results.Problem(type: "urn:portal:" + code, title: title, detail: advice, statusCode: status, extensions: more);
    }

    /// <summary>What the input breaks is 422, what the present state forbids 409, what is not there 404, who may not 403.</summary>
    public static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => StatusCodes.Status422UnprocessableEntity,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        RefusalKind.NotFound => StatusCodes.Status404NotFound,
        RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
    };
}
