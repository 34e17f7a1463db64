using System.Text.Json;
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

    /// <summary>More about it (<c>jsonb</c>); where something was changed, <c>before</c> and <c>after</c> hold what.</summary>
    public string Detail { get; private init; } = "{}";

    /// <summary>From where.</summary>
    public string? RemoteAddress { get; private init; }

    /// <summary>An event to add beside the change it tells of.</summary>
    public static AuditEvent Of(Actor actor, string action, string subjectKind, Guid subjectId, string subjectName, Guid? projectId, object? detail, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), At = now, ActorId = actor.UserId, ActorName = actor.Name, Action = action, SubjectKind = subjectKind, SubjectId = subjectId,
        SubjectName = subjectName, ProjectId = projectId, Detail = detail is null ? "{}" : JsonSerializer.Serialize(detail, Json.Options), RemoteAddress = actor.RemoteAddress,
    };

    /// <summary>The same for something that was changed: what it was before and what it is after, as two objects with the same members, and more about it.</summary>
    public static AuditEvent Of(Actor actor, string action, string subjectKind, Guid subjectId, string subjectName, Guid? projectId, object? before, object? after, object? detail, DateTimeOffset now)
    {
        var all = (detail is null ? null : JsonSerializer.SerializeToNode(detail, Json.Options)?.AsObject()) ?? [];
        all["before"] = JsonSerializer.SerializeToNode(before, Json.Options);
        all["after"] = JsonSerializer.SerializeToNode(after, Json.Options);
        return Of(actor, action, subjectKind, subjectId, subjectName, projectId, all, now);
    }
}

sealed class AuditEventConfiguration : IEntityTypeConfiguration<AuditEvent>
{
    /// <summary>Who, what and on what, each a line in small letters after a line's end; kept by the database: what a search looks at.</summary>
    public const string SearchText = "SearchText";

    public void Configure(EntityTypeBuilder<AuditEvent> builder)
    {
        builder.Property(e => e.ActorName).HasMaxLength(80);
        builder.Property(e => e.Action).HasMaxLength(60);
        builder.Property(e => e.SubjectKind).HasMaxLength(40);
        builder.Property(e => e.SubjectName).HasMaxLength(200);
        builder.Property(e => e.RemoteAddress).HasMaxLength(60);
        builder.Property(e => e.Detail).HasColumnType("jsonb");
        builder.Property<string>(SearchText).HasComputedColumnSql(@"lower(E'\n' || actor_name || E'\n' || action || E'\n' || subject_name)", stored: true);
        builder.HasIndex(SearchText).HasMethod("gin").HasOperators("gin_trgm_ops");
        Index(builder);
    }

    /// <summary>
    /// One index per order that holds what is filtered by and searched, so that a page deep in any of them is found without a row; and one per
    /// filter, for those that leave little. docs/architecture.md, “Lists”, has the figures.
    /// </summary>
    static void Index(EntityTypeBuilder<AuditEvent> builder)
    {
        string[] Beside(params string[] keys) =>
        [
            .. new[] { nameof(AuditEvent.At), nameof(AuditEvent.ActorId), nameof(AuditEvent.Action), nameof(AuditEvent.SubjectKind), nameof(AuditEvent.SubjectId), nameof(AuditEvent.ProjectId), nameof(AuditEvent.RemoteAddress), SearchText }.Except(keys),
        ];
        builder.HasIndex(e => new { e.At, e.Id }).IncludeProperties(Beside(nameof(AuditEvent.At)));
        builder.HasIndex(e => new { e.ActorName, e.Id }).IncludeProperties(Beside());
        builder.HasIndex(e => new { e.Action, e.Id }).IncludeProperties(Beside(nameof(AuditEvent.Action)));
        builder.HasIndex(e => new { e.SubjectName, e.Id }).IncludeProperties(Beside());
        // A search alone, in an order where what it finds may stand far from either end: entries of a third of the size are passed in half the time.
        builder.HasIndex(e => new { e.ActorName, e.Id }, "actor_search").HasDatabaseName("ix_audit_events_actor_name_search").IncludeProperties(SearchText);
        builder.HasIndex(e => new { e.SubjectName, e.Id }, "subject_search").HasDatabaseName("ix_audit_events_subject_name_search").IncludeProperties(SearchText);
        builder.HasIndex(e => new { e.ActorId, e.At, e.Id });
        builder.HasIndex(e => new { e.SubjectKind, e.At, e.Id });
        builder.HasIndex(e => new { e.Action, e.At, e.Id });
        builder.HasIndex(e => new { e.ProjectId, e.At, e.Id });
        builder.HasIndex(e => new { e.SubjectId, e.At, e.Id });
        builder.HasIndex(e => new { e.RemoteAddress, e.At, e.Id });
    }
}
