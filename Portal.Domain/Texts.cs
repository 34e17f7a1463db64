namespace Portal.Domain;

/// <summary>What texts from outside need before they are kept.</summary>
static class Texts
{
    /// <summary>The text's beginning, at most so long. Never half of a surrogate pair, which PostgreSQL cannot be given.</summary>
    public static string Cut(this string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
