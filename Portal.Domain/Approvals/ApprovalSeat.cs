using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Accounts;
using Portal.Domain.Policies;
using Portal.Domain.Requests;
using Portal.Domain.Scoping;

namespace Portal.Domain.Approvals;

/// <summary>
/// One of those whom the level of a request that waits asks: a person, whoever holds a role, or whoever owns the project. Who that is is
/// looked up when it is asked, so that a new owner is asked at once and a removed approver no more. Gone with the level.
/// </summary>
public sealed class ApprovalSeat : IProjectScoped
{
    ApprovalSeat()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>The request.</summary>
    public Guid RequestId { get; private init; }

    /// <summary>The request's project.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>Whom it asks.</summary>
    public ApproverKind Kind { get; private init; }

    /// <summary>The person, where it asks one.</summary>
    public Guid? UserId { get; private init; }

    /// <summary>The role, where it asks its holders.</summary>
    public string? Role { get; private init; }

    /// <summary>Who said yes for it; null while it is open.</summary>
    public Guid? SaidBy { get; private set; }

    internal static ApprovalSeat Of(Request request, Approver approver) => new()
    {
        Id = Guid.CreateVersion7(), RequestId = request.Id, ProjectId = request.ProjectId, Kind = approver.Kind, UserId = approver.UserId, Role = approver.Role,
    };

    internal void Say(Guid userId) => SaidBy = userId;
}

sealed class ApprovalSeatConfiguration : IEntityTypeConfiguration<ApprovalSeat>
{
    public void Configure(EntityTypeBuilder<ApprovalSeat> builder)
    {
        builder.ToTable("approval_seats");
        builder.Property(s => s.Role).HasMaxLength(40);
        builder.HasIndex(s => s.RequestId);
        builder.HasIndex(s => s.UserId).HasFilter("user_id is not null");
        builder.HasIndex(s => s.Role).HasFilter("role is not null");
        builder.HasIndex(s => new { s.ProjectId, s.Kind });
        builder.HasOne<Request>().WithMany().HasForeignKey(s => s.RequestId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
