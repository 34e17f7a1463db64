using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;

namespace Portal.Domain.Evacuations;

/// <summary>Which way machines go.</summary>
public enum EvacuationKind
{
    /// <summary>Away from the host, which is in maintenance.</summary>
    Empty,

    /// <summary>Back to it, after its maintenance.</summary>
    BringBack,

    /// <summary>Away from where they are, as a schedule says: what is on a host, or the machines with a tag.</summary>
    Relocate,
}

/// <summary>How far an evacuation is.</summary>
public enum EvacuationStatus
{
    /// <summary>Machines go as their turn comes.</summary>
    Running,

    /// <summary>What is under way ends; nothing else begins.</summary>
    Paused,

    /// <summary>What is under way is asked to stop; nothing else begins.</summary>
    Cancelling,

    /// <summary>Everything that could be moved was; what stays says why.</summary>
    Done,

    /// <summary>Given up on request.</summary>
    Cancelled,
}

/// <summary>
/// The emptying of a host, the way back, or what a schedule moves at once. It knows who goes in what order and what became of each; the moves themselves are operations in the
/// ledger like any others. All of it stands in rows, so whichever process looks next carries on from there.
/// </summary>
public sealed class Evacuation
{
    internal const int LongestNote = 1000;

    Evacuation()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>The host machines leave, or to which they come back; null when it is about a tag.</summary>
    public Guid? HostId { get; private init; }

    /// <summary>Its name then.</summary>
    public string? HostName { get; private init; }

    /// <summary>The tag of the machines that are moved; null when it is about a host.</summary>
    public string? Tag { get; private init; }

    /// <summary>What it is about, as it stands in a sentence.</summary>
    public string Subject => EvacuationWords.Subject(HostName, Tag);

    /// <summary>When the window closes: no move begins afterwards; null: there is none.</summary>
    public DateTimeOffset? Until { get; private init; }

    /// <summary>Which way.</summary>
    public EvacuationKind Kind { get; private init; }

    /// <summary>How far it is.</summary>
    public EvacuationStatus Status { get; private set; }

    /// <summary>What it waits for, or why it is paused; null when it goes on by itself.</summary>
    public string? Note { get; private set; }

    /// <summary>How machines are moved, and how many at once.</summary>
    public EvacuationTerms Terms { get; private init; } = new(MigrationMode.Live, null, EvacuationLimits.Usual);

    /// <summary>How long it was foretold to take, s; null when that was not known.</summary>
    public double? PredictedSeconds { get; private init; }

    /// <summary>The longest silence foretold for any machine, ms; null when none was known.</summary>
    public double? PredictedWorstMs { get; private init; }

    /// <summary>Who asked for it.</summary>
    public string RequestedByName { get; private init; } = "";

    /// <summary>With whose rights moves are ordered: who asked for it, or who had it go on last.</summary>
    public Guid RunBy { get; private set; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Whether it is not over.</summary>
    public bool IsActive => Status is EvacuationStatus.Running or EvacuationStatus.Paused or EvacuationStatus.Cancelling;

    internal static Evacuation Begin(Host host, EvacuationKind kind, EvacuationOrder order, EvacuationPlan plan, Actor by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), HostId = host.Id, HostName = host.Name, Kind = kind, Status = EvacuationStatus.Running, Terms = order.Terms,
        PredictedSeconds = plan.TotalSeconds, PredictedWorstMs = plan.WorstBlackoutMs, RequestedByName = by.Name, RunBy = by.UserId, CreatedAt = now,
    };

    internal static Evacuation Begin(Host? host, RelocationOrder order, EvacuationPlan plan, Actor by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), HostId = host?.Id, HostName = host?.Name, Tag = order.Tag, Until = order.Until, Kind = EvacuationKind.Relocate, Status = EvacuationStatus.Running, Terms = order.Terms,
        PredictedSeconds = plan.TotalSeconds, PredictedWorstMs = plan.WorstBlackoutMs, RequestedByName = by.Name, RunBy = by.UserId, CreatedAt = now,
    };

    internal void Pause(string? why) => (Status, Note) = (EvacuationStatus.Paused, why?.Cut(LongestNote));

    internal void Resume(Actor by) => (Status, Note, RunBy) = (EvacuationStatus.Running, null, by.UserId);

    internal void Cancel(Actor by) => (Status, Note, RunBy) = (EvacuationStatus.Cancelling, null, by.UserId);

    internal void Wait(string? what) => Note = what?.Cut(LongestNote);

    internal void End(EvacuationStatus status, DateTimeOffset now) => (Status, Note, EndedAt) = (status, null, now);
}

/// <summary>How machines are moved, and how many at once.</summary>
/// <param name="Mode">How.</param>
/// <param name="ObjectiveMs">Longest silence each move may cost, ms; null: no promise.</param>
/// <param name="Limits">How many at once.</param>
/// <param name="Move">All that a schedule says of how and where to; null: nothing besides.</param>
public sealed record EvacuationTerms(MigrationMode Mode, double? ObjectiveMs, EvacuationLimits Limits, MigrationParameters? Move = null);

sealed class EvacuationConfiguration : IEntityTypeConfiguration<Evacuation>
{
    public void Configure(EntityTypeBuilder<Evacuation> builder)
    {
        builder.Ignore(e => e.IsActive).Ignore(e => e.Subject);
        builder.Property(e => e.HostName).HasMaxLength(60);
        builder.Property(e => e.Tag).HasMaxLength(MachineTags.Longest);
        builder.Property(e => e.Note).HasMaxLength(Evacuation.LongestNote);
        builder.Property(e => e.RequestedByName).HasMaxLength(80);
        builder.Property(e => e.Terms).IsDocument<EvacuationTerms>();
        // No tie to the host: what was done stays told when the host is removed.
        builder.HasIndex(e => e.HostId).IsUnique().HasFilter("status in ('Running', 'Paused', 'Cancelling')").HasDatabaseName("ux_evacuations_one_active_per_host");
        builder.HasIndex(e => new { e.HostId, e.CreatedAt });
        builder.ToTable("evacuations", t =>
        {
            t.HasCheckConstraint("ck_evacuations_ended", "(status in ('Done', 'Cancelled')) = (ended_at is not null)");
            t.HasCheckConstraint("ck_evacuations_subject", "num_nonnulls(host_id, tag) = 1 and (host_id is null) = (host_name is null)");
        });
    }
}
