using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.MovePolicies;

/// <summary>A policy for live moves that an admin made, beside those that are built in.</summary>
public sealed class MovePolicy
{
    MovePolicy()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>What people call it; no two are called the same, whatever the case.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Its figures (<c>jsonb</c>).</summary>
    public MovePolicyTerms Terms { get; private set; } = default!;

    /// <summary>Since when nothing is ordered by it any more; null while it is.</summary>
    public DateTimeOffset? RetiredAt { get; private set; }

    /// <summary>Who changed it last.</summary>
    public string ChangedByName { get; private set; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>Rises with every change.</summary>
    public uint Version { get; private init; }

    internal static MovePolicy Create(string name, MovePolicyTerms terms, Actor by, DateTimeOffset now)
    {
        var policy = new MovePolicy { Id = Guid.CreateVersion7() };
        policy.Say(name, terms, by, now);
        return policy;
    }

    internal void Say(string name, MovePolicyTerms terms, Actor by, DateTimeOffset now)
    {
        (Name, Terms) = (name, terms);
        Changed(by, now);
    }

    internal void Retire(bool retired, Actor by, DateTimeOffset now)
    {
        RetiredAt = retired ? now : null;
        Changed(by, now);
    }

    void Changed(Actor by, DateTimeOffset now) => (ChangedByName, ChangedAt) = (by.Name, now);
}

sealed class MovePolicyConfiguration : IEntityTypeConfiguration<MovePolicy>
{
    /// <summary>The name as it is compared.</summary>
    public const string NameKey = "NameKey";

    public void Configure(EntityTypeBuilder<MovePolicy> builder)
    {
        builder.ToTable("move_policies");
        builder.Property(p => p.Name).HasMaxLength(MovePolicyService.LongestName);
        builder.Property<string>(NameKey).HasComputedColumnSql("lower(name)", stored: true);
        builder.HasIndex(NameKey).IsUnique();
        builder.Property(p => p.Terms).IsDocument<MovePolicyTerms>();
        builder.Property(p => p.ChangedByName).HasMaxLength(80);
        builder.Property(p => p.Version).IsRowVersion();
    }
}
