using System.Diagnostics;
using Portal.Hypervisor.Machines;

namespace Portal.Hypervisor.Hosts;

/// <summary>Something a host reported.</summary>
/// <param name="At">When the portal received it.</param>
public abstract record HostEvent(DateTimeOffset At)
{
    /// <summary>The same by the clock that nobody sets, a <see cref="Stopwatch"/> timestamp: figures rest on this.</summary>
    internal long Stamp { get; } = Stopwatch.GetTimestamp();
}

/// <summary>The link to the daemon came or went. After <see cref="HostLinkState.Connected"/> read everything again.</summary>
public sealed record LinkChanged(DateTimeOffset At, HostLink Link) : HostEvent(At);

/// <summary>A machine changed its power state.</summary>
/// <param name="At">When the portal received it.</param>
/// <param name="Machine">The machine's UUID.</param>
/// <param name="State">The state it is in now.</param>
/// <param name="Detail">Why, in a few words: "migrated here", "shut down by the guest".</param>
public sealed record MachineChanged(DateTimeOffset At, Guid Machine, PowerState State, string Detail) : HostEvent(At);

/// <summary>A machine was defined on the host, or its definition changed.</summary>
public sealed record MachineDefined(DateTimeOffset At, Guid Machine) : HostEvent(At);

/// <summary>A machine's definition disappeared from the host.</summary>
public sealed record MachineForgotten(DateTimeOffset At, Guid Machine) : HostEvent(At);

/// <summary>The guest restarted itself or was reset.</summary>
public sealed record MachineRebooted(DateTimeOffset At, Guid Machine) : HostEvent(At);

/// <summary>A migration began a new pass over memory.</summary>
public sealed record MigrationIterated(DateTimeOffset At, Guid Machine, int Iteration) : HostEvent(At);

/// <summary>This subscriber was too slow and events were dropped: read everything again.</summary>
public sealed record EventsMissed(DateTimeOffset At) : HostEvent(At);
