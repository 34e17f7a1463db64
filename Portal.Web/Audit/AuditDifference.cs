using System.Text.Json;

namespace Portal.Web.Audit;

/// <summary>A member of something that was changed.</summary>
/// <param name="Name">Which, in words.</param>
/// <param name="Before">What it was; null where it was not.</param>
/// <param name="After">What it is; null where it is no more.</param>
public sealed record AuditDifference(string Name, string? Before, string? After)
{
    /// <summary>The members of an event's <c>before</c> and <c>after</c> that differ, in the order they are written; empty when it has none.</summary>
    public static IReadOnlyList<AuditDifference> Of(string detail)
    {
        using var document = JsonDocument.Parse(detail);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return [];
        var (was, now) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        if (document.RootElement.TryGetProperty(AuditWords.Before, out var before))
            Flatten(before, "", was);
        // What was removed is no more.
        if (document.RootElement.TryGetProperty(AuditWords.After, out var after))
            Flatten(after, "", now);
        return [.. was.Keys.Union(now.Keys).Select(name => new AuditDifference(name, was.GetValueOrDefault(name), now.GetValueOrDefault(name))).Where(d => d.Before != d.After)];
    }

    // A value alone has no name; one inside another is named by its way there.
    static void Flatten(JsonElement value, string name, Dictionary<string, string> into)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
                Flatten(member.Value, name.Length == 0 ? AuditWords.Name(member.Name) : $"{name}, {AuditWords.Name(member.Name)}", into);
        }
        else if (value.ValueKind != JsonValueKind.Null)
        {
            into[name] = value.ValueKind == JsonValueKind.Array ? string.Join(", ", value.EnumerateArray().Select(AuditWords.Value)) : AuditWords.Value(value);
        }
    }
}
