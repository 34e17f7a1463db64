using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Scoping;

namespace Portal.Domain.Projects;

/// <summary>The largest a single machine of a project may be; null: as large as the limits allow.</summary>
/// <param name="Vcpus">Virtual processors.</param>
/// <param name="MemoryMib">Memory, MiB.</param>
/// <param name="DiskGib">Disk, GiB.</param>
public sealed record MachineCaps(int? Vcpus, int? MemoryMib, int? DiskGib)
{
    /// <summary>No caps.</summary>
    public static MachineCaps None { get; } = new(null, null, null);

    /// <summary>The cap on one resource.</summary>
    public long? Of(QuotaResource resource) => resource switch
    {
        QuotaResource.Vcpus => Vcpus,
        QuotaResource.MemoryMib => MemoryMib,
        QuotaResource.DiskGib => DiskGib,
        QuotaResource.Machines or QuotaResource.Addresses or QuotaResource.Snapshots => null,
    };
}

/// <summary>
/// What holds for all limits of a project. Its row version stands for them all: limits' own rows change with every request, this one
/// only when somebody edits.
/// </summary>
public sealed class QuotaSettings : IProjectScoped
{
    /// <summary>Days of grace where nobody said otherwise.</summary>
    public const int UsualGraceDays = 14;

    QuotaSettings()
    {
    }

    /// <summary>The project.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>The most processors of a single machine.</summary>
    public int? MostVcpus { get; private set; }

    /// <summary>The most memory of a single machine, MiB.</summary>
    public int? MostMemoryMib { get; private set; }

    /// <summary>The most disk of a single machine, GiB.</summary>
    public int? MostDiskGib { get; private set; }

    /// <summary>How long a soft figure may be passed, days.</summary>
    public int GraceDays { get; private set; } = UsualGraceDays;

    /// <summary>Who edited last.</summary>
    public string ChangedBy { get; private set; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>Row version (<c>xmin</c>).</summary>
    public uint Version { get; private init; }

    /// <summary>The caps as one.</summary>
    public MachineCaps Caps => new(MostVcpus, MostMemoryMib, MostDiskGib);

    /// <summary>What holds where nothing was set.</summary>
    public static QuotaSettings Of(Guid projectId) => new() { ProjectId = projectId };

    /// <summary>Other caps and days of grace.</summary>
    public void Set(MachineCaps caps, int graceDays) => (MostVcpus, MostMemoryMib, MostDiskGib, GraceDays) = (caps.Vcpus, caps.MemoryMib, caps.DiskGib, graceDays);

    /// <summary>Somebody edited limits of the project.</summary>
    public void Touch(string by, DateTimeOffset now) => (ChangedBy, ChangedAt) = (by, now);
}

sealed class QuotaSettingsConfiguration : IEntityTypeConfiguration<QuotaSettings>
{
    public void Configure(EntityTypeBuilder<QuotaSettings> builder)
    {
        builder.HasKey(s => s.ProjectId);
        builder.Ignore(s => s.Caps);
        builder.Property(s => s.ChangedBy).HasMaxLength(80);
        builder.Property(s => s.Version).IsRowVersion();
        builder.HasOne<Project>().WithOne().HasForeignKey<QuotaSettings>(s => s.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.ToTable("quota_settings", t => t.HasCheckConstraint("ck_quota_settings", "most_vcpus > 0 and most_memory_mib > 0 and most_disk_gib > 0 and grace_days between 0 and 365"));
    }
}
