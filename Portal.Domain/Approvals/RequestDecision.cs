using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Accounts;
using Portal.Domain.Requests;
using Portal.Domain.Scoping;

namespace Portal.Domain.Approvals;

/// <summary>What somebody said to a request.</summary>
public enum DecisionVerdict
{
    /// <summary>Yes.</summary>
    Approve,

    /// <summary>No.</summary>
    Deny,
}

/// <summary>One yes or no to a request, at the level that was asked then. Never altered.</summary>
public sealed class RequestDecision : IProjectScoped
{
    RequestDecision()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>The request.</summary>
    public Guid RequestId { get; private init; }

    /// <summary>The request's project.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>The level it was said at, counted from 0.</summary>
    public int Level { get; private init; }

    /// <summary>Who said it; null for the portal itself, when time ran out.</summary>
    public Guid? UserId { get; private init; }

    /// <summary>For whom, where somebody stood in for somebody who was away.</summary>
    public Guid? OnBehalfOf { get; private init; }

    /// <summary>Whether an admin said it without being asked.</summary>
    public bool IsOverride { get; private init; }

    /// <summary>What was said.</summary>
    public DecisionVerdict Verdict { get; private init; }

    /// <summary>Why.</summary>
    public string? Reason { get; private init; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; private init; }

    internal static RequestDecision Of(Request request, Guid? userId, Guid? onBehalfOf, bool isOverride, DecisionVerdict verdict, string? reason, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), RequestId = request.Id, ProjectId = request.ProjectId, Level = request.Level, UserId = userId, OnBehalfOf = onBehalfOf,
        IsOverride = isOverride, Verdict = verdict, Reason = reason, At = now,
    };
}

/// <summary>A decision as people read it.</summary>
/// <param name="Level">The level it was said at, counted from 0.</param>
/// <param name="By">Who said it; null for the portal itself.</param>
/// <param name="OnBehalfOf">For whom, where somebody stood in.</param>
/// <param name="IsOverride">Whether an admin said it without being asked.</param>
/// <param name="Verdict">What was said.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
public sealed record DecisionView(int Level, string? By, string? OnBehalfOf, bool IsOverride, DecisionVerdict Verdict, string? Reason, DateTimeOffset At)
{
    /// <summary>Who said it, and for whom: <c>Ann for Bob</c>.</summary>
    public string Who => By is null ? "the portal" : OnBehalfOf is null ? By : $"{By} for {OnBehalfOf}";
}

/// <summary>How decisions are read from the books.</summary>
static class DecisionQueries
{
    /// <summary>Every decision on a request, oldest first.</summary>
    public static IQueryable<DecisionView> DecisionsOf(this PortalDbContext db, Guid requestId) =>
        from decision in db.RequestDecisions.AsNoTracking()
        where decision.RequestId == requestId
        orderby decision.At, decision.Id
        select new DecisionView(decision.Level,
            db.Users.Where(u => u.Id == decision.UserId).Select(u => User.NameOf(u.DisplayName, u.UserName)).SingleOrDefault(),
            db.Users.Where(u => u.Id == decision.OnBehalfOf).Select(u => User.NameOf(u.DisplayName, u.UserName)).SingleOrDefault(),
            decision.IsOverride, decision.Verdict, decision.Reason, decision.At);
}

sealed class RequestDecisionConfiguration : IEntityTypeConfiguration<RequestDecision>
{
    public void Configure(EntityTypeBuilder<RequestDecision> builder)
    {
        builder.ToTable("request_decisions");
        builder.Property(d => d.Reason).HasMaxLength(1000);
        builder.HasIndex(d => new { d.RequestId, d.At });
        builder.HasIndex(d => d.At);
        builder.HasOne<Request>().WithMany().HasForeignKey(d => d.RequestId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<User>().WithMany().HasForeignKey(d => d.UserId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<User>().WithMany().HasForeignKey(d => d.OnBehalfOf).OnDelete(DeleteBehavior.Restrict);
    }
}
