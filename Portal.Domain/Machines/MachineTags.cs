namespace Portal.Domain.Machines;

/// <summary>Words people put on machines to find them together again; knows no database.</summary>
public static class MachineTags
{
    /// <summary>The most tags of one machine.</summary>
    public const int Most = 10;

    /// <summary>The longest tag, characters.</summary>
    public const int Longest = 30;

    /// <summary>The tags in small letters, each once, in their order; the refusal where one is none.</summary>
    public static Result<string[]> Read(IReadOnlyList<string?>? tags)
    {
        string[] read = [.. (tags ?? []).Select(tag => (tag ?? "").Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (read.FirstOrDefault(tag => !IsTag(tag)) is { } wrong)
            return new InvalidText("tags", $"“{wrong.Cut(Longest)}” cannot be a tag.", $"Use up to {Longest} letters a–z, digits, dots, dashes and underscores; a letter or a digit comes first.");
        return read.Length > Most ? new InvalidText("tags", $"{read.Length} tags are more than a machine has.", $"Give at most {Most}.") : read;
    }

    /// <summary>Whether this is a tag, as it is kept.</summary>
    public static bool IsTag(string? tag) =>
        tag is { Length: > 0 and <= Longest } && IsPlain(tag[0]) && tag.All(letter => IsPlain(letter) || letter is '.' or '-' or '_');

    static bool IsPlain(char letter) => letter is >= 'a' and <= 'z' or >= '0' and <= '9';
}
