using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Portal.Web.Api;

/// <summary>
/// Says in the caller's words why a request could not be read. The framework's own words name types of this program; what the caller
/// sent is told from them by their fixed phrases, and the tests hold those phrases.
/// </summary>
static partial class BadRequests
{
    const string Document = "Compare the request with /api/v1/openapi.json.";

    public static JsonHttpResult<Problem> Explain(BadHttpRequestException bad)
    {
        if (bad.InnerException is JsonException json)
            return Explain(json);
        if (Parameter().Match(bad.Message) is { Success: true } parameter)
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Groups["name"].Value);
            return Make("invalid-parameter", $"“{parameter.Groups["value"].Value}” is no value for {name}.", name);
        }
        return bad.Message.Contains("was not provided from body", StringComparison.Ordinal) || bad.Message.Contains("no body was provided", StringComparison.Ordinal)
            ? Make("missing-body", "The call needs a JSON body and has none.", null)
            : Make("bad-request", "The request cannot be understood.", null);
    }

    static JsonHttpResult<Problem> Explain(JsonException json)
    {
        var where = json.Path is { Length: > 2 } path ? path[2..] : null;
        if (Unmapped().Match(json.Message) is { Success: true } unmapped)
            return Make("unknown-member", $"There is no member “{unmapped.Groups["name"].Value}” here.", unmapped.Groups["name"].Value);
        if (Missing().Match(json.Message) is { Success: true } missing)
            return Make("missing-member", $"The body lacks {missing.Groups["names"].Value.Replace('\'', '“').Replace("“,", "”,", StringComparison.Ordinal).Replace("“.", "”", StringComparison.Ordinal)}.", FirstName().Match(missing.Groups["names"].Value).Groups["name"].Value);
        if (json.Message.Contains("could not be converted", StringComparison.Ordinal) || json.Message.Contains("doesn't allow null", StringComparison.OrdinalIgnoreCase))
            return Make("invalid-value", where is null ? "The body is not a value of the kind expected." : $"The value of “{where}” is not one of those it may have.", where);
        if (json.Message.Contains("Duplicate property", StringComparison.Ordinal))
            return Make("duplicate-member", "A member stands twice in the body.", where);
        return json.Message.Contains("maximum configured depth", StringComparison.Ordinal)
            ? Make("too-deep", $"The body nests deeper than {ApiJson.MostDepth} levels.", null)
            : Make("malformed-json", $"The body is not JSON: it breaks off or goes wrong in line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}.", null);
    }

    static JsonHttpResult<Problem> Make(string code, string detail, string? field) => Problems.Make(StatusCodes.Status400BadRequest, code, detail, Document, field);

    [GeneratedRegex("""parameter "\S+ (?<name>\w+)" from "(?<value>.*)"\.""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();

    [GeneratedRegex("JSON property '(?<name>.*)' could not be mapped", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Unmapped();

    [GeneratedRegex("missing required properties including: (?<names>.*)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Missing();

    [GeneratedRegex("'(?<name>[^']*)'", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex FirstName();
}
