namespace Portal.Hypervisor.Migrations;

/// <summary>Where a machine runs, as far as both hosts can say.</summary>
public enum WhereItRuns
{
    /// <summary>At the source.</summary>
    Source,
    /// <summary>At the destination.</summary>
    Destination,
    /// <summary>Both answer, and neither runs it.</summary>
    Nowhere,
    /// <summary>A migration job is still running.</summary>
    StillMoving,
    /// <summary>A host that may run it does not answer.</summary>
    Unknown,
}

/// <summary>The result of asking both hosts after an interruption.</summary>
/// <param name="Where">The host that has it.</param>
/// <param name="Explanation">What was found and done, for people.</param>
/// <param name="IsOff">It belongs there and is switched off.</param>
public sealed record Settlement(WhereItRuns Where, string Explanation, bool IsOff = false);
