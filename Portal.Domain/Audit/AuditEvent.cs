using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Audit;

/// <summary>Who did what to what, from where; written in the transaction of the change itself and never altered.</summary>
public sealed class AuditEvent
{
    AuditEvent()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; private init; }

    /// <summary>Who; <see cref="Guid.Empty"/> is the portal itself.</summary>
    public Guid ActorId { get; private init; }

    /// <summary>That person's name then.</summary>
    public string ActorName { get; private init; } = "";

    /// <summary>What, e.g. <c>request.approve</c>.</summary>
    public string Action { get; private init; } = "";

    /// <summary>On what kind of thing.</summary>
    public string SubjectKind { get; private init; } = "";

    /// <summary>On which.</summary>
    public Guid SubjectId { get; private init; }

    /// <summary>Its name then.</summary>
    public string SubjectName { get; private init; } = "";

    /// <summary>In which project, where it belongs to one.</summary>
    public Guid? ProjectId { get; private init; }

    /// <summary>More about it (<c>jsonb</c>).</summary>
    public string Detail { get; private init; } = "{}";

    /// <summary>From where.</summary>
    public string? RemoteAddress { get; private init; }

    /// <summary>An event to add beside the change it tells of.</summary>
    public static AuditEvent Of(Actor actor, string action, string subjectKind, Guid subjectId, string subjectName, Guid? projectId, object? detail, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), At = now, ActorId = actor.UserId, ActorName = actor.Name, Action = action, SubjectKind = subjectKind, SubjectId = subjectId,
        SubjectName = subjectName, ProjectId = projectId, Detail = detail is null ? "{}" : System.Text.Json.JsonSerializer.Serialize(detail, Json.Options), RemoteAddress = actor.RemoteAddress,
    };
}

sealed class AuditEventConfiguration : IEntityTypeConfiguration<AuditEvent>
{
    public void Configure(EntityTypeBuilder<AuditEvent> builder)
    {
        builder.Property(e => e.ActorName).HasMaxLength(80);
        builder.Property(e => e.Action).HasMaxLength(60);
        builder.Property(e => e.SubjectKind).HasMaxLength(40);
        builder.Property(e => e.SubjectName).HasMaxLength(200);
        builder.Property(e => e.RemoteAddress).HasMaxLength(60);
        builder.Property(e => e.Detail).HasColumnType("jsonb");
        builder.HasIndex(e => e.At);
        builder.HasIndex(e => new { e.SubjectId, e.At });
    }
}
