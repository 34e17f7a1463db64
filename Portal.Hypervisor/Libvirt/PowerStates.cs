using Portal.Hypervisor.Machines;

namespace Portal.Hypervisor.Libvirt;

/// <summary>libvirt's state and reason numbers in the portal's words (<c>virDomainState</c> and its reasons).</summary>
internal static class PowerStates
{
    public static PowerState From(int state) => state switch
    {
        1 or 2 => PowerState.Running,
        3 or 7 => PowerState.Paused,
        4 => PowerState.ShuttingDown,
        5 => PowerState.Off,
        6 => PowerState.Crashed,
        _ => PowerState.Unknown,
    };

    public static string Reason(int state, int reason) => (state, reason) switch
    {
        (1, 1) => "started",
        (1, 2) => "migrated here",
        (1, 3) => "restored",
        (1, 5) => "resumed",
        (1, 6) => "migration cancelled",
        (1, 7) => "save cancelled",
        (1, 10) => "its memory still arriving",
        (1, 11) => "part of its memory did not arrive",
        (3, 1) => "paused by a person",
        (3, 2) => "paused for migration",
        (3, 3) => "being saved",
        (3, 5) => "paused by a disk error",
        (3, 11) => "being started",
        (3, 12) => "gone on at another host",
        (3, 13) => "gone on at another host without all of its memory",
        (3, _) => "paused",
        (4, _) => "shutting down",
        (5, 1) => "shut down",
        (5, 2) => "powered off",
        (5, 3) => "crashed",
        (5, 4) => "migrated away",
        (5, 5) => "saved",
        (5, 6) => "failed to start",
        (5, 8) => "stopped by the host",
        (6, _) => "crashed",
        _ => "",
    };

    /// <summary>A life-cycle event as the state it leads to; null when it says nothing about power.</summary>
    public static (PowerState State, string Detail)? FromLifecycle(int kind, int detail) => (kind, detail) switch
    {
        (2, 0) => (PowerState.Running, "started"),
        (2, 1) => (PowerState.Paused, "arriving from another host"),
        (2, 2) => (PowerState.Running, "restored"),
        (2, _) => (PowerState.Running, "started"),
        (3, 1) => (PowerState.Paused, "paused for migration"),
        (3, 2) => (PowerState.Paused, "paused by a disk error"),
        (3, 7 or 8) => (PowerState.Paused, "gone on at another host"),
        (3, _) => (PowerState.Paused, "paused"),
        (4, 1) => (PowerState.Running, "migrated here"),
        (4, _) => (PowerState.Running, "resumed"),
        (5, 0) => (PowerState.Off, "shut down"),
        (5, 1) => (PowerState.Off, "powered off"),
        (5, 2) => (PowerState.Crashed, "crashed"),
        (5, 3) => (PowerState.Off, "migrated away"),
        (5, 4) => (PowerState.Off, "saved"),
        (5, 5) => (PowerState.Off, "failed"),
        (5, _) => (PowerState.Off, "stopped"),
        (6, _) => (PowerState.ShuttingDown, "shutting down"),
        (7, _) => (PowerState.Paused, "suspended by the guest"),
        (8, _) => (PowerState.Crashed, "crashed"),
        _ => null,
    };
}
