using System.Globalization;

namespace Portal.Domain.Schedules;

/// <summary>
/// A cron expression of five fields (minute, hour, day of the month, month, day of the week, as POSIX <c>crontab</c> has them): lists, ranges, steps and
/// the names of months and days. Where both days are given either will do.
/// </summary>
sealed class Cron
{
    /// <summary>The longest expression read, characters.</summary>
    public const int Longest = 100;

    static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    readonly ulong minutes;
    readonly ulong hours;
    readonly ulong daysOfMonth;
    readonly ulong months;
    readonly ulong daysOfWeek;
    readonly bool eitherDay;

    Cron(ulong minutes, ulong hours, ulong daysOfMonth, ulong months, ulong daysOfWeek, bool eitherDay) =>
        (this.minutes, this.hours, this.daysOfMonth, this.months, this.daysOfWeek, this.eitherDay) = (minutes, hours, daysOfMonth, months, daysOfWeek, eitherDay);

    /// <summary>Reads an expression; null when it is none.</summary>
    public static Cron? Parse(string? text)
    {
        if (text is not { Length: > 0 and <= Longest } || text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is not [var minute, var hour, var day, var month, var weekday])
            return null;
        if (Field(minute, 0, 59, []) is { } minutes && Field(hour, 0, 23, []) is { } hours && Field(day, 1, 31, []) is { } days && Field(month, 1, 12, Months) is { } months && Field(weekday, 0, 7, Days) is { } week)
            return new Cron(minutes, hours, days, months, week | (week >> 7 & 1), day[0] != '*' && weekday[0] != '*');
        return null;
    }

    /// <summary>The times of a day it names, in order.</summary>
    public IEnumerable<TimeOnly> On(DateOnly date)
    {
        var byDay = Has(daysOfMonth, date.Day);
        var byWeek = Has(daysOfWeek, (int)date.DayOfWeek);
        if (!Has(months, date.Month) || !(eitherDay ? byDay || byWeek : byDay && byWeek))
            yield break;
        for (var hour = 0; hour < 24; hour++)
        {
            for (var minute = 0; Has(hours, hour) && minute < 60; minute++)
            {
                if (Has(minutes, minute))
                    yield return new TimeOnly(hour, minute);
            }
        }
    }

    static bool Has(ulong set, int value) => (set >> value & 1) == 1;

    static ulong? Field(string text, int least, int most, string[] names)
    {
        var set = 0UL;
        foreach (var part in text.Split(','))
        {
            var pieces = part.Split('/');
            var step = pieces.Length == 2 ? Number(pieces[1], 1, most, []) : 1;
            if (pieces.Length > 2 || step is null || Range(pieces[0], pieces.Length == 2, least, most, names) is not var (from, to))
                return null;
            for (var value = from; value <= to; value += step.Value)
                set |= 1UL << value;
        }

        return set;
    }

    static (int From, int To)? Range(string text, bool stepped, int least, int most, string[] names)
    {
        if (text == "*")
            return (least, most);
        var ends = text.Split('-');
        if (ends.Length > 2 || Number(ends[0], least, most, names) is not { } from)
            return null;
        if (ends.Length == 1)
            return (from, stepped ? most : from);
        return Number(ends[1], least, most, names) is { } to && from <= to ? (from, to) : null;
    }

    static int? Number(string text, int least, int most, string[] names)
    {
        var named = Array.IndexOf(names, text.ToLowerInvariant());
        if (named >= 0)
            return named + (names == Months ? 1 : 0);
        return text.Length is 1 or 2 && text.All(char.IsAsciiDigit) && int.Parse(text, CultureInfo.InvariantCulture) is var value && value >= least && value <= most ? value : null;
    }
}
