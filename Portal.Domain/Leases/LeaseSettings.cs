using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Leases;

/// <summary>The platform's lease terms, for every project without its own: one row, or none while the built-in terms hold.</summary>
public sealed class LeaseSettings
{
    LeaseSettings()
    {
    }

    /// <summary>Always 1.</summary>
    public int Id { get; private init; }

    /// <summary>The terms (<c>jsonb</c>).</summary>
    public LeaseTerms Terms { get; private set; } = LeaseTerms.BuiltIn;

    /// <summary>The row's version.</summary>
    public uint Version { get; private set; }

    internal static LeaseSettings Create(LeaseTerms terms) => new() { Id = 1, Terms = terms };

    internal void Set(LeaseTerms terms) => Terms = terms;
}

/// <summary>A project's own lease terms; without a row the platform's hold.</summary>
public sealed class ProjectLease : IProjectScoped
{
    ProjectLease()
    {
    }

    /// <summary>The project.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>The terms (<c>jsonb</c>).</summary>
    public LeaseTerms Terms { get; private set; } = LeaseTerms.BuiltIn;

    /// <summary>The row's version.</summary>
    public uint Version { get; private set; }

    internal static ProjectLease Create(Guid projectId, LeaseTerms terms) => new() { ProjectId = projectId, Terms = terms };

    internal void Set(LeaseTerms terms) => Terms = terms;
}

sealed class LeaseSettingsConfiguration : IEntityTypeConfiguration<LeaseSettings>
{
    public void Configure(EntityTypeBuilder<LeaseSettings> builder)
    {
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Terms).IsDocument<LeaseTerms>();
        builder.Property(s => s.Version).IsRowVersion();
        builder.ToTable("lease_settings", t => t.HasCheckConstraint("ck_lease_settings_one_row", "id = 1"));
    }
}

sealed class ProjectLeaseConfiguration : IEntityTypeConfiguration<ProjectLease>
{
    public void Configure(EntityTypeBuilder<ProjectLease> builder)
    {
        builder.HasKey(l => l.ProjectId);
        builder.Property(l => l.Terms).IsDocument<LeaseTerms>();
        builder.Property(l => l.Version).IsRowVersion();
        builder.HasOne<Project>().WithMany().HasForeignKey(l => l.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.ToTable("project_leases");
    }
}
