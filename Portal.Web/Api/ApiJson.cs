using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Json;

namespace Portal.Web.Api;

/// <summary>How the API reads and writes JSON: strictly, so that a slip of the caller's is told and not guessed at.</summary>
static class ApiJson
{
    /// <summary>The deepest nesting; the deepest answer has six levels.</summary>
    public const int MostDepth = 16;

    public static void Configure(JsonOptions options)
    {
        var json = options.SerializerOptions;
        json.MaxDepth = MostDepth;
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.AllowDuplicateProperties = false;
        json.RespectNullableAnnotations = true;
        json.RespectRequiredConstructorParameters = true;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.Converters.Add(new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false));
    }
}
