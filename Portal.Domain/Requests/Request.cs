using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Accounts;
using Portal.Domain.Catalog;
using Portal.Domain.Machines;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Requests;

/// <summary>What became of a request.</summary>
public enum RequestStatus
{
    /// <summary>A decision is due; what it takes is held for it.</summary>
    Waiting,

    /// <summary>Granted, and being carried out.</summary>
    Approved,

    /// <summary>Turned down, with a reason.</summary>
    Denied,

    /// <summary>Taken back by who asked.</summary>
    Withdrawn,

    /// <summary>Carried out.</summary>
    Fulfilled,

    /// <summary>Granted, but it could not be carried out; everything held was given back.</summary>
    Failed,
}

/// <summary>A person's wish, what the policy made of it, and what was decided.</summary>
public sealed class Request : IProjectScoped
{
    internal const int MostOutcome = 2000;

    Request()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>The project that pays with its quota.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>Who asks.</summary>
    public Guid RequesterId { get; private init; }

    /// <summary>What is asked for.</summary>
    public RequestKind Kind { get; private init; }

    /// <summary>The machine it is about; a new one holds its name and address meanwhile. Null when it is about the project.</summary>
    public Guid? MachineId { get; private init; }

    /// <summary>The name of what it is about: the machine's, or the project's.</summary>
    public string Subject { get; private init; } = "";

    /// <summary>Image asked for, with a new machine.</summary>
    public Guid? ImageId { get; private init; }

    /// <summary>Flavor asked for, with a new machine.</summary>
    public Guid? FlavorId { get; private init; }

    /// <summary>What is asked for in figures (<c>jsonb</c>).</summary>
    public RequestTerms Terms { get; private init; } = default!;

    /// <summary>What of the quota it holds while it waits and is carried out (<c>jsonb</c>).</summary>
    public QuotaAmounts Holds { get; private set; } = QuotaAmounts.None;

    /// <summary>The rule that matched; null when none did.</summary>
    public Guid? RuleId { get; private set; }

    /// <summary>That rule's name then, or what stood in for it.</summary>
    public string RuleName { get; private set; } = "";

    /// <summary>Who is asked, level by level, as the rule said then (<c>jsonb</c>).</summary>
    public IReadOnlyList<ApprovalLevel> Levels { get; private set; } = [];

    /// <summary>The level that decides now, counted from 0.</summary>
    public int Level { get; private set; }

    /// <summary>Whether the requester may decide too.</summary>
    public bool MayDecideOwn { get; private set; }

    /// <summary>Until when it may wait; null: for ever.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    /// <summary>What happens then.</summary>
    public ExpiryAction OnExpiry { get; private set; }

    /// <summary>Why it is with those it is with, where that is not what its rule says; null otherwise.</summary>
    public string? Note { get; private set; }

    /// <summary>Whether admins were asked because nobody of the level was left, or time ran out.</summary>
    public bool AdminsAsked { get; private set; }

    /// <summary>Why, in the requester's words.</summary>
    public string? Why { get; private init; }

    /// <summary>What became of it.</summary>
    public RequestStatus Status { get; private set; }

    /// <summary>When it was asked.</summary>
    public DateTimeOffset SubmittedAt { get; private init; }

    /// <summary>Who decided; null while waiting or when withdrawn.</summary>
    public Guid? DecidedBy { get; private set; }

    /// <summary>When it was decided or withdrawn.</summary>
    public DateTimeOffset? DecidedAt { get; private set; }

    /// <summary>The reason given with the decision.</summary>
    public string? DecisionReason { get; private set; }

    /// <summary>When the machine was made or given up.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>What came of it, in words: what of it holds only later, or what went wrong.</summary>
    public string? Outcome { get; private set; }

    /// <summary>The request this one was sent in place of; null when it is the first.</summary>
    public Guid? ReplacesId { get; private init; }

    /// <summary>The requester's key for this call: a second submit with it is the same request.</summary>
    public string IdempotencyKey { get; private init; } = "";

    /// <summary>Hash of what was asked with the key, so that its reuse for something else is noticed.</summary>
    public byte[] Fingerprint { get; private init; } = [];

    /// <summary>Row version (<c>xmin</c>): two people deciding at once cannot both win.</summary>
    public uint Version { get; private init; }

