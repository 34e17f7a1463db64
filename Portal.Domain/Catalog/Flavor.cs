using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Projects;

namespace Portal.Domain.Catalog;

/// <summary>A size machines come in.</summary>
public sealed class Flavor
{
    Flavor()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>Unique name.</summary>
    public string Name { get; private init; } = "";

    /// <summary>Virtual processors.</summary>
    public int Vcpus { get; private init; }

    /// <summary>Memory, MiB.</summary>
    public int MemoryMib { get; private init; }

    /// <summary>Disk, GiB.</summary>
    public int DiskGib { get; private init; }

    /// <summary>Whether it can be asked for now.</summary>
    public bool Available { get; private set; } = true;

    /// <summary>What a machine of it takes.</summary>
    public MachineSize Size => new(Vcpus, MemoryMib, DiskGib);

    /// <summary>A new flavor.</summary>
    public static Flavor Create(string name, int vcpus, int memoryMib, int diskGib) =>
        new() { Id = Guid.CreateVersion7(), Name = name, Vcpus = vcpus, MemoryMib = memoryMib, DiskGib = diskGib };

    /// <summary>Takes it out of the catalog; machines of it stay.</summary>
    public void Withdraw() => Available = false;
}

sealed class FlavorConfiguration : IEntityTypeConfiguration<Flavor>
{
    public void Configure(EntityTypeBuilder<Flavor> builder)
    {
        builder.Ignore(f => f.Size);
        builder.Property(f => f.Name).HasMaxLength(40);
        builder.HasIndex(f => f.Name).IsUnique();
        builder.ToTable("flavors", t => t.HasCheckConstraint("ck_flavors_sizes", "vcpus > 0 and memory_mib > 0 and disk_gib > 0"));
    }
}
