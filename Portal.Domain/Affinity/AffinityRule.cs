using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Machines;
using Portal.Domain.Projects;

namespace Portal.Domain.Affinity;

/// <summary>What an affinity rule does with its machines.</summary>
public enum AffinityKind
{
    /// <summary>They are on one host.</summary>
    Together,

    /// <summary>No two of them are on one host.</summary>
    Apart,
}

/// <summary>How much an affinity rule weighs.</summary>
public enum AffinityStrength
{
    /// <summary>Nothing is placed or moved against it.</summary>
    Must,

    /// <summary>It is kept where there is a choice; a person may move against it.</summary>
    Should,
}

/// <summary>Machines that are kept together on one host, or apart from each other.</summary>
public sealed class AffinityRule
{
    AffinityRule()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>The project all its machines belong to; null for one across projects.</summary>
    public Guid? ProjectId { get; private init; }

    /// <summary>What people call it; no two of a project are called the same, whatever the case.</summary>
    public string Name { get; private set; } = "";

    /// <summary>What it does.</summary>
    public AffinityKind Kind { get; private set; }

    /// <summary>How much it weighs.</summary>
    public AffinityStrength Strength { get; private set; }

    /// <summary>Who changed it last.</summary>
    public string ChangedByName { get; private set; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>Rises with every change.</summary>
    public uint Version { get; private init; }

    internal static AffinityRule Create(AffinityDraft draft, Actor by, DateTimeOffset now)
    {
        var rule = new AffinityRule { Id = Guid.CreateVersion7(), ProjectId = draft.ProjectId };
        rule.Say(draft, by, now);
        return rule;
    }

    internal void Say(AffinityDraft draft, Actor by, DateTimeOffset now) =>
        (Name, Kind, Strength, ChangedByName, ChangedAt) = (draft.Name, draft.Kind, draft.Strength, by.Name, now);
}

/// <summary>A machine of an affinity rule.</summary>
public sealed class AffinityMember
{
    AffinityMember()
    {
    }

    /// <summary>The rule.</summary>
    public Guid RuleId { get; private init; }

    /// <summary>The machine.</summary>
    public Guid MachineId { get; private init; }

    internal static AffinityMember Of(Guid ruleId, Guid machineId) => new() { RuleId = ruleId, MachineId = machineId };
}

sealed class AffinityRuleConfiguration : IEntityTypeConfiguration<AffinityRule>
{
    /// <summary>The name as it is compared.</summary>
    public const string NameKey = "NameKey";

    public void Configure(EntityTypeBuilder<AffinityRule> builder)
    {
        builder.Property(r => r.Name).HasMaxLength(AffinityDraft.LongestName);
        builder.Property<string>(NameKey).HasComputedColumnSql("lower(name)", stored: true);
        builder.Property(r => r.ChangedByName).HasMaxLength(80);
        builder.Property(r => r.Version).IsRowVersion();
        builder.HasIndex(nameof(AffinityRule.ProjectId), NameKey).IsUnique().AreNullsDistinct(false);
        builder.HasOne<Project>().WithMany().HasForeignKey(r => r.ProjectId).OnDelete(DeleteBehavior.Cascade);
    }
}

sealed class AffinityMemberConfiguration : IEntityTypeConfiguration<AffinityMember>
{
    public void Configure(EntityTypeBuilder<AffinityMember> builder)
    {
        builder.HasKey(m => new { m.RuleId, m.MachineId });
        builder.HasIndex(m => m.MachineId);
        builder.HasOne<AffinityRule>().WithMany().HasForeignKey(m => m.RuleId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Machine>().WithMany().HasForeignKey(m => m.MachineId).OnDelete(DeleteBehavior.Cascade);
    }
}
