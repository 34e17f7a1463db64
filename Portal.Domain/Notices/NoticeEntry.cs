using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Accounts;
using Portal.Domain.Projects;

namespace Portal.Domain.Notices;

/// <summary>What one person was told in the pages. <see cref="NoticeBoard"/> writes them, many at once.</summary>
public sealed class NoticeEntry
{
    NoticeEntry()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>Who was told.</summary>
    public Guid UserId { get; private init; }

    /// <summary>Of what kind of thing.</summary>
    public NoticeKind Kind { get; private init; }

    /// <summary>What happened, without markup.</summary>
    public string Title { get; private init; } = "";

    /// <summary>More about it.</summary>
    public string? Body { get; private init; }

    /// <summary>The page it is about: a path of ours.</summary>
    public string Link { get; private init; } = "/";

    /// <summary>What it is about.</summary>
    public Guid SubjectId { get; private init; }

    /// <summary>In which project, where it belongs to one.</summary>
    public Guid? ProjectId { get; private init; }

    /// <summary>When it was told.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>When that person read it.</summary>
    public DateTimeOffset? ReadAt { get; private set; }
}

sealed class NoticeEntryConfiguration : IEntityTypeConfiguration<NoticeEntry>
{
    public void Configure(EntityTypeBuilder<NoticeEntry> builder)
    {
        builder.ToTable("notices", table => table.HasCheckConstraint("ck_notices_link_is_ours", "link like '/%' and link not like '//%'"));
        builder.Property(n => n.Title).HasMaxLength(NoticeBoard.MostTitle);
        builder.Property(n => n.Body).HasMaxLength(NoticeBoard.MostBody);
        builder.Property(n => n.Link).HasMaxLength(NoticeBoard.MostLink);
        builder.HasOne<User>().WithMany().HasForeignKey(n => n.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Project>().WithMany().HasForeignKey(n => n.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(n => new { n.UserId, n.CreatedAt, n.Id });
        // The number on the bell is asked for by every open page whenever something is told.
        builder.HasIndex(n => n.UserId).HasFilter("read_at is null").HasDatabaseName("ix_notices_unread");
        builder.HasIndex(n => new { n.SubjectId, n.CreatedAt });
    }
}
