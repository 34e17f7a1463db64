using System.Globalization;
using System.Text;

namespace Portal.Domain;

/// <summary>What texts from outside need before they are kept or shown: one rule for a line, one for prose.</summary>
public static class Texts
{
    /// <summary>The text's beginning, at most so long. Never half of a surrogate pair, which PostgreSQL cannot be given.</summary>
    public static string Cut(this string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>The text without blanks around it; null when there is nothing else.</summary>
    public static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>Whether a text has control characters, line breaks among them.</summary>
    public static bool HasControls(string text) => text.Any(char.IsControl);

    /// <summary>Whether a text is one line of which every character shows: what names and keys are made of.</summary>
    public static bool IsLine(string text) => text.EnumerateRunes().All(IsSeen);

    /// <summary>
    /// Whether a text is prose: of as many lines as it likes, with what scripts need to be written (joiners, marks of direction), but with
    /// nothing that a database, a terminal or a page trips over: control characters, halves of characters, overrides of the direction.
    /// </summary>
    public static bool IsProse(string text) => text.EnumerateRunes().All(rune => rune.Value is '\n' or '\r' or '\t' || (!Rune.IsControl(rune) && rune != Rune.ReplacementChar && !IsTurning(rune)));

    /// <summary>Why prose that people wrote will not do, or null.</summary>
    /// <param name="field">The input it came from.</param>
    /// <param name="text">The text; null is none.</param>
    /// <param name="most">The most characters.</param>
    public static InvalidText? CheckProse(string field, string? text, int most) => text switch
    {
        null => null,
        { Length: var length } when length > most => new InvalidText(field, $"The text has {length} characters; at most {most} are allowed.", "Shorten it."),
        _ when !IsProse(text) => new InvalidText(field, "The text has control characters, or some that turn it around.", "Type it anew without them."),
        _ => null,
    };

    /// <summary>Any text made a line: what would break it is a blank.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)).Trim();

    /// <summary>Whether a text is a path of ours, which may be followed whoever gave it: “//host” and “/\host” would leave.</summary>
    public static bool IsOwnPath(string? path) =>
        path is ['/', ..] and not ['/', '/', ..] && IsLine(path) && !path.Any(c => c == '\\' || char.IsWhiteSpace(c));

    /// <summary>Whether a character shows. Half of a surrogate pair reads as the replacement character.</summary>
    internal static bool IsSeen(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate);

    /// <summary>Embeddings, overrides and isolates of the direction (UAX 9): they reach past the text they stand in.</summary>
    static bool IsTurning(Rune rune) => rune.Value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069;
}
