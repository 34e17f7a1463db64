using System.Globalization;
using Portal.Domain.MovePolicies;

namespace Portal.Web.MovePolicies;

/// <summary>What is typed into the form of a policy.</summary>
sealed class MovePolicyForm
{
    public string Name { get; set; } = "";

    public bool MaySlow { get; set; }

    public MoveEnding Ending { get; set; } = MoveEnding.GiveUp;

    public string PatienceSeconds { get; set; } = "120";

    public string LongestPauseMs { get; set; } = "100";

    public string LongestSeconds { get; set; } = "600";

    /// <summary>Takes over what a policy says.</summary>
    public static MovePolicyForm Of(MovePolicyView policy) => new()
    {
        Name = policy.Name, MaySlow = policy.Terms.MaySlow, Ending = policy.Terms.Ending,
        PatienceSeconds = Text(policy.Terms.PatienceSeconds), LongestPauseMs = Text(policy.Terms.LongestPauseMs), LongestSeconds = Text(policy.Terms.LongestSeconds),
    };

    /// <summary>What the service is asked for.</summary>
    public MovePolicyDraft ToDraft() => new(Name, new MovePolicyTerms(MaySlow, Ending, Number(PatienceSeconds), Number(LongestPauseMs), Number(LongestSeconds)));

    static string Text(int figure) => figure.ToString(CultureInfo.InvariantCulture);

    // What is no whole number is refused by the service with its words.
    static int Number(string text) => int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var figure) ? figure : -1;
}
