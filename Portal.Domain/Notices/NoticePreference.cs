using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Accounts;

namespace Portal.Domain.Notices;

/// <summary>What a person chose about one kind of notice. Who chose nothing is told as <see cref="NoticeDefaults"/> says.</summary>
public sealed class NoticePreference
{
    NoticePreference()
    {
    }

    /// <summary>The person.</summary>
    public Guid UserId { get; private init; }

    /// <summary>The kind of notice.</summary>
    public NoticeKind Kind { get; private init; }

    /// <summary>Whether it shows in the pages.</summary>
    public bool InPage { get; private set; }

    /// <summary>Whether it comes by e-mail.</summary>
    public bool ByEmail { get; private set; }
}

/// <summary>How people are told who chose nothing themselves.</summary>
public static class NoticeDefaults
{
    /// <summary>Everything shows in the pages; by e-mail comes what waits for the person or ends something of theirs.</summary>
    public static (bool InPage, bool ByEmail) Of(NoticeKind kind) => kind switch
    {
        NoticeKind.DecisionDue or NoticeKind.RequestDecided or NoticeKind.Comment or NoticeKind.LeaseEnding or NoticeKind.LeaseEnded or NoticeKind.QuotaPassed => (true, true),
        NoticeKind.ScheduleTrouble or NoticeKind.MachineTrouble or NoticeKind.DeliveryTrouble => (true, false),
    };
}

sealed class NoticePreferenceConfiguration : IEntityTypeConfiguration<NoticePreference>
{
    public void Configure(EntityTypeBuilder<NoticePreference> builder)
    {
        builder.ToTable("notice_preferences");
        builder.HasKey(p => new { p.UserId, p.Kind });
        builder.HasOne<User>().WithMany().HasForeignKey(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
