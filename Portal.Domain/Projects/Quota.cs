using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Scoping;

namespace Portal.Domain.Projects;

/// <summary>What a quota limits.</summary>
public enum QuotaResource
{
    /// <summary>Number of machines.</summary>
    Machines,

    /// <summary>Virtual processors.</summary>
    Vcpus,

    /// <summary>Memory, MiB.</summary>
    MemoryMib,

    /// <summary>Disk, GiB.</summary>
    DiskGib,

    /// <summary>Addresses of guest networks.</summary>
    Addresses,

    /// <summary>Number of snapshots of machines.</summary>
    Snapshots,
}

/// <summary>
/// One limit of one project. Requests that wait count as reserved, so an approval can never oversubscribe. What is held may stand
/// above a limit that was lowered; the database itself refuses what would make it grow there.
/// </summary>
public sealed class Quota : IProjectScoped
{
    Quota()
    {
    }

    /// <summary>The project.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>What is limited.</summary>
    public QuotaResource Resource { get; private init; }

    /// <summary>The most that used and reserved may come to.</summary>
    public long Limit { get; private set; }

    /// <summary>Held by machines.</summary>
    public long Used { get; private set; }

    /// <summary>Held by requests that wait, and by machines being made.</summary>
    public long Reserved { get; private set; }

    /// <summary>The figure that may be passed for the project's days of grace only; null: none.</summary>
    public long? Soft { get; private set; }

    /// <summary>Since when the soft figure is passed; null while it is not.</summary>
    public DateTimeOffset? SoftSince { get; private set; }

    /// <summary>Whether the owners were told that the days of grace are over.</summary>
    public bool GraceTold { get; private set; }

    /// <summary>A fresh limit with nothing held.</summary>
    public static Quota Create(Guid projectId, QuotaResource resource, long limit) => new() { ProjectId = projectId, Resource = resource, Limit = limit };
}

/// <summary>How large a machine is.</summary>
/// <param name="Vcpus">Virtual processors.</param>
/// <param name="MemoryMib">Memory, MiB.</param>
/// <param name="DiskGib">Disk, GiB.</param>
public sealed record MachineSize(int Vcpus, int MemoryMib, int DiskGib);

sealed class QuotaConfiguration : IEntityTypeConfiguration<Quota>
{
    public void Configure(EntityTypeBuilder<Quota> builder)
    {
        builder.HasKey(q => new { q.ProjectId, q.Resource });
        builder.Property(q => q.Limit).HasColumnName("most");
        builder.HasOne<Project>().WithMany().HasForeignKey(q => q.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.ToTable("quotas", t =>
        {
            t.HasCheckConstraint("ck_quotas_not_negative", "used >= 0 and reserved >= 0 and most >= 0");
            t.HasCheckConstraint("ck_quotas_soft", "soft >= 0 and soft <= most");
        });
    }
}
