namespace Portal.Domain.Notices.Deliveries;

/// <summary>When something that could not be delivered is tried again.</summary>
public static class Backoff
{
    /// <summary>The pause after the first try.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(15);

    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(3);

    /// <summary>How long it is tried; then it is given up and people are told. However late, each delivery is tried once.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(1);

    /// <summary>
    /// The pause after a number of tries: twice as long each time, a fifth more or less by chance, so that what failed at one moment is
    /// not all tried again at one moment.
    /// </summary>
    /// <param name="tries">Tries so far, from 1.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan After(int tries, double chance)
    {
        var doubled = First * Math.Pow(2, Math.Clamp(tries - 1, 0, 20));
        return (doubled < Longest ? doubled : Longest) * (0.8 + 0.4 * chance);
    }
}
