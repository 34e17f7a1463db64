using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Catalog;

/// <summary>Which devices a machine is given.</summary>
public enum DeviceModel
{
    /// <summary>virtio: the guest knows it is one ("enlightened").</summary>
    Paravirtual,

    /// <summary>IDE and e1000, for systems without virtio drivers.</summary>
    Emulated,
}

/// <summary>A disk image machines are cloned from: a volume in the store every host shares.</summary>
public sealed class Image
{
    Image()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>Unique short name.</summary>
    public string Name { get; private init; } = "";

    /// <summary>Name shown to people.</summary>
    public string Title { get; private set; } = "";

    /// <summary>One line below the title.</summary>
    public string Description { get; private set; } = "";

    /// <summary>The backing volume's name in the pool.</summary>
    public string Volume { get; private set; } = "";

    /// <summary>Its format, given explicitly so that nothing is ever guessed from a disk's content.</summary>
    public string Format { get; private set; } = "qcow2";

    /// <summary>SHA-256 of the volume, hex.</summary>
    public string Sha256 { get; private set; } = "";

    /// <summary>Who logs in.</summary>
    public string LoginUser { get; private set; } = "root";

    /// <summary>Least memory it boots with, MiB.</summary>
    public int MinMemoryMib { get; private set; }

    /// <summary>Least disk, GiB: its virtual size.</summary>
    public int MinDiskGib { get; private set; }

    /// <summary>Devices its machines get.</summary>
    public DeviceModel Devices { get; private set; }

    /// <summary>Whether machines can be asked for from it now.</summary>
    public bool Available { get; private set; } = true;

    /// <summary>A new image.</summary>
    public static Image Create(string name) => new() { Id = Guid.CreateVersion7(), Name = name };

    /// <summary>What the image is, from whoever provides it.</summary>
    public void Describe(string title, string description, string volume, string format, string sha256, string loginUser, int minMemoryMib, int minDiskGib, DeviceModel devices) =>
        (Title, Description, Volume, Format, Sha256, LoginUser, MinMemoryMib, MinDiskGib, Devices, Available) =
        (title, description, volume, format, sha256, loginUser, minMemoryMib, minDiskGib, devices, true);

    /// <summary>Takes it out of the catalog; machines that use it stay.</summary>
    public void Withdraw() => Available = false;
}

sealed class ImageConfiguration : IEntityTypeConfiguration<Image>
{
    public void Configure(EntityTypeBuilder<Image> builder)
    {
        builder.Property(i => i.Name).HasMaxLength(60);
        builder.Property(i => i.Title).HasMaxLength(80);
        builder.Property(i => i.Description).HasMaxLength(200);
        builder.HasIndex(i => i.Name).IsUnique();
        builder.ToTable("images", t => t.HasCheckConstraint("ck_images_format", "format in ('qcow2', 'raw')"));
    }
}
