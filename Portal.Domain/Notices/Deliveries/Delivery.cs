using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Accounts;
using Portal.Domain.Webhooks;

namespace Portal.Domain.Notices.Deliveries;

/// <summary>The way something leaves the portal.</summary>
public enum DeliveryChannel
{
    /// <summary>An e-mail to a person.</summary>
    Email,

    /// <summary>A call of a webhook.</summary>
    Webhook,
}

/// <summary>How far a delivery is.</summary>
public enum DeliveryStatus
{
    /// <summary>It is yet to be tried, or tried again.</summary>
    Queued,

    /// <summary>The other side has it.</summary>
    Sent,

    /// <summary>The other side refused it for good: trying again would change nothing.</summary>
    Failed,

    /// <summary>It was tried for a day in vain, or the way out was closed.</summary>
    GivenUp,
}

/// <summary>What a delivery says.</summary>
/// <param name="Kind">The kind of notice by name, <c>Ping</c> for a test, or <c>AddressChanged</c>.</param>
/// <param name="At">When it happened.</param>
/// <param name="Title">What happened.</param>
/// <param name="Body">More about it.</param>
/// <param name="Link">The page it is about, a path of ours.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Project">In which project.</param>
/// <param name="To">The address an e-mail goes to; null: the one the person has when it is sent.</param>
public sealed record DeliveryPayload(string Kind, DateTimeOffset At, string Title, string? Body, string Link, Guid Subject, Guid? Project, string? To = null)
{
    /// <summary>The kind of a test.</summary>
    public const string Ping = "Ping";

    /// <summary>The kind of an e-mail that tells a person's former address of the new one.</summary>
    public const string AddressChanged = "AddressChanged";
}

/// <summary>
/// One e-mail or one call of a webhook that is to go out: written with the change it tells of, sent by whichever process claims it
/// (<see cref="Outbox"/>). The number of tries is its fence: who claimed it writes what became of it only while nobody claimed it since.
/// </summary>
public sealed class Delivery
{
    Delivery()
    {
    }

    /// <summary>Identifier, UUIDv7. The other side sees it, the same at every try.</summary>
    public Guid Id { get; private init; }

    /// <summary>The way it goes.</summary>
    public DeliveryChannel Channel { get; private init; }

    /// <summary>Whom an e-mail goes to.</summary>
    public Guid? UserId { get; private init; }

    /// <summary>The webhook that is called.</summary>
    public Guid? WebhookId { get; private init; }

    /// <summary>What it says.</summary>
    public DeliveryPayload Payload { get; private init; } = default!;

    /// <summary>The kind in what it says, as the database takes it out of the document for lists.</summary>
    public string PayloadKind { get; private init; } = "";

    /// <summary>The title in what it says, likewise.</summary>
    public string PayloadTitle { get; private init; } = "";

    /// <summary>How far it is.</summary>
    public DeliveryStatus Status { get; private set; }

    /// <summary>How often it was tried, the try under way included.</summary>
    public int Attempts { get; private set; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>When it is due.</summary>
    public DateTimeOffset NextAttemptAt { get; private set; }

    /// <summary>A try that fails after this moment is the last.</summary>
    public DateTimeOffset GiveUpAt { get; private set; }

    /// <summary>Until when the try under way may take, by the database's clock; after it another process may try.</summary>
    public DateTimeOffset? ClaimedUntil { get; private set; }

    /// <summary>When the last try ended.</summary>
    public DateTimeOffset? TriedAt { get; private set; }

    /// <summary>What was wrong with the last try.</summary>
    public string? LastError { get; private set; }

    /// <summary>The status the other side answered the last try with: of HTTP or of SMTP.</summary>
    public int? ResponseCode { get; private set; }

    /// <summary>How long the last try took, milliseconds.</summary>
    public int? DurationMs { get; private set; }

    /// <summary>An e-mail about a person that is due at once, to the address in what it says.</summary>
    internal static Delivery ToAddress(Guid userId, DeliveryPayload payload, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), Channel = DeliveryChannel.Email, UserId = userId, Payload = payload, CreatedAt = now, NextAttemptAt = now, GiveUpAt = now + Backoff.GiveUpAfter,
    };

    /// <summary>A delivery to a webhook that is due at once.</summary>
    internal static Delivery ToWebhook(Guid webhookId, DeliveryPayload payload, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), Channel = DeliveryChannel.Webhook, WebhookId = webhookId, Payload = payload, CreatedAt = now, NextAttemptAt = now, GiveUpAt = now + Backoff.GiveUpAfter,
    };
}

sealed class DeliveryConfiguration : IEntityTypeConfiguration<Delivery>
{
    public void Configure(EntityTypeBuilder<Delivery> builder)
    {
        builder.ToTable("deliveries", table => table.HasCheckConstraint("ck_deliveries_target", "(channel = 'Email') = (user_id is not null) and (channel = 'Webhook') = (webhook_id is not null)"));
        builder.Property(d => d.Payload).IsDocument<DeliveryPayload>();
        builder.Property(d => d.PayloadKind).HasComputedColumnSql("payload ->> 'kind'", stored: true);
        builder.Property(d => d.PayloadTitle).HasComputedColumnSql("payload ->> 'title'", stored: true);
        builder.Property(d => d.LastError).HasMaxLength(Outbox.MostError);
        builder.HasOne<User>().WithMany().HasForeignKey(d => d.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Webhook>().WithMany().HasForeignKey(d => d.WebhookId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(d => new { d.Channel, d.NextAttemptAt }).HasFilter("status = 'Queued'").HasDatabaseName("ix_deliveries_due");
        builder.HasIndex(d => d.WebhookId).HasFilter("claimed_until is not null").HasDatabaseName("ix_deliveries_under_way");
        builder.HasIndex(d => new { d.WebhookId, d.CreatedAt });
        builder.HasIndex(d => d.CreatedAt);
    }
}
