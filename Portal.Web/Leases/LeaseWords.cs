using Portal.Domain.Leases;
using Portal.Web.Controls;

namespace Portal.Web.Leases;

/// <summary>Leases in the words and colours of the screen.</summary>
static class LeaseWords
{
    static readonly TimeSpan Near = TimeSpan.FromDays(1);

    /// <summary>Tone, sign and words of a lease's clock.</summary>
    public static (string? Tone, string? Sign, string Text) Look(LeaseView lease, DateTimeOffset now) => lease.Stage switch
    {
        LeaseStage.None when lease.Days is { } days => (null, null, $"{Format.Count(days, "day")}, from its first start"),
        LeaseStage.None => (null, null, "For ever"),
        LeaseStage.Running when lease.EndsAt <= now => ("bad", "dot", "Ends now"),
        LeaseStage.Running => (lease.EndsAt - now < Near ? "bad" : lease.EndsAt - now < LeaseView.Soon ? "warn" : "good", "dot", $"{Format.Duration(lease.EndsAt!.Value - now)} left"),
        LeaseStage.Ending => ("bad", "spin", "Ended, shutting down"),
        LeaseStage.Grace when lease.GraceUntil <= now => ("bad", "ring", "Ended, deleted now"),
        LeaseStage.Grace => ("bad", "ring", $"Ended, deleted in {Format.Duration(lease.GraceUntil!.Value - now)}"),
        LeaseStage.Over => (null, null, "Over"),
    };

    /// <summary>How long a machine is asked for.</summary>
    public static string Length(int? days) => days is { } some ? Format.Count(some, "day") : "for ever";

    /// <summary>Terms in a sentence, for the form that asks.</summary>
    public static string Of(LeaseTerms terms)
    {
        var most = $"at most {Format.Count(terms.Most, "day")}";
        var inAll = terms.TotalDays is { } total ? $", {Format.Count(total, "day")} in all" : "";
        return terms.DefaultDays is { } usual
            ? $"Usually {Format.Count(usual, "day")}, {most}{(terms.ForEver ? " unless for ever" : "")}{inAll}."
            : $"For ever, or {most}{inAll}.";
    }
}
