using System.Net;
using System.Threading.Channels;
using Portal.Hypervisor.Hosts;

namespace Portal.Hypervisor.Migrations;

/// <summary>How a machine moves.</summary>
public enum MigrationMode
{
    /// <summary>It runs while its memory is copied; only the last pages are moved while it stands still.</summary>
    Live,
    /// <summary>It goes on at the destination first; its memory follows, and what it misses meanwhile is fetched.</summary>
    PostCopy,
    /// <summary>It stands still while its memory is copied in one stream.</summary>
    QuickDirect,
    /// <summary>It is saved to shared storage and restored at the destination.</summary>
    QuickSaved,
}

/// <summary>What follows from how a machine moves.</summary>
internal static class MigrationModes
{
    /// <summary>Whether the guest runs while its memory is sent.</summary>
    public static bool KeepsRunning(this MigrationMode mode) => mode is MigrationMode.Live or MigrationMode.PostCopy;
}

/// <summary>The steps of a move, in order. <see cref="Undo"/> only when it does not come to its end.</summary>
public enum MigrationPhase
{
    /// <summary>Both hosts are asked whether the move can be made.</summary>
    Check,
    /// <summary>Time and blackout are predicted.</summary>
    Predict,
    /// <summary>Limits are set and the probe is started.</summary>
    Prepare,
    /// <summary>Memory is copied.</summary>
    Copy,
    /// <summary>The machine stops here and continues there.</summary>
    SwitchOver,
    /// <summary>The destination is proven to run the machine, and the network to reach it.</summary>
    Confirm,
    /// <summary>What was begun is taken back.</summary>
    Undo,
}

/// <summary>A move to be made.</summary>
/// <param name="Machine">The machine's UUID.</param>
/// <param name="Source">The host it runs on.</param>
/// <param name="Destination">The host it goes to.</param>
/// <param name="Mode">How it moves.</param>
/// <param name="Guest">Address the probe pings; null: no probe, and no measured blackout.</param>
/// <param name="Pool">The source's storage pool.</param>
/// <param name="Volumes">The machine's volumes in it: the destination must see them, or they are copied there.</param>
/// <param name="Options">Limits and history.</param>
public sealed record MigrationPlan(
    Guid Machine, HostConnection Source, HostConnection Destination, MigrationMode Mode, IPAddress? Guest,
    string Pool, IReadOnlyList<string> Volumes, MigrationOptions Options)
{
    /// <summary>The destination's pool. Where it is not the source's store, the machine's disks are copied into it.</summary>
    public string DestinationPool { get; init; } = Pool;

    /// <summary>Address of the destination that memory and disks are sent to; null: the one hosts reach it by otherwise.</summary>
    public string? StreamAddress { get; init; }

    /// <summary>Limits of the stream set by people while the move runs; null: none will be.</summary>
    public ChannelReader<BandwidthLimit>? Limits { get; init; }
}

/// <summary>The way that memory takes which still has to follow its guest.</summary>
/// <param name="Address">Address of the destination; null: the one hosts reach it by otherwise.</param>
/// <param name="MaxMibPerSecond">Limit, MiB/s; null: none.</param>
public sealed record StreamPath(string? Address, int? MaxMibPerSecond);

/// <summary>A limit of the memory stream set by a person.</summary>
/// <param name="MibPerSecond">MiB/s; null: no limit.</param>
/// <param name="By">Who set it.</param>
public sealed record BandwidthLimit(int? MibPerSecond, string By)
{
    /// <summary>A limit in words.</summary>
    internal static string Words(int? mibPerSecond) => mibPerSecond is { } limit ? $"{limit} MiB/s" : "none";
}
