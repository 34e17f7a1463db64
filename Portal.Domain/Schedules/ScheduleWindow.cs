namespace Portal.Domain.Schedules;

/// <summary>What is done when a schedule's time could not be kept: the portal was down, a host was away, or the machine was busy.</summary>
public enum WhenLate
{
    /// <summary>It is left out and said so.</summary>
    Skip,

    /// <summary>It is done as soon as it can be, until its window closes or its next time comes, and said so.</summary>
    RunLate,
}

/// <summary>How long after its time a schedule may begin something.</summary>
/// <param name="Minutes">After so many minutes no move begins; null: there is no such limit.</param>
/// <param name="Late">What is done when the time could not be kept.</param>
public sealed record ScheduleWindow(int? Minutes = null, WhenLate Late = WhenLate.Skip)
{
    /// <summary>The shortest window, minutes: a sweep and a look at the hosts fit in.</summary>
    public const int Least = 5;

    /// <summary>The longest, minutes: a week.</summary>
    public const int Most = 7 * 24 * 60;

    /// <summary>What goes without being told.</summary>
    public static ScheduleWindow Usual { get; } = new();

    /// <summary>When it closes; null: never.</summary>
    public DateTimeOffset? Closes(DateTimeOffset due) => due + Length;

    /// <summary>Until when a run may still begin; null: until the next is due.</summary>
    public DateTimeOffset? BeginsUntil(DateTimeOffset due, ScheduleSettings settings) => Late switch
    {
        WhenLate.Skip => due + (Length < settings.Window ? Length : settings.Window),
        WhenLate.RunLate => Closes(due),
    };

    /// <summary>Why it makes no sense, or null.</summary>
    public InvalidText? Check() => Minutes is null or >= Least and <= Most ? null
        : new InvalidText("window", $"A window of {Minutes} minutes makes no sense.", $"Give {Least} to {Most} minutes, or none.");

    TimeSpan? Length => Minutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null;
}
