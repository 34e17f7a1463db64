using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;

namespace Portal.Hypervisor.Migrations;

/// <summary>What the check found.</summary>
/// <param name="Refusal">Why the move cannot be made and what to do; null when it can.</param>
/// <param name="MemoryBytes">The machine's memory.</param>
/// <param name="TouchedBytes">What the guest has touched of it; null: the driver does not say.</param>
/// <param name="StorePath">Directory of the shared pool.</param>
/// <param name="CanAnnounce">Whether the destination can announce the guest's address again.</param>
/// <param name="CanPostCopy">Whether both hosts can go post-copy.</param>
internal sealed record Findings(string? Refusal, long MemoryBytes, long? TouchedBytes, string StorePath, bool CanAnnounce, bool CanPostCopy)
{
    /// <summary>At this rate disks are copied at the least, or their move is undone, MiB/s; half of what the order allows where that is less.</summary>
    private const double LeastDiskMibPerSecond = 8;

    /// <summary>The disks that go with the machine; null: the destination sees them.</summary>
    public StorageMove? Storage { get; init; }

    /// <summary>Whether both hosts take up a broken post-copy stream.</summary>
    public bool CanRecover { get; init; }

    /// <summary>Longest the copy may take, that of the disks included.</summary>
    public TimeSpan CopyDeadline(MigrationOptions options) => options.CopyDeadline
        + TimeSpan.FromSeconds((Storage?.StreamBytes ?? 0) / 1048576.0 / Math.Min(LeastDiskMibPerSecond, options.MaxMibPerSecond / 2.0 ?? double.PositiveInfinity));

    public static Findings Refused(string why) => new(why, 0, null, "", CanAnnounce: false, CanPostCopy: false);
}

/// <summary>Asks both hosts whether a move can be made, before anything is touched.</summary>
internal static class Preflight
{
    /// <summary>What to do where memory cannot travel encrypted.</summary>
    public const string EncryptionAdvice = "Give both hosts QEMU's certificates for migration, or let memory travel in the clear on a network you trust (Portal__EncryptMemory=false).";

    /// <summary>What to do where QEMU may not hand pages to a guest that went on before them.</summary>
    public const string UserfaultAdvice = "Let QEMU's user use userfaultfd there (vm.unprivileged_userfaultfd=1, or access to /dev/userfaultfd), or choose another mode.";

    /// <summary>From which libvirt on holes of disks are left out.</summary>
    private static readonly Version s_holes = new(10, 9);