    internal static Request Submit(Guid requesterId, RequestKind kind, Prepared asked, PolicyDecision policy, string? why, string key, byte[] fingerprint, DateTimeOffset now, Guid? replaces = null) => new()
    {
        Id = Guid.CreateVersion7(), ProjectId = asked.ProjectId, RequesterId = requesterId, Kind = kind, MachineId = asked.Machine?.Id, Subject = asked.Subject,
        ImageId = asked.ImageId, FlavorId = asked.FlavorId, Terms = asked.Terms, Holds = asked.Holds, Why = why, Status = RequestStatus.Waiting, SubmittedAt = now,
        RuleId = policy.RuleId, RuleName = policy.RuleName, Levels = policy.Levels, MayDecideOwn = policy.MayDecideOwn,
        ExpiresAt = now + policy.ExpiresAfter, OnExpiry = policy.OnExpiry, IdempotencyKey = key, Fingerprint = fingerprint, ReplacesId = replaces,
    };

    internal void Decide(RequestStatus status, Guid by, string? reason, DateTimeOffset now) =>
        (Status, DecidedBy, DecisionReason, DecidedAt) = (status, by, reason, now);

    /// <summary>The next level decides, until then; whoever was asked in its place is not any more.</summary>
    internal void NextLevel(DateTimeOffset? end) => (Level, Note, AdminsAsked, ExpiresAt) = (Level + 1, null, false, end);

    /// <summary>Admins are asked, and why.</summary>
    internal void AskAdmins(string note) => (AdminsAsked, Note) = (true, note.Cut(500));

    /// <summary>People are asked where a rule wanted to approve at once and could not; the requester too, since the rule asked nobody.</summary>
    internal void AskInstead(IReadOnlyList<ApprovalLevel> levels, string note) => (Levels, Level, Note, MayDecideOwn) = (levels, 0, note.Cut(500), true);

    /// <summary>It holds other amounts from here on; the caller writes the books.</summary>
    internal void Hold(QuotaAmounts amounts) => Holds = amounts;

    /// <summary>It waits without an end from here on.</summary>
    internal void WaitOn() => ExpiresAt = null;

    /// <summary>It waits until then, whatever its rule said: admins are looked for once more, and without any it is turned down.</summary>
    internal void WaitUntil(DateTimeOffset end) => (ExpiresAt, OnExpiry) = (end, ExpiryAction.Escalate);

    internal void Withdraw(DateTimeOffset now) => (Status, DecidedAt) = (RequestStatus.Withdrawn, now);

    internal void End(RequestStatus status, DateTimeOffset now, string? outcome = null) => (Status, EndedAt, Outcome) = (status, now, outcome?.Cut(MostOutcome));
}

sealed class RequestConfiguration : IEntityTypeConfiguration<Request>
{
    public void Configure(EntityTypeBuilder<Request> builder)
    {
        builder.Property(r => r.Subject).HasMaxLength(60);
        builder.Property(r => r.RuleName).HasMaxLength(80);
        builder.Property(r => r.Terms).IsDocument<RequestTerms>();
        builder.Property(r => r.Levels).IsDocument<IReadOnlyList<ApprovalLevel>>();
        builder.Property(r => r.Holds).IsDocument<QuotaAmounts>();
        builder.Property(r => r.Note).HasMaxLength(500);
        builder.Property(r => r.Why).HasMaxLength(1000);
        builder.Property(r => r.DecisionReason).HasMaxLength(1000);
        builder.Property(r => r.Outcome).HasMaxLength(Request.MostOutcome);
        builder.Property(r => r.IdempotencyKey).HasMaxLength(100);
        builder.Property(r => r.Version).IsRowVersion();
        builder.HasIndex(r => new { r.RequesterId, r.IdempotencyKey }).IsUnique();
        builder.HasIndex(r => new { r.Status, r.SubmittedAt });
        builder.HasIndex(r => new { r.ProjectId, r.SubmittedAt });
        builder.HasIndex(r => r.ExpiresAt).HasFilter("status = 'Waiting' and expires_at is not null");
        builder.HasIndex(r => r.DecidedAt);
        builder.HasOne<Project>().WithMany().HasForeignKey(r => r.ProjectId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<User>().WithMany().HasForeignKey(r => r.RequesterId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Machine>().WithMany().HasForeignKey(r => r.MachineId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Image>().WithMany().HasForeignKey(r => r.ImageId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Request>().WithMany().HasForeignKey(r => r.ReplacesId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(r => new { r.MachineId, r.Status });
        builder.HasOne<Flavor>().WithMany().HasForeignKey(r => r.FlavorId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable("requests", t => t.HasCheckConstraint("ck_requests_denied_with_reason", "status <> 'Denied' or coalesce(length(decision_reason), 0) > 0"));
    }
}
