using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Accounts;
using Portal.Domain.Notices;
using Portal.Domain.Projects;

namespace Portal.Domain.Webhooks;

/// <summary>An address outside that is called when something happens, in one project or on the whole platform.</summary>
public sealed class Webhook
{
    Webhook()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>The project whose notices it is called with; null for the whole platform.</summary>
    public Guid? ProjectId { get; private init; }

    /// <summary>What people call it.</summary>
    public string Name { get; private set; } = "";

    /// <summary>What is called: http or https.</summary>
    public string Url { get; private set; } = "";

    /// <summary>The kinds of notices it is called with, by name.</summary>
    public string[] Kinds { get; private set; } = [];

    /// <summary>Whether it is called.</summary>
    public bool IsEnabled { get; private set; }

    /// <summary>The secret calls are signed with, protected by the platform's keys.</summary>
    public string Secret { get; private set; } = "";

    /// <summary>The secret before it; calls are signed with both until <see cref="OldSecretUntil"/>.</summary>
    public string? OldSecret { get; private set; }

    /// <summary>Until when the secret before counts.</summary>
    public DateTimeOffset? OldSecretUntil { get; private set; }

    /// <summary>Who made it.</summary>
    public Guid CreatedBy { get; private init; }

    /// <summary>When.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>Who changed it last.</summary>
    public string ChangedByName { get; private set; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>Rises with every change.</summary>
    public uint Version { get; private init; }

    /// <summary>The kinds of notices it is called with.</summary>
    public IReadOnlyList<NoticeKind> NoticeKinds => [.. Kinds.Select(Enum.Parse<NoticeKind>)];

    internal static Webhook Create(Guid? projectId, Actor by, string protectedSecret, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(), ProjectId = projectId, Secret = protectedSecret, CreatedBy = by.UserId, CreatedAt = now };

    internal void Describe(string name, string url, IEnumerable<NoticeKind> kinds, bool isEnabled, Actor by, DateTimeOffset now)
    {
        (Name, Url, Kinds, IsEnabled) = (name, url, [.. kinds.Distinct().Order().Select(k => k.ToString())], isEnabled);
        Changed(by, now);
    }

    /// <summary>A new secret; the one before still counts for a time, so that receivers can be given the new one without missing a call.</summary>
    internal void Rotate(string protectedSecret, DateTimeOffset oldUntil, Actor by, DateTimeOffset now)
    {
        (OldSecret, OldSecretUntil, Secret) = (Secret, oldUntil, protectedSecret);
        Changed(by, now);
    }

    /// <summary>The secrets that count at a moment, the newest first, protected.</summary>
    internal IReadOnlyList<string> SecretsAt(DateTimeOffset now) => OldSecret is { } old && OldSecretUntil > now ? [Secret, old] : [Secret];

    void Changed(Actor by, DateTimeOffset now) => (ChangedByName, ChangedAt) = (by.Name, now);
}

sealed class WebhookConfiguration : IEntityTypeConfiguration<Webhook>
{
    public void Configure(EntityTypeBuilder<Webhook> builder)
    {
        builder.ToTable("webhooks", table => table.HasCheckConstraint("ck_webhooks_url", "url ~ '^https?://'"));
        builder.Property(h => h.Name).HasMaxLength(80);
        builder.Property(h => h.Url).HasMaxLength(500);
        builder.Property(h => h.Secret).HasMaxLength(1000);
        builder.Property(h => h.OldSecret).HasMaxLength(1000);
        builder.Property(h => h.ChangedByName).HasMaxLength(80);
        builder.Property(h => h.Version).IsRowVersion();
        builder.Ignore(h => h.NoticeKinds);
        builder.HasOne<Project>().WithMany().HasForeignKey(h => h.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(h => h.CreatedBy).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(h => h.ProjectId);
    }
}
