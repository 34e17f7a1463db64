using System.Globalization;

namespace Portal.Web.Controls;

/// <summary>Numbers and times as people read them: a thin space before the unit, three figures at most, no jargon.</summary>
public static class Format
{
    /// <summary>The space between a number and its unit (U+2009): it never wraps onto a line of its own.</summary>
    public const char Thin = '\u2009';

    static readonly string[] Binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>Bytes in the largest binary unit that keeps the number at 1 or more: <c>24.1 MiB</c>.</summary>
    public static string Bytes(double bytes)
    {
        var size = Math.Max(0, bytes);
        var unit = 0;
        while (size >= 1024 && unit < Binary.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return Unit(size, Binary[unit]);
    }

    /// <summary>Memory given in MiB: <c>128 MiB</c>, <c>2 GiB</c>.</summary>
    public static string Mib(double mib) => mib == 0 ? Unit(0, "MiB") : Bytes(mib * 1024 * 1024);

    /// <summary>Disk given in GiB: <c>20 GiB</c>, <c>1 TiB</c>.</summary>
    public static string Gib(double gib) => gib == 0 ? Unit(0, "GiB") : Bytes(gib * 1024 * 1024 * 1024);

    /// <summary>Parts of a whole in the whole's unit, so that they can be compared at a glance: <c>98 of 128 GiB, 30 left</c>; with something held beside: <c>64 + 34 of 128 GiB, 30 left</c>.</summary>
    public static string Share(double part, double whole, double left, double held = 0)
    {
        var unit = 0;
        while (whole >= 1024 && unit < Binary.Length - 1)
        {
            (part, whole, left, held) = (part / 1024, whole / 1024, left / 1024, held / 1024);
            unit++;
        }

        return $"{Parts(part, held, Fine)} of {Fine(whole)}{Thin}{Binary[unit]}, {Rest(left, Fine)}";

        // Finer than elsewhere where the whole is small, so that the parts still add up to it on screen.
        string Fine(double value) => whole < 10 ? value.ToString("0.##", CultureInfo.InvariantCulture) : Number(value);
    }

    /// <summary>The same of things that are counted: <c>1 + 2 of 10, 7 left</c>.</summary>
    public static string Share(long part, long whole, long left, long held = 0) =>
        $"{Parts(part, held, Number)} of {Number(whole)}, {Rest(left, Number)}";

    /// <summary>Bytes a second: <c>312 MiB/s</c>.</summary>
    public static string Rate(double bytesPerSecond) => Bytes(bytesPerSecond) + "/s";

    /// <summary>Milliseconds; from ten seconds on, seconds: <c>52 ms</c>, <c>0.4 ms</c>, <c>12.5 s</c>.</summary>
    public static string Ms(double ms) => ms < 10_000 ? Unit(ms, "ms") : Unit(ms / 1000, "s");

    /// <summary>A range in milliseconds with one unit: <c>38–62 ms</c>.</summary>
    public static string MsRange(double low, double high) => $"{Number(low)}–{Ms(high)}";

    /// <summary>A percentage without decimals: <c>41 %</c>.</summary>
    public static string Percent(double percent) => Unit(Math.Round(Math.Clamp(percent, 0, 100)), "%");

    /// <summary>A number with its unit.</summary>
    public static string Unit(double value, string unit) => $"{Number(value)}{Thin}{unit}";

    /// <summary>A count with its noun in the right number: <c>1 machine</c>, <c>1,024 machines</c>.</summary>
    public static string Count(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many ?? one + "s")}");

    /// <summary>At most three significant figures below 1,000, none lost above, thousands apart.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 0.995 => value.ToString("0.##", CultureInfo.InvariantCulture),
        < 99.95 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("#,0", CultureInfo.InvariantCulture),
    };

    /// <summary>How long something took or lasts: <c>0.4 s</c>, <c>12 s</c>, <c>3 min</c>, <c>3 h 12 min</c>, <c>4 days</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { Ticks: < 0 } => Duration(TimeSpan.Zero),
        { TotalSeconds: < 10 } => Unit(Math.Round(time.TotalSeconds, 1), "s"),
        { TotalSeconds: < 59.5 } => Unit(Math.Round(time.TotalSeconds), "s"),
        { TotalMinutes: < 59.5 } => Unit(Math.Round(time.TotalMinutes), "min"),
        { TotalHours: < 24 } => Hours(time),
        _ => Count((long)time.TotalDays, "day"),
    };

    /// <summary>How long something still takes, as a range where one is known: <c>4–7 s left</c>, <c>~3 s left</c>, <c>no end in sight</c>; null where nothing is.</summary>
    public static string? Left(double? least, double? most) => (least, most) switch
    {
        (null, null) => null,
        (_, < 0.5) => "ends soon",
        (null, { } about) => $"~{Whole(about)} left",
        (_, null) => "no end in sight",
        ({ } floor, { } ceiling) when ceiling < 60 => Math.Floor(floor) is var low && low < Math.Ceiling(ceiling) ? $"{low:0}–{Whole(Math.Ceiling(ceiling))} left" : $"{Whole(Math.Ceiling(ceiling))} left",
        ({ } floor, { } ceiling) => Whole(floor) == Whole(ceiling) ? $"{Whole(ceiling)} left" : $"{Whole(floor)}–{Whole(ceiling)} left",
    };

    static string Whole(double seconds) => Duration(TimeSpan.FromSeconds(Math.Round(seconds)));

    /// <summary>When something happened, seen from <paramref name="now"/>: <c>just now</c>, <c>12 min ago</c>, <c>in 3 h</c>; after a month the date.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now)
    {
        var gone = now - at;
        return gone switch
        {
            { TotalSeconds: > -5 and < 5 } => "just now",
            { TotalDays: > 30 } or { TotalDays: < -30 } => Date(at),
            { Ticks: >= 0 } => $"{Coarse(gone)} ago",
            _ => $"in {Coarse(-gone)}",
        };
    }

    /// <summary>A day: <c>22 Nov 2026</c>.</summary>
    public static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>The exact moment, for the hover text: <c>22 Nov 2026, 17:14:03 UTC</c>.</summary>
    public static string Exact(DateTimeOffset at) =>
        at.UtcDateTime.ToString("d MMM yyyy, HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    static string Coarse(TimeSpan time) => time switch
    {
        { TotalSeconds: < 59.5 } => Unit(Math.Round(time.TotalSeconds), "s"),
        { TotalMinutes: < 59.5 } => Unit(Math.Round(time.TotalMinutes), "min"),
        { TotalHours: < 24 } => Unit(Math.Floor(time.TotalHours + 0.01), "h"),
        _ => Count((long)time.TotalDays, "day"),
    };

    static string Hours(TimeSpan time)
    {
        var minutes = (long)Math.Round(time.TotalMinutes);
        return minutes % 60 == 0 ? Unit(minutes / 60, "h") : $"{Unit(minutes / 60, "h")} {Unit(minutes % 60, "min")}";
    }

    // What makes less of it is no part of its own.
    static string Parts(double part, double held, Func<double, string> word) => held > 0 ? $"{word(part)} + {word(held)}" : word(part + held);

    static string Rest(double left, Func<double, string> word) => left < 0 ? $"{word(-left)} over" : $"{word(left)} left";
}
