using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Accounts;

/// <summary>A bearer token of the REST API. Only its hash is kept; the secret is shown once.</summary>
public sealed class ApiToken
{
    ApiToken()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>Whose calls it authenticates.</summary>
    public Guid UserId { get; private init; }

    /// <summary>What its owner calls it.</summary>
    public string Name { get; private init; } = "";

    /// <summary>SHA-256 of the secret; the secret has 256 bits of entropy, so a plain hash is enough.</summary>
    public byte[] SecretHash { get; private init; } = [];

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>When it stops working by itself.</summary>
    public DateTimeOffset ExpiresAt { get; private init; }

    /// <summary>Last call it authenticated, to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; private set; }

    internal static ApiToken Create(Guid userId, string name, byte[] secretHash, DateTimeOffset now, DateTimeOffset expiresAt) =>
        new() { Id = Guid.CreateVersion7(), UserId = userId, Name = name, SecretHash = secretHash, CreatedAt = now, ExpiresAt = expiresAt };

    internal void Revoke(DateTimeOffset now) => RevokedAt ??= now;

    internal void Used(DateTimeOffset now) => LastUsedAt = now;
}

sealed class ApiTokenConfiguration : IEntityTypeConfiguration<ApiToken>
{
    public void Configure(EntityTypeBuilder<ApiToken> builder)
    {
        builder.Property(t => t.Name).HasMaxLength(80);
        builder.HasIndex(t => t.SecretHash).IsUnique();
        builder.HasOne<User>().WithMany().HasForeignKey(t => t.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
