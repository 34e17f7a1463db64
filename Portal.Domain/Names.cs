using Microsoft.EntityFrameworkCore;

namespace Portal.Domain;

/// <summary>What a name that people give must be like, so that two names that look the same are the same and none plays tricks on a page.</summary>
static class Names
{
    /// <summary>The name without blanks around it and with single ones inside.</summary>
    public static string Tidy(string? name) => string.Join(' ', (name ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The name composed (NFC), so that an accent is one letter however it was typed. PostgreSQL does it: without cultures .NET composes nothing.</summary>
    public static Task<string> ComposeAsync(PortalDbContext db, string name, CancellationToken ct) => db.Database.SqlQuery<string>($"""select normalize({name}) as "Value" """).SingleAsync(ct);

    /// <summary>Why a tidied name will not do, or null.</summary>
    /// <param name="field">The input it came from.</param>
    /// <param name="name">The name.</param>
    /// <param name="most">The most characters.</param>
    /// <param name="thing">What is named, as a sentence begins: <c>A project</c>.</param>
    public static InvalidText? Check(string field, string name, int most, string thing)
    {
        if (name.Length == 0)
            return new InvalidText(field, $"{thing} needs a name.", $"Type 1 to {most} characters.");
        if (name.Length > most)
            return new InvalidText(field, $"The name has {name.Length} characters; at most {most} are allowed.", "Shorten it.");
        // Blanks of other kinds look like the one everybody types.
        if (!Texts.IsLine(name) || name.Any(c => c != ' ' && char.IsWhiteSpace(c)))
            return new InvalidText(field, "The name has characters that do not show, or turn the text around.", "Type it anew without them.");
        return char.IsLetterOrDigit(name, 0) ? null : new InvalidText(field, $"The name begins with “{name[0]}”.", "Begin it with a letter or a digit.");
    }
}
