using Portal.Hypervisor.Hosts;

namespace Portal.Hypervisor.Migrations;

/// <summary>One end of a move as its disks see it.</summary>
/// <param name="Host">The host.</param>
/// <param name="Pool">The storage pool there.</param>
public sealed record DiskEnd(HostConnection Host, string Pool);
