using System.Globalization;

namespace Portal.Domain.Schedules;

/// <summary>
/// When a schedule runs, in a place's own time. A time that a day does not have, because clocks go forward, runs at the next minute there is; one
/// that a day has twice runs the first time only.
/// </summary>
/// <param name="Zone">The place's IANA name, such as <c>Europe/Berlin</c>.</param>
/// <param name="Days">Days of the week; empty with <paramref name="Cron"/>.</param>
/// <param name="At">Time of day; null with <paramref name="Cron"/>.</param>
/// <param name="Cron">A cron expression of five fields instead of days and time.</param>
/// <param name="Once">One date and time by the place's clocks instead of any of these.</param>
public sealed record ScheduleTiming(string Zone, IReadOnlyList<DayOfWeek> Days, TimeOnly? At = null, string? Cron = null, DateTime? Once = null)
{
    // The 29th of February on a given weekday comes every 28 years; past that an expression names no day at all.
    const int MostDaysAhead = 366 * 29;

    // What is further off is a slip of the keyboard.
    const int FirstYear = 2000;
    const int LastYear = 2200;

    /// <summary>The least there may be between two runs, minutes: a machine is switched, not shaken.</summary>
    public const int LeastMinutesApart = 10;

    /// <summary>Monday to Friday.</summary>
    public static IReadOnlyList<DayOfWeek> Weekdays { get; } = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    /// <summary>Why this names no times, or null.</summary>
    public Refusal? Check()
    {
        if (ZoneOrNull is null)
            return new InvalidText("zone", $"“{Zone.Cut(60)}” is no time zone.", "Give one by its IANA name, such as Europe/Berlin.");
        if (Once is { } once)
            return Cron is not null || Days.Count > 0 || At is not null ? new InvalidText("once", "It is to run once, and again and again.", "Give a date and time, or days, or a cron expression.")
                : once.Kind != DateTimeKind.Unspecified ? new InvalidText("once", "This time names an offset of its own.", $"Give it as the clocks of {Zone} show it, such as 2027-01-31T22:00.")
                : once.Year is < FirstYear or > LastYear ? new InvalidText("once", "This date makes no sense.", "Give one such as 2027-01-31T22:00.") : null;
        if (Cron is null)
            return Days.Count == 0 ? new InvalidText("days", "No day of the week is chosen.", "Choose at least one.") : At is null ? new InvalidText("at", "There is no time of day.", "Give one, such as 07:30.") : null;
        if (Schedules.Cron.Parse(Cron) is null)
            return new InvalidText("cron", "This is no cron expression.", "Give five fields: minute, hour, day of the month, month, day of the week, such as “30 7 * * mon-fri”.");
        var some = Upcoming(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), 50);
        if (some.Count == 0)
            return new InvalidText("cron", "This expression names no day that ever comes.", "Look at day of the month and month.");
        return some.Zip(some.Skip(1)).Any(pair => pair.Second - pair.First < TimeSpan.FromMinutes(LeastMinutesApart))
            ? new InvalidText("cron", $"This runs more often than every {LeastMinutesApart} minutes.", "Name fewer minutes: a machine takes its time to start and to stop.")
            : null;
    }

    /// <summary>The first time after a moment; null when there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        if (ZoneOrNull is not { } zone)
            return null;
        if (Once is { } once)
            return Moment(DateOnly.FromDateTime(once), new TimeOnly(once.Hour, once.Minute), zone) is var only && only > after ? only : null;
        if ((Cron is { } text ? Schedules.Cron.Parse(text) : null) is var cron && cron is null && Cron is not null)
            return null;
        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after, zone).DateTime);
        // From the day before: what clocks going forward pushed over midnight belongs to it.
        for (var ahead = -1; ahead < MostDaysAhead; ahead++)
        {
            var day = date.AddDays(ahead);
            var times = cron is not null ? cron.On(day) : Days.Contains(day.DayOfWeek) && At is { } at ? [at] : [];
            foreach (var time in times)
            {
                if (Moment(day, time, zone) is var moment && moment > after)
                    return moment;
            }
        }

        return null;
    }

    /// <summary>The next times after a moment, at most so many.</summary>
    public IReadOnlyList<DateTimeOffset> Upcoming(DateTimeOffset after, int count)
    {
        var times = new List<DateTimeOffset>();
        while (times.Count < count && Next(after) is { } next)
        {
            times.Add(next);
            after = next;
        }

        return times;
    }

    /// <summary>A moment as the place's clocks show it.</summary>
    public DateTimeOffset There(DateTimeOffset moment) => ZoneOrNull is { } zone ? TimeZoneInfo.ConvertTime(moment, zone) : moment;

    /// <summary>What people are told: <c>Mon–Fri at 07:30, Europe/Berlin</c>.</summary>
    public override string ToString() => Once is { } once ? string.Create(CultureInfo.InvariantCulture, $"once on {once:yyyy-MM-dd} at {once:HH\\:mm}, {Zone}") : Cron is not null ? $"cron {Cron}, {Zone}" : string.Create(CultureInfo.InvariantCulture, $"{DayWords()} at {At:HH\\:mm}, {Zone}");

    TimeZoneInfo? ZoneOrNull => !string.IsNullOrWhiteSpace(Zone) && Zone.Length <= 60 && TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out var zone) && zone.HasIanaId ? zone : null;

    static DateTimeOffset Moment(DateOnly day, TimeOnly time, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(time);
        // Clocks jump over this minute: the next there is. No jump is longer than a day.
        for (var minutes = 0; zone.IsInvalidTime(local) && minutes < 24 * 60; minutes++)
            local = local.AddMinutes(1);
        // Of two the first is the one with the larger offset, the summer's.
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    string DayWords()
    {
        var days = Days.Distinct().OrderBy(day => ((int)day + 6) % 7).ToList();
        return days.Count == 7 ? "every day" : days.SequenceEqual(Weekdays) ? "Mon–Fri" : string.Join(", ", days.Select(day => day.ToString()[..3]));
    }
}
