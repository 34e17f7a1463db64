using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Accounts;
using Portal.Domain.Catalog;
using Portal.Domain.Machines;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>What became of a request.</summary>
public enum RequestStatus
{
    /// <summary>A decision is due; quota, name and address are held for it.</summary>
    Waiting,

    /// <summary>Granted; the machine is being made.</summary>
    Approved,

    /// <summary>Turned down, with a reason.</summary>
    Denied,

    /// <summary>Taken back by who asked.</summary>
    Withdrawn,

    /// <summary>The machine was made.</summary>
    Fulfilled,

    /// <summary>Granted, but the machine could not be made; everything held was given back.</summary>
    Failed,
}

/// <summary>A person's wish for a machine, and what was decided.</summary>
public sealed class Request
{
    Request()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>The project that pays with its quota.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>Who asks.</summary>
    public Guid RequesterId { get; private init; }

    /// <summary>The machine that holds the name and address.</summary>
    public Guid MachineId { get; private init; }

    /// <summary>The machine's name.</summary>
    public string MachineName { get; private init; } = "";

    /// <summary>Image asked for.</summary>
    public Guid ImageId { get; private init; }

    /// <summary>Flavor asked for.</summary>
    public Guid FlavorId { get; private init; }

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

    /// <summary>The requester's key for this call: a second submit with it is the same request.</summary>
    public string IdempotencyKey { get; private init; } = "";

    /// <summary>Hash of what was asked with the key, so that its reuse for something else is noticed.</summary>
    public byte[] Fingerprint { get; private init; } = [];

    /// <summary>Row version (<c>xmin</c>): two people deciding at once cannot both win.</summary>
    public uint Version { get; private init; }

    internal static Request Submit(Guid requesterId, Machine machine, Guid flavorId, string? why, string key, byte[] fingerprint, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), ProjectId = machine.ProjectId, RequesterId = requesterId, MachineId = machine.Id, MachineName = machine.Name,
        ImageId = machine.ImageId, FlavorId = flavorId, Why = why, Status = RequestStatus.Waiting, SubmittedAt = now, IdempotencyKey = key, Fingerprint = fingerprint,
    };

    internal void Decide(RequestStatus status, Guid by, string? reason, DateTimeOffset now) =>
        (Status, DecidedBy, DecisionReason, DecidedAt) = (status, by, reason, now);

    internal void Withdraw(DateTimeOffset now) => (Status, DecidedAt) = (RequestStatus.Withdrawn, now);

    internal void End(RequestStatus status, DateTimeOffset now) => (Status, EndedAt) = (status, now);
}

sealed class RequestConfiguration : IEntityTypeConfiguration<Request>
{
    public void Configure(EntityTypeBuilder<Request> builder)
    {
        builder.Property(r => r.MachineName).HasMaxLength(40);
        builder.Property(r => r.Why).HasMaxLength(1000);
        builder.Property(r => r.DecisionReason).HasMaxLength(1000);
        builder.Property(r => r.IdempotencyKey).HasMaxLength(100);
        builder.Property(r => r.Version).IsRowVersion();
        builder.HasIndex(r => new { r.RequesterId, r.IdempotencyKey }).IsUnique();
        builder.HasIndex(r => new { r.Status, r.SubmittedAt });
        builder.HasIndex(r => new { r.ProjectId, r.SubmittedAt });
        builder.HasOne<Project>().WithMany().HasForeignKey(r => r.ProjectId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<User>().WithMany().HasForeignKey(r => r.RequesterId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Machine>().WithMany().HasForeignKey(r => r.MachineId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Image>().WithMany().HasForeignKey(r => r.ImageId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Flavor>().WithMany().HasForeignKey(r => r.FlavorId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable("requests", t => t.HasCheckConstraint("ck_requests_denied_with_reason", "status <> 'Denied' or coalesce(length(decision_reason), 0) > 0"));
    }
}
