using Portal.Domain.Machines;

namespace Portal.Domain.Hosts;

/// <summary>What the books are to say of a machine after a host spoke.</summary>
/// <param name="State">Its state.</param>
/// <param name="Reason">Why, where that needs saying.</param>
/// <param name="LivesHere">Whether it lives on the host that spoke.</param>
public sealed record Settled(MachineState State, string? Reason, bool LivesHere);

/// <summary>Decides what a host's word about a machine means; knows no database.</summary>
public static class ObservationRules
{
    /// <summary>What the books are to say; null leaves them as they are.</summary>
    /// <param name="believed">The state the books say: Running, Off, Unknown or Failed.</param>
    /// <param name="here">Whether the books say it lives on the host that spoke.</param>
    /// <param name="seen">What the host said of it; null when it does not have it.</param>
    /// <param name="absenceCounts">Whether the host named everything it has.</param>
    /// <param name="hostName">The host that spoke.</param>
    public static Settled? Settle(MachineState believed, bool here, MachineObservation? seen, bool absenceCounts, string hostName) => (here, seen) switch
    {
        (true, { } said) => new Settled(said.State, said.State == MachineState.Failed ? said.Reason ?? $"It crashed on {hostName}." : null, LivesHere: true),
        (true, null) when absenceCounts => new Settled(MachineState.Failed, $"{hostName} answers and does not have it: it was removed or moved past the portal.", LivesHere: true),
        // Its own host said that it is gone, so there is no danger that it runs twice. While its own host is silent, nothing is proven.
        (false, { State: MachineState.Running } said) when believed == MachineState.Failed => new Settled(said.State, null, LivesHere: true),
        _ => null,
    };

    /// <summary>What to say of a machine that ran and does not any more, though the portal did not stop it; null when there is nothing to say.</summary>
    /// <param name="known">The state last known for sure.</param>
    /// <param name="settled">What the books are to say now.</param>
    /// <param name="seen">What the host said of it; null when it does not have it.</param>
    /// <param name="hostName">The host that spoke.</param>
    public static string? Stopped(MachineState? known, Settled settled, MachineObservation? seen, string hostName) => (known, settled.State) switch
    {
        (MachineState.Running, MachineState.Failed) => settled.Reason,
        // After a restart of its daemon a host does not say any more why a machine is off.
        (MachineState.Running, MachineState.Off) => seen?.Reason is { Length: > 0 } reason ? $"Seen off on {hostName}: {reason}." : $"Seen off on {hostName}.",
        _ => null,
    };
}
