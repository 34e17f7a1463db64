using System.Text.Json.Serialization;

namespace Portal.Web.Api;

/// <summary>How every error of the API looks: problem details as RFC 9457 says, with what a program needs to decide and a person to act.</summary>
/// <param name="Type">A URN of the kind of problem.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status again.</param>
/// <param name="Detail">What was refused or went wrong, and by which rule.</param>
/// <param name="Code">Stable kebab-case name of the reason; programs decide by this.</param>
/// <param name="Advice">What the caller can do now.</param>
/// <param name="Errors">Input member to what is wrong with it, where the problem is about one.</param>
public sealed record Problem(
    string Type, string Title, int Status, string Detail, string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Advice,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Errors)
{
    /// <summary>The media type of every error.</summary>
    public const string MediaType = "application/problem+json";
}
