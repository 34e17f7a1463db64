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

/// <summary>One of the two hosts cannot do it that way.</summary>
public sealed record ModeNotPossible(MigrationMode Mode, string HostName, string Reason)
    : Refusal("mode-not-possible", $"{HostName} cannot move machines this way: {Reason}", "Choose another mode or another host.", "mode")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
