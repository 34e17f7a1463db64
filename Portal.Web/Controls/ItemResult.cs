using Portal.Domain;

namespace Portal.Web.Controls;

/// <summary>What became of one thing out of several.</summary>
/// <param name="Name">The thing's name.</param>
/// <param name="Ok">Whether it was done.</param>
/// <param name="Outcome">In words: what happens now, or which rule says no and what to do.</param>
public sealed record ItemResult(string Name, bool Ok, string Outcome)
{
    /// <summary>What a call for one thing answered.</summary>
    public static ItemResult Of(string name, Refusal? refusal, string done) =>
        refusal is null ? new(name, true, done) : new(name, false, $"{refusal.Message} {refusal.Advice}");
}
