using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Accounts;
using Portal.Domain.Scoping;

namespace Portal.Domain.Requests;

/// <summary>What somebody wrote on a request. It stays as it was written.</summary>
public sealed class RequestComment : IProjectScoped
{
    /// <summary>The most characters a comment has.</summary>
    public const int MostText = 2000;

    RequestComment()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>The request.</summary>
    public Guid RequestId { get; private init; }

    /// <summary>The request's project, for who may see it.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>Who wrote it.</summary>
    public Guid AuthorId { get; private init; }

    /// <summary>Plain text.</summary>
    public string Text { get; private init; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset WrittenAt { get; private init; }

    /// <summary>The author's key for this call: a second one with it is the same comment.</summary>
    public string IdempotencyKey { get; private init; } = "";

    internal static RequestComment Write(Request request, Guid authorId, string text, string key, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(), RequestId = request.Id, ProjectId = request.ProjectId, AuthorId = authorId, Text = text, IdempotencyKey = key, WrittenAt = now };
}

sealed class RequestCommentConfiguration : IEntityTypeConfiguration<RequestComment>
{
    public void Configure(EntityTypeBuilder<RequestComment> builder)
    {
        builder.Property(c => c.Text).HasMaxLength(RequestComment.MostText);
        builder.Property(c => c.IdempotencyKey).HasMaxLength(100);
        builder.HasIndex(c => new { c.RequestId, c.WrittenAt });
        builder.HasIndex(c => new { c.AuthorId, c.IdempotencyKey }).IsUnique();
        builder.HasOne<Request>().WithMany().HasForeignKey(c => c.RequestId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(c => c.AuthorId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable("request_comments");
    }
}
