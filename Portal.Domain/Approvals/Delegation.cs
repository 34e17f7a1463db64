using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Accounts;

namespace Portal.Domain.Approvals;

/// <summary>Somebody decides for somebody who is away, for a while. It does not chain, and one is never one's own stand-in.</summary>
public sealed class Delegation
{
    Delegation()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>Who is away.</summary>
    public Guid FromUserId { get; private init; }

    /// <summary>Who decides meanwhile.</summary>
    public Guid ToUserId { get; private init; }

    /// <summary>From when.</summary>
    public DateTimeOffset BeginsAt { get; private init; }

    /// <summary>Until when; that moment is left out.</summary>
    public DateTimeOffset EndsAt { get; private set; }

    /// <summary>Why, in the words of who is away.</summary>
    public string? Reason { get; private init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>Row version (<c>xmin</c>).</summary>
    public uint Version { get; private init; }

    internal static Delegation Create(Guid from, Guid to, DateTimeOffset beginsAt, DateTimeOffset endsAt, string? reason, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), FromUserId = from, ToUserId = to, BeginsAt = beginsAt, EndsAt = endsAt, Reason = reason, CreatedAt = now,
    };

    internal void End(DateTimeOffset now) => EndsAt = now;
}

/// <summary>A delegation as people read it.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="FromUserId">Who is away.</param>
/// <param name="FromName">That person's name.</param>
/// <param name="ToUserId">Who decides meanwhile.</param>
/// <param name="ToName">That person's name.</param>
/// <param name="BeginsAt">From when.</param>
/// <param name="EndsAt">Until when.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsNow">Whether it holds now.</param>
public sealed record DelegationView(Guid Id, Guid FromUserId, string FromName, Guid ToUserId, string ToName, DateTimeOffset BeginsAt, DateTimeOffset EndsAt, string? Reason, bool IsNow);

/// <summary>What somebody fills in before going away.</summary>
/// <param name="ToUserId">Who decides meanwhile.</param>
/// <param name="BeginsAt">From when; a moment that has passed is now.</param>
/// <param name="EndsAt">Until when, at most a year ahead.</param>
/// <param name="Reason">Why; at most 200 characters.</param>
/// <param name="FromUserId">Who is away, where an admin does it for somebody; null: oneself.</param>
public sealed record DelegationDraft(Guid ToUserId, DateTimeOffset BeginsAt, DateTimeOffset EndsAt, string? Reason = null, Guid? FromUserId = null);

/// <summary>A delegation that cannot be.</summary>
public sealed record NoDelegation(string InField, string Problem, string Fix) : Refusal("cannot-delegate", Problem, Fix, InField)
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

sealed class DelegationConfiguration : IEntityTypeConfiguration<Delegation>
{
    public void Configure(EntityTypeBuilder<Delegation> builder)
    {
        builder.Property(d => d.Reason).HasMaxLength(DelegationService.MostReason);
        builder.Property(d => d.Version).IsRowVersion();
        builder.HasIndex(d => new { d.ToUserId, d.EndsAt });
        builder.HasIndex(d => new { d.FromUserId, d.EndsAt });
        builder.HasOne<User>().WithMany().HasForeignKey(d => d.FromUserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(d => d.ToUserId).OnDelete(DeleteBehavior.Cascade);
        builder.ToTable("delegations", t => t.HasCheckConstraint("ck_delegations_two_people", "from_user_id <> to_user_id and begins_at <= ends_at"));
    }
}
