using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Schedules;

namespace Portal.Domain.Balance;

/// <summary>When machines are balanced without anybody's hand.</summary>
/// <param name="Opens">When a window opens.</param>
/// <param name="WindowMinutes">How long it stays open.</param>
/// <param name="MostMoves">The most moves of one window.</param>
public sealed record BalanceTerms(ScheduleTiming Opens, int WindowMinutes, int MostMoves)
{
    /// <summary>The least and the most of each figure.</summary>
    public const int LeastMinutes = 10, MostMinutes = 1440, MostPerWindow = 50;

    /// <summary>What a form begins with: two hours at night on workdays.</summary>
    public static BalanceTerms Usual { get; } = new(new ScheduleTiming("UTC", ScheduleTiming.Weekdays, new TimeOnly(2, 0)), 120, 4);

    /// <summary>Why these terms make no sense, or null.</summary>
    public Refusal? Check() => Opens is null ? new InvalidText("opens", "It is not said when a window opens.", "Give days and a time, or a cron expression.")
        : Opens.Check() ?? (this switch
        {
            { Opens.Once: not null } => new InvalidText("once", "A window opens again and again.", "Give days and a time, or a cron expression."),
            { WindowMinutes: < LeastMinutes or > MostMinutes } => new InvalidText("windowMinutes", $"A window of {WindowMinutes} minutes makes no sense.", $"Give {LeastMinutes} to {MostMinutes} minutes."),
            { MostMoves: < 1 or > MostPerWindow } => new InvalidText("mostMoves", $"{MostMoves} moves in a window make no sense.", $"Give 1 to {MostPerWindow}."),
            _ => null,
        });

    /// <summary>When the window opened that is open at a moment, the latest of several; null when none is.</summary>
    public DateTimeOffset? OpenedAt(DateTimeOffset now)
    {
        DateTimeOffset? opened = null;
        for (var at = Opens.Next(now.AddMinutes(-WindowMinutes)); at <= now; at = Opens.Next(at.Value))
            opened = at;
        return opened;
    }
}

/// <summary>Whether machines are balanced without anybody's hand: one row, or none while nobody ever said so.</summary>
public sealed class BalanceSettings
{
    BalanceSettings()
    {
    }

    internal const int LongestSaid = 500;

    /// <summary>Always 1.</summary>
    public int Id { get; private init; }

    /// <summary>Whether it is switched on.</summary>
    public bool Enabled { get; private set; }

    /// <summary>When, and how much (<c>jsonb</c>).</summary>
    public BalanceTerms Terms { get; private set; } = BalanceTerms.Usual;

    /// <summary>Who said so last: moves are made with that person's rights.</summary>
    public Guid RunBy { get; private set; }

    /// <summary>That person's name.</summary>
    public string RunByName { get; private set; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>When that came; null before.</summary>
    public DateTimeOffset? SaidAt { get; private set; }

    /// <summary>What came of the last look into a window, in words.</summary>
    public string? Said { get; private set; }

    /// <summary>The version of what people say, not of when it last looked.</summary>
    public int Version { get; private set; }

    internal static BalanceSettings Create() => new() { Id = 1 };

    internal void Say(bool enabled, BalanceTerms terms, Actor by, DateTimeOffset now) => (Enabled, Terms, RunBy, RunByName, ChangedAt, Version) = (enabled, terms, by.UserId, by.Name.Cut(80), now, Version + 1);

    /// <summary>A window was looked into, and this came of it.</summary>
    internal void Tell(string said, DateTimeOffset now) => (SaidAt, Said) = (now, said.Cut(LongestSaid));
}

sealed class BalanceSettingsConfiguration : IEntityTypeConfiguration<BalanceSettings>
{
    public void Configure(EntityTypeBuilder<BalanceSettings> builder)
    {
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Terms).IsDocument<BalanceTerms>();
        builder.Property(s => s.RunByName).HasMaxLength(80);
        builder.Property(s => s.Said).HasMaxLength(BalanceSettings.LongestSaid);
        builder.Property(s => s.Version).IsConcurrencyToken();
        builder.ToTable("balance_settings", t => t.HasCheckConstraint("ck_balance_settings_one_row", "id = 1"));
    }
}
