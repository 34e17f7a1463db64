using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Audit;

/// <summary>
/// An event's place in the chain. It stands beside the event and not in it: an event is written once and never again, and the change
/// it tells of does not wait for the chain.
/// </summary>
public sealed class AuditSeal
{
    AuditSeal()
    {
    }

    /// <summary>Its place, from 1, without a gap.</summary>
    public long Sequence { get; private init; }

    /// <summary>The event.</summary>
    public Guid EventId { get; private init; }

    /// <summary>The canonical form it was sealed in; see <see cref="AuditCanon"/>.</summary>
    public short Version { get; private init; }

    /// <summary>SHA-256 of the previous place's hash and this event's canonical bytes.</summary>
    public byte[] Hash { get; private init; } = [];
}

/// <summary>The chain's last place, kept apart so that a tail that was cut off is missed.</summary>
public sealed class AuditHead
{
    /// <summary>The one row's key.</summary>
    public const int TheOne = 1;

    AuditHead()
    {
    }

    /// <summary>Always <see cref="TheOne"/>.</summary>
    public int Id { get; private init; }

    /// <summary>The last place given; 0 before the first.</summary>
    public long Sequence { get; private init; }

    /// <summary>Its hash; zeros before the first.</summary>
    public byte[] Hash { get; private init; } = [];
}

/// <summary>An event that waits for its place; written by a trigger in the event's own transaction.</summary>
public sealed class AuditPending
{
    AuditPending()
    {
    }

    /// <summary>When the event was: the order in which places are given.</summary>
    public DateTimeOffset At { get; private init; }

    /// <summary>The event.</summary>
    public Guid EventId { get; private init; }
}

// None of these refers to an event by foreign key: that would keep rows from being removed by hand, but not those who can remove the
// key, and only hide that somebody tried.
sealed class AuditSealConfiguration : IEntityTypeConfiguration<AuditSeal>
{
    public void Configure(EntityTypeBuilder<AuditSeal> builder)
    {
        builder.ToTable("audit_seals");
        builder.HasKey(s => s.Sequence);
        builder.Property(s => s.Sequence).ValueGeneratedNever();
        builder.HasIndex(s => s.EventId).IsUnique();
    }
}

sealed class AuditHeadConfiguration : IEntityTypeConfiguration<AuditHead>
{
    public void Configure(EntityTypeBuilder<AuditHead> builder)
    {
        builder.ToTable("audit_head", t => t.HasCheckConstraint("ck_audit_head_one", $"id = {AuditHead.TheOne}"));
        builder.Property(h => h.Id).ValueGeneratedNever();
    }
}

sealed class AuditPendingConfiguration : IEntityTypeConfiguration<AuditPending>
{
    public void Configure(EntityTypeBuilder<AuditPending> builder)
    {
        builder.ToTable("audit_pending");
        builder.HasKey(p => new { p.At, p.EventId });
    }
}
