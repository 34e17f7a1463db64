namespace Portal.Hypervisor.Migrations;

/// <summary>What is done with a live copy that no allowed pause would end.</summary>
public enum LastResort
{
    /// <summary>The move is given up; the machine stays where it is.</summary>
    GiveUp,
    /// <summary>The guest goes on at the destination and its memory follows; where the hosts cannot do that, it is paused and finished.</summary>
    PostCopy,
    /// <summary>The guest stands still while the rest of its memory is sent.</summary>
    PauseAndFinish,
}

/// <summary>How much of a guest's comfort a live move may take to come to its end.</summary>
/// <param name="Name">As people call it.</param>
/// <param name="MaySlow">Whether the hypervisor may slow the guest's processors when it writes too fast.</param>
/// <param name="LastResort">What is done when no allowed pause will do.</param>
/// <param name="Patience">How long no allowed pause has to do before that. Who can only give up counts only passes that came nowhere near one, and waits to the end of its time with the others.</param>
public sealed record MigrationPolicy(string Name, bool MaySlow, LastResort LastResort, TimeSpan Patience)
{
    /// <summary>Never slows the guest and never breaks the promise; gives up if it does not converge.</summary>
    public static MigrationPolicy Gentle { get; } = new("gentle", MaySlow: false, LastResort.GiveUp, TimeSpan.FromSeconds(180));

    /// <summary>May slow the guest, step by step; gives up if that does not help either.</summary>
    public static MigrationPolicy Balanced { get; } = new("balanced", MaySlow: true, LastResort.GiveUp, TimeSpan.FromSeconds(120));

    /// <summary>Ends within its time: goes post-copy when the copy does not converge.</summary>
    public static MigrationPolicy MustMove { get; } = new("must move", MaySlow: false, LastResort.PostCopy, TimeSpan.FromSeconds(10));

    /// <summary>Quick: as soon as copying again no longer helps, the guest is paused and the rest is sent.</summary>
    public static MigrationPolicy MaintenanceWindow { get; } = new("maintenance window", MaySlow: false, LastResort.PauseAndFinish, TimeSpan.Zero);

    /// <summary>Every policy there is.</summary>
    public static IReadOnlyList<MigrationPolicy> All { get; } = [Gentle, Balanced, MustMove, MaintenanceWindow];
}
