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
/// One limit of one project. Requests that wait count as reserved, so an approval can never oversubscribe; the database itself
/// refuses a row whose used and reserved go past the limit.
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

    /// <summary>A fresh limit with nothing held.</summary>
    public static Quota Create(Guid projectId, QuotaResource resource, long limit) => new() { ProjectId = projectId, Resource = resource, Limit = limit };
}

/// <summary>A limit as shown to people.</summary>
public sealed record QuotaLine(QuotaResource Resource, long Limit, long Used, long Reserved)
{
    /// <summary>What can still be asked for.</summary>
    public long Left => Limit - Used - Reserved;

    /// <summary>The share of the fullest limit once some amounts are taken too, 0–1 and above.</summary>
    public static double FullestShare(IReadOnlyList<QuotaLine> lines, QuotaAmounts more) =>
        lines.Max(line => line.Limit == 0 ? (line.Used + line.Reserved + more.Of(line.Resource) > 0 ? 1 : 0) : (line.Used + line.Reserved + more.Of(line.Resource)) / (double)line.Limit);
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
            t.HasCheckConstraint("ck_quotas_within_limit", "used + reserved <= most");
        });
    }
}