    public static async Task<Findings> CheckAsync(MoveEnds ends, MigrationPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (here, there) = (plan.Source.Endpoint.Name, plan.Destination.Endpoint.Name);
        var sourceFacts = ends.Source.CallAsync(HostInquiry.Ask, cancellationToken);
        var destinationFacts = ends.Destination.CallAsync(HostInquiry.Ask, cancellationToken);
        var machine = await ends.Source.CallAsync(connection => Look(connection, plan.Machine), cancellationToken);
        var arrived = await ends.Destination.CallAsync(connection => Look(connection, plan.Machine), cancellationToken);
        var (source, destination) = (await sourceFacts, await destinationFacts);
        if (source.Uuid == destination.Uuid)
            return Findings.Refused($"{here} and {there} are the same host (UUID {source.Uuid}). Choose another destination.");
        if (Incapable(plan.Mode, source, here) is { } sourceLack)
            return Findings.Refused(sourceLack);
        if (Incapable(plan.Mode, destination, there) is { } destinationLack)
            return Findings.Refused(destinationLack);
        if (machine is null)
            return Findings.Refused($"{here} does not know the machine. Look at its page for where it is now.");
        if (machine.Status.State != PowerState.Running)
            return Findings.Refused($"The machine is not running at {here} ({machine.Status.Reason}). Start it, then move it.");
        if (arrived is { Status.State: not PowerState.Off })
            return Findings.Refused($"{there} already has this machine in memory. Let the portal settle where it runs before it moves.");
        if (destination.FreeMemoryMib < machine.Status.MemoryMib)
            return Findings.Refused($"{there} has {destination.FreeMemoryMib} MiB of memory free and the machine needs {machine.Status.MemoryMib} MiB. Choose another destination.");
        if (await ends.Source.CallAsync(connection => DestinationFit.RunningDefinition(connection, plan.Machine), cancellationToken) is { } definition
            && await ends.Destination.CallAsync(connection => DestinationFit.Lack(connection, definition), cancellationToken) is { } lack)
            return Findings.Refused($"{there} cannot run the machine as it runs now: {lack} Choose another destination, or switch it off and let it start there.");
        if (plan.Mode != MigrationMode.QuickSaved && (plan.Destination.Endpoint.PeerUri is null || plan.Destination.Endpoint.MigrationAddress is null))
            return Findings.Refused($"{there} is reached over a local connection, which {here} cannot use. Add it by a URI such as qemu+tls://HOST/system.");
        if (plan is { Mode: not MigrationMode.QuickSaved, Options.EncryptMemory: true } && (Plain(source, here) ?? Plain(destination, there)) is { } plain)
            return Findings.Refused(plain);
        var store = await SharedStore.CheckAsync(ends, plan, now, cancellationToken);
        if (store.Refusal is { } storeLack)
            return Findings.Refused(storeLack);
        if (store.Storage is not null && (Lacking(source, here, CapabilityNames.WithStorage) ?? Lacking(destination, there, CapabilityNames.WithStorage)) is { } noCopy)
            return Findings.Refused(noCopy);
        // Its disks would be written to at the destination before its memory is there: were it lost then, the disks that are left behind would be older than what it said it had written.
        if (store.Storage is not null && plan.Mode == MigrationMode.PostCopy)
            return Findings.Refused($"{here} and {there} share no store, so the machine's disks go with it, and post-copy could lose what it wrote meanwhile. Move it live or quick.");
        if ((Stream(plan.Options, source, here) ?? Stream(plan.Options, destination, there)) is { } noStream)
            return Findings.Refused(noStream);
        return new Findings(null, machine.Status.MemoryMib << 20, machine.TouchedBytes, store.Path,
            destination.Can(CapabilityNames.Announce).Available,
            source.Can(CapabilityNames.PostCopy).Available && destination.Can(CapabilityNames.PostCopy).Available)
        {
            CanRecover = source.Can(CapabilityNames.PostCopyRecovery).Available && destination.Can(CapabilityNames.PostCopyRecovery).Available,
            Storage = store.Storage is { } storage ? storage with { SkipsHoles = source.Libvirt >= s_holes && destination.Libvirt >= s_holes } : null,
        };
    }

    /// <summary>Why a host cannot stream memory as it is asked for.</summary>
    private static string? Stream(MigrationOptions options, HostFacts facts, string name) => options switch
    {
        { Compression: StreamCompression.Zstd } => Lacking(facts, name, CapabilityNames.CompressZstd),
        { Connections: > 1 } => Lacking(facts, name, CapabilityNames.Parallel),
        _ => null,
    };

    private static string? Lacking(HostFacts facts, string name, string capability) => facts.Can(capability) is { Available: false, Reason: var reason } ? $"{name} cannot do this: {reason}" : null;

    private static string? Incapable(MigrationMode mode, HostFacts facts, string name)
    {
        var capability = facts.Can(mode switch
        {
            MigrationMode.Live => CapabilityNames.LiveMigration,
            MigrationMode.PostCopy => CapabilityNames.PostCopy,
            MigrationMode.QuickDirect => CapabilityNames.QuickDirect,
            MigrationMode.QuickSaved => CapabilityNames.QuickSaved,
        });
        return capability.Available ? null : $"{name} cannot do this: {capability.Reason}";
    }

    private static string? Plain(HostFacts facts, string name) => facts.Can(CapabilityNames.MemoryTls) is { Available: false, Reason: var reason }
        ? $"{name} cannot encrypt a machine's memory on its way: {reason} {EncryptionAdvice}"
        : null;

    private static MachineSight? Look(ConnectHandle connection, Guid machine)
    {
        using var domain = DomainCalls.Find(connection, machine);
        return domain is null ? null : new MachineSight(DomainCalls.Status(domain, machine), DomainCalls.TouchedBytes(domain));
    }

    private sealed record MachineSight(MachineStatus Status, long? TouchedBytes);
}
