namespace Portal.Domain.Projects;

/// <summary>Amounts of everything a quota limits: what a machine takes, or what a change takes more (or, below zero, less).</summary>
/// <param name="Machines">Machines.</param>
/// <param name="Vcpus">Virtual processors.</param>
/// <param name="MemoryMib">Memory, MiB.</param>
/// <param name="DiskGib">Disk, GiB.</param>
/// <param name="Addresses">Addresses.</param>
/// <param name="Snapshots">Snapshots.</param>
public sealed record QuotaAmounts(long Machines, long Vcpus, long MemoryMib, long DiskGib, long Addresses, long Snapshots = 0)
{
    /// <summary>Nothing.</summary>
    public static QuotaAmounts None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>What a new machine of a size takes: itself and one address too.</summary>
    public static QuotaAmounts OfMachine(MachineSize size) => new(1, size.Vcpus, size.MemoryMib, size.DiskGib, 1);

    /// <summary>What a snapshot takes; what its volume takes on the store counts nowhere else.</summary>
    public static QuotaAmounts OneSnapshot { get; } = None with { Snapshots = 1 };

    /// <summary>What a machine takes more when it changes its size; below zero where it shrinks.</summary>
    public static QuotaAmounts OfResize(MachineSize from, MachineSize to) => new(0, to.Vcpus - from.Vcpus, to.MemoryMib - from.MemoryMib, to.DiskGib - from.DiskGib, 0);

    /// <summary>The amount of one resource.</summary>
    public long Of(QuotaResource resource) => resource switch
    {
        QuotaResource.Machines => Machines,
        QuotaResource.Vcpus => Vcpus,
        QuotaResource.MemoryMib => MemoryMib,
        QuotaResource.DiskGib => DiskGib,
        QuotaResource.Addresses => Addresses,
        QuotaResource.Snapshots => Snapshots,
    };

    /// <summary>What of this has to be held while a change waits: growth only, since what shrinks takes nothing.</summary>
    public QuotaAmounts Growth() => new(Math.Max(0, Machines), Math.Max(0, Vcpus), Math.Max(0, MemoryMib), Math.Max(0, DiskGib), Math.Max(0, Addresses), Math.Max(0, Snapshots));

    /// <summary>What of this goes past what is held already.</summary>
    public QuotaAmounts Beyond(QuotaAmounts held) => new QuotaAmounts(Machines - held.Machines, Vcpus - held.Vcpus, MemoryMib - held.MemoryMib, DiskGib - held.DiskGib,
        Addresses - held.Addresses, Snapshots - held.Snapshots).Growth();

    /// <summary>What of this is given back when a change is done: shrinking only, as amounts of zero or more.</summary>
    public QuotaAmounts Shrinkage() => new(Math.Max(0, -Machines), Math.Max(0, -Vcpus), Math.Max(0, -MemoryMib), Math.Max(0, -DiskGib), Math.Max(0, -Addresses), Math.Max(0, -Snapshots));
}
