using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Accounts;
using Portal.Domain.Scoping;

namespace Portal.Domain.Projects;

/// <summary>
/// What one person holds of a project, and the person's own limit where there is one. It is counted from the first request on,
/// limit or not, so that a limit set later starts from the truth.
/// </summary>
public sealed class MemberQuota : IProjectScoped
{
    MemberQuota()
    {
    }

    /// <summary>The project.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>The person.</summary>
    public Guid UserId { get; private init; }

    /// <summary>What is limited.</summary>
    public QuotaResource Resource { get; private init; }

    /// <summary>The most this person may hold; null: as much as the project has.</summary>
    public long? Limit { get; private set; }

    /// <summary>Held by machines this person asked for.</summary>
    public long Used { get; private set; }

    /// <summary>Held by this person's requests.</summary>
    public long Reserved { get; private set; }
}

sealed class MemberQuotaConfiguration : IEntityTypeConfiguration<MemberQuota>
{
    public void Configure(EntityTypeBuilder<MemberQuota> builder)
    {
        builder.HasKey(q => new { q.ProjectId, q.UserId, q.Resource });
        builder.Property(q => q.Limit).HasColumnName("most");
        builder.HasOne<Project>().WithMany().HasForeignKey(q => q.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(q => q.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.ToTable("member_quotas", t => t.HasCheckConstraint("ck_member_quotas_not_negative", "used >= 0 and reserved >= 0 and most >= 0"));
    }
}
