using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Policies;

/// <summary>One rule of the policy. Rules stand in an order, and the first that is switched on and matches decides.</summary>
public sealed class ApprovalRule
{
    ApprovalRule()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>Unique name: who asks and who decides read it.</summary>
    public string Name { get; private set; } = "";

    /// <summary>What it is for.</summary>
    public string? Description { get; private set; }

    /// <summary>Whether it is switched on.</summary>
    public bool Enabled { get; private set; }

    /// <summary>Its place among the rules, ascending; only the order counts, so that moving one rule alters no other row.</summary>
    public double Position { get; private set; }

    /// <summary>What it looks at (<c>jsonb</c>).</summary>
    public RuleConditions When { get; private set; } = RuleConditions.Any;

    /// <summary>What it does (<c>jsonb</c>).</summary>
    public RuleOutcome Then { get; private set; } = default!;

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>By whom; null for the first set-up.</summary>
    public Guid? ChangedBy { get; private set; }

    /// <summary>Row version (<c>xmin</c>).</summary>
    public uint Version { get; private init; }

    /// <summary>A new rule.</summary>
    public static ApprovalRule Create(double position, string name, string? description, bool enabled, RuleConditions when, RuleOutcome then, Guid? by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), Position = position, Name = name, Description = description, Enabled = enabled, When = when, Then = then, ChangedBy = by, ChangedAt = now,
    };

    internal void Change(string name, string? description, bool enabled, RuleConditions when, RuleOutcome then, Guid by, DateTimeOffset now) =>
        (Name, Description, Enabled, When, Then, ChangedBy, ChangedAt) = (name, description, enabled, when, then, by, now);

    internal void Switch(bool enabled, Guid by, DateTimeOffset now) => (Enabled, ChangedBy, ChangedAt) = (enabled, by, now);

    internal void Place(double position, Guid by, DateTimeOffset now) => (Position, ChangedBy, ChangedAt) = (position, by, now);

    /// <summary>Gives it a new figure for the place it already has.</summary>
    internal void Renumber(double position) => Position = position;
}

sealed class ApprovalRuleConfiguration : IEntityTypeConfiguration<ApprovalRule>
{
    public void Configure(EntityTypeBuilder<ApprovalRule> builder)
    {
        builder.ToTable("approval_rules");
        builder.Property(r => r.Name).HasMaxLength(RuleCheck.MostName);
        builder.Property(r => r.Description).HasMaxLength(RuleCheck.MostText);
        builder.Property(r => r.When).HasColumnName("conditions").IsDocument<RuleConditions>();
        builder.Property(r => r.Then).HasColumnName("outcome").IsDocument<RuleOutcome>();
        builder.Property(r => r.Version).IsRowVersion();
        builder.HasIndex(r => r.Name).IsUnique();
        builder.HasIndex(r => r.Position);
    }
}
