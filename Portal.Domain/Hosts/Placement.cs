using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Machines;

namespace Portal.Domain.Hosts;

/// <summary>Why a machine takes room on a host.</summary>
public enum PlacementPurpose
{
    /// <summary>It lives there.</summary>
    Home,

    /// <summary>It is on its way there.</summary>
    Incoming,
}

/// <summary>Room a machine takes on a host. A host's load is the sum of these rows, so it cannot drift from them.</summary>
public sealed class Placement
{
    Placement()
    {
    }

    /// <summary>The machine.</summary>
    public Guid MachineId { get; private init; }

    /// <summary>The host.</summary>
    public Guid HostId { get; private init; }

    /// <summary>Why.</summary>
    public PlacementPurpose Purpose { get; private set; }

    /// <summary>Virtual processors taken.</summary>
    public int Vcpus { get; private set; }

    /// <summary>Memory taken, MiB.</summary>
    public int MemoryMib { get; private set; }

    /// <summary>Room for a machine on a host.</summary>
    public static Placement Create(Guid machineId, Guid hostId, PlacementPurpose purpose, int vcpus, int memoryMib) =>
        new() { MachineId = machineId, HostId = hostId, Purpose = purpose, Vcpus = vcpus, MemoryMib = memoryMib };

    /// <summary>Takes this much from here on: the machine changed its size.</summary>
    public void Take(int vcpus, int memoryMib) => (Vcpus, MemoryMib) = (vcpus, memoryMib);

    /// <summary>The machine has arrived: this is its home now.</summary>
    public void Arrive() => Purpose = PlacementPurpose.Home;
}

sealed class PlacementConfiguration : IEntityTypeConfiguration<Placement>
{
    public void Configure(EntityTypeBuilder<Placement> builder)
    {
        builder.HasKey(p => new { p.MachineId, p.HostId });
        builder.HasOne<Machine>().WithMany().HasForeignKey(p => p.MachineId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Host>().WithMany().HasForeignKey(p => p.HostId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(p => p.HostId);
        builder.HasIndex(p => new { p.MachineId, p.Purpose }).IsUnique().HasDatabaseName("ux_placements_one_home_one_incoming");
    }
}
