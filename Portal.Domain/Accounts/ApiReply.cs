using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Accounts;

/// <summary>What an API call with an <c>Idempotency-Key</c> was answered, so that the same call sent again gets the same answer.</summary>
public sealed class ApiReply
{
    ApiReply()
    {
    }

    /// <summary>Whose call it was.</summary>
    public Guid UserId { get; private init; }

    /// <summary>The caller's key.</summary>
    public string Key { get; private init; } = "";

    /// <summary>SHA-256 of method, path and body: the key stands for this call and no other.</summary>
    public byte[] Fingerprint { get; private init; } = [];

    /// <summary>HTTP status of the answer; null while the call is carried out.</summary>
    public int? Status { get; private init; }

    /// <summary>The answer's content type.</summary>
    public string? ContentType { get; private init; }

    /// <summary>The answer's body.</summary>
    public string? Body { get; private init; }

    /// <summary>Where the answer points, for a 201 or 202.</summary>
    public string? Location { get; private init; }

    /// <summary>When the call came.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

}

sealed class ApiReplyConfiguration : IEntityTypeConfiguration<ApiReply>
{
    public void Configure(EntityTypeBuilder<ApiReply> builder)
    {
        builder.ToTable("api_replies");
        builder.HasKey(r => new { r.UserId, r.Key });
        builder.Property(r => r.Key).HasMaxLength(100);
        builder.Property(r => r.ContentType).HasMaxLength(100);
        builder.Property(r => r.Location).HasMaxLength(300);
        builder.HasOne<User>().WithMany().HasForeignKey(r => r.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(r => r.CreatedAt);
    }
}
