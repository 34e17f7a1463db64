using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Accounts;

/// <summary>One browser's sign-in. Signing out ends it, and with it every page that browser has open, at every replica.</summary>
public sealed class SignInSession
{
    /// <summary>A sign-in ends by itself when nobody used it for so long.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(12);

    /// <summary>A sign-in ends by itself after so long, however much it is used.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    SignInSession()
    {
    }

    /// <summary>Identifier, UUIDv7; the cookie carries it.</summary>
    public Guid Id { get; private init; }

    /// <summary>Whose sign-in it is.</summary>
    public Guid UserId { get; private init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; private init; }

    /// <summary>When somebody last did something with it, to the minute.</summary>
    public DateTimeOffset LastSeenAt { get; private set; }

    /// <summary>When it was ended; null while nobody did, though it may have run out.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Where it came from.</summary>
    public string? RemoteAddress { get; private init; }

    /// <summary>What the browser calls itself, cut to a length that fits a list.</summary>
    public string Browser { get; private init; } = "";

    /// <summary>
    /// Which sign-ins stand: nobody ended them, and neither end of their time has come. <paramref name="seenAt"/> is when somebody was seen
    /// with them, where that is not written down yet.
    /// </summary>
    internal static Expression<Func<SignInSession, bool>> Standing(DateTimeOffset now, DateTimeOffset? seenAt = null)
    {
        var (began, seen) = (now - Longest, now - Idle);
        var seenSince = seenAt > seen;
        return s => s.EndedAt == null && s.StartedAt > began && (seenSince || s.LastSeenAt > seen);
    }

    internal static SignInSession Begin(Guid userId, string? remoteAddress, string browser, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), UserId = userId, StartedAt = now, LastSeenAt = now, RemoteAddress = remoteAddress,
        Browser = browser.Cut(200),
    };
}

sealed class SignInSessionConfiguration : IEntityTypeConfiguration<SignInSession>
{
    public void Configure(EntityTypeBuilder<SignInSession> builder)
    {
        builder.ToTable("sign_in_sessions");
        builder.Property(s => s.RemoteAddress).HasMaxLength(60);
        builder.Property(s => s.Browser).HasMaxLength(200);
        builder.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(s => s.UserId);
    }
}
