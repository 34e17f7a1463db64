using Portal.Domain.Hosts;

namespace Portal.Domain.Migrations;

/// <summary>The machine is there already.</summary>
public sealed record SameHost(string MachineName, string HostName)
    : Refusal("same-host", $"{MachineName} runs on {HostName} already.", "Choose another host.", "destinationHostId");

/// <summary>The destination or the source does not answer.</summary>
public sealed record HostSilent(string HostName, string Role)
    : Refusal("host-unreachable", $"The {Role} {HostName} does not answer.", "Wait until it answers again, or choose another host.", "destinationHostId")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The destination has no room; says by how much.</summary>
public sealed record HostFull(HostMisfit Misfit, string Needs)
    : Refusal("host-full", $"{Needs} does not fit there: {Misfit.Why}.", "Choose another host, or move something away from it first.", "destinationHostId")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The move has ended, so nothing of it can be changed any more.</summary>
public sealed record MoveEnded(string MachineName)
    : Refusal("move-ended", $"The move of {MachineName} has ended.", "There is nothing left to limit.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>One of the two hosts cannot stream memory that way.</summary>
public sealed record StreamNotPossible(string HostName, string Reason)
    : Refusal("stream-not-possible", $"{HostName} cannot send or take memory this way: {Reason}", "Choose one connection without zstd, or another host.", "connections")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>One of the two hosts cannot do it that way.</summary>
public sealed record ModeNotPossible(MigrationMode Mode, string HostName, string Reason)
    : Refusal("mode-not-possible", $"{HostName} cannot move machines this way: {Reason}", "Choose another mode or another host.", "mode")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>No way of moving there keeps what was promised.</summary>
/// <param name="MachineName">The machine.</param>
/// <param name="HostName">The destination.</param>
/// <param name="Objective">What was promised.</param>
/// <param name="Figures">What each mode would come to there.</param>
/// <param name="Possible">What would keep it; null when nothing known does.</param>
public sealed record ObjectiveNotKept(string MachineName, string HostName, Objective Objective, string Figures, string? Possible)
    : Refusal("objective-not-kept", $"The objective of {MachineName} is {Objective.Words}, and moving it to {HostName} would not keep it: {Figures}.",
        $"{(Possible is null ? "" : Possible + " Or ")}{(Possible is null ? "Move" : "move")} it when it writes less, shut it down first, or, in a maintenance window, order the move with the reason why the objective does not count.", "objectiveMs")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
