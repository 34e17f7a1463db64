using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Accounts;

namespace Portal.Domain.Projects;

/// <summary>A group of people with machines and a quota of their own.</summary>
public sealed class Project
{
    Project()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>Unique name.</summary>
    public string Name { get; private set; } = "";

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>When it was put away, empty; null while it is in use. Its story stays, nothing can be asked for in it.</summary>
    public DateTimeOffset? ArchivedAt { get; private set; }

    /// <summary>Longest silence a move of its machines may cost, ms; null: no such objective.</summary>
    public double? ObjectiveMs { get; private set; }

    /// <summary>Most pings a move of its machines may lose at 1 Hz; null: no such objective.</summary>
    public int? ObjectivePings { get; private set; }

    /// <summary>Row version (<c>xmin</c>): a page that shows an older row changes nothing.</summary>
    public uint Version { get; private init; }

    /// <summary>A new project; give it members and limits in the same transaction.</summary>
    public static Project Create(string name, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(), Name = name, CreatedAt = now };

    internal void Rename(string name) => Name = name;

    internal void Archive(DateTimeOffset now) => ArchivedAt = now;

    internal void Reopen() => ArchivedAt = null;

    internal void Promise(Migrations.Objective? objective) => (ObjectiveMs, ObjectivePings) = (objective?.BlackoutMs, objective?.LostPings);
}

/// <summary>What a person may do in a project.</summary>
public enum ProjectRole
{
    /// <summary>Looks after the project.</summary>
    Owner,

    /// <summary>Asks for machines and works with them.</summary>
    Member,

    /// <summary>Reads.</summary>
    Viewer,
}

/// <summary>A person's place in a project.</summary>
public sealed class ProjectMember
{
    ProjectMember()
    {
    }

    /// <summary>The project.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>The person.</summary>
    public Guid UserId { get; private init; }

    /// <summary>What the person may do in it.</summary>
    public ProjectRole Role { get; private set; }

    /// <summary>Row version (<c>xmin</c>): a page that shows an older row changes nothing.</summary>
    public uint Version { get; private init; }

    /// <summary>A new membership.</summary>
    public static ProjectMember Create(Guid projectId, Guid userId, ProjectRole role) => new() { ProjectId = projectId, UserId = userId, Role = role };

    internal void Become(ProjectRole role) => Role = role;
}

sealed class ProjectConfiguration : IEntityTypeConfiguration<Project>
{
    public void Configure(EntityTypeBuilder<Project> builder)
    {
        builder.Property(p => p.Name).HasMaxLength(60);
        builder.Property(p => p.Version).IsRowVersion();
        builder.HasIndex(p => p.Name).IsUnique();
    }
}

sealed class ProjectMemberConfiguration : IEntityTypeConfiguration<ProjectMember>
{
    public void Configure(EntityTypeBuilder<ProjectMember> builder)
    {
        builder.HasKey(m => new { m.ProjectId, m.UserId });
        builder.Property(m => m.Version).IsRowVersion();
        builder.HasOne<Project>().WithMany().HasForeignKey(m => m.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(m => m.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(m => m.UserId);
    }
}
