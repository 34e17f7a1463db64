namespace Portal.Domain.Leases;

/// <summary>For how long machines of a project are given, and what happens around the end.</summary>
/// <param name="DefaultDays">Length where nobody says one, days; null: for ever.</param>
/// <param name="MostDays">The most one request may ask for, days.</param>
/// <param name="TotalDays">The most a machine may be used in all, extensions counted, days; null: no such limit.</param>
/// <param name="WarnDays">Days ahead of the end at which people are warned.</param>
/// <param name="GraceDays">How long a machine is kept, shut down, after its end, days.</param>
/// <param name="ForEver">Whether a machine may be asked for without an end.</param>
public sealed record LeaseTerms(int? DefaultDays, int MostDays, int? TotalDays, IReadOnlyList<int> WarnDays, int GraceDays, bool ForEver)
{
    /// <summary>The longest any of the lengths may be, days: ten years.</summary>
    public const int Longest = 3650;

    /// <summary>The most warnings.</summary>
    public const int MostWarnings = 6;

    /// <summary>What holds where an admin set nothing: machines are for ever unless somebody asks for an end.</summary>
    public static LeaseTerms BuiltIn { get; } = new(null, 365, null, [7, 3, 1], 7, ForEver: true);

    /// <summary>What asks for a machine without an end, where a number of days is given.</summary>
    public const int NoEnd = 0;

    /// <summary>The length a draft comes to: null for ever.</summary>
    public int? Resolve(int? asked) => asked switch
    {
        null => DefaultDays,
        NoEnd => null,
        var days => days,
    };

    /// <summary>Why a length asked for is not given, or null.</summary>
    public Refusal? Refuse(int? asked) => asked switch
    {
        null => null,
        NoEnd => ForEver ? null : new NotForEver(Most),
        < 0 => new LeaseTooLong(asked.Value, Most),
        var days => days > Most ? new LeaseTooLong(days.Value, Most) : null,
    };

    /// <summary>Why a lease is not made so many days longer, or null.</summary>
    public Refusal? RefuseMore(int days) => days < 1 || days > MostDays ? new LeaseTooLong(days, MostDays, "days") : null;

    /// <summary>The most a new machine may ask for, days.</summary>
    public int Most => Math.Min(MostDays, TotalDays ?? MostDays);

    /// <summary>The latest end a machine may come to that began then; null: no limit.</summary>
    public DateTimeOffset? LatestEnd(DateTimeOffset startedAt) => TotalDays is { } total ? startedAt.AddDays(total) : null;

    /// <summary>Why these terms make no sense, or null.</summary>
    public InvalidText? Check() => this switch
    {
        { MostDays: < 1 or > Longest } => new("mostDays", $"A lease of at most {MostDays} days makes no sense.", $"Give 1 to {Longest} days."),
        { DefaultDays: < 1 } => new("defaultDays", "A lease has at least one day.", "Give 1 day or more, or leave it empty where machines may be for ever."),
        { DefaultDays: { } usual } when usual > MostDays => new("defaultDays", $"The usual length of {usual} days is more than the most one may ask for, {MostDays} days.", $"Give at most {MostDays} days."),
        { DefaultDays: null, ForEver: false } => new("defaultDays", "Without a usual length machines would be for ever, which these terms do not allow.", "Give a usual length, or allow machines without an end."),
        { TotalDays: < 1 or > Longest } => new("totalDays", $"{TotalDays} days in all make no sense.", $"Give 1 to {Longest} days, or leave it empty."),
        { TotalDays: { } total, DefaultDays: { } usual } when total < usual => new("totalDays", $"{total} days in all are less than the usual length of {usual} days.", $"Give {usual} days or more."),
        { WarnDays.Count: > MostWarnings } => new("warnDays", $"{WarnDays.Count} warnings are more than anybody reads.", $"Give at most {MostWarnings}."),
        _ when WarnDays.Any(days => days is < 1 or > 365) || WarnDays.Distinct().Count() != WarnDays.Count => new("warnDays", "Warnings are given 1 to 365 days ahead, each once.", "Give whole days with commas between, such as 7, 3, 1."),
        { GraceDays: < 0 or > 365 } => new("graceDays", $"{GraceDays} days of grace make no sense.", "Give 0 to 365 days."),
        _ => null,
    };

    /// <summary>The same terms with the warnings in order, the earliest first.</summary>
    public LeaseTerms Tidy() => this with { WarnDays = [.. WarnDays.OrderDescending()] };
}
