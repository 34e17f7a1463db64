namespace Portal.Domain.Migrations.History;

/// <summary>What moves are gathered by.</summary>
public enum HistoryBy
{
    /// <summary>How they moved.</summary>
    Mode,

    /// <summary>From which host to which.</summary>
    Route,

    /// <summary>What they might do to come to their end.</summary>
    Policy,

    /// <summary>Which machine.</summary>
    Machine,
}

/// <summary>Moves that have something in common, and what they came to. Figures of silence count validly measured moves only.</summary>
/// <param name="Key">What they have in common, as a filter has it: a mode, a policy, an identifier, or two with a comma between.</param>
/// <param name="Name">The same in words; a mode or built-in policy by its name in the API.</param>
/// <param name="Moves">How many ended.</param>
/// <param name="Moved">How many of them arrived.</param>
/// <param name="BlackoutMs">Median blackout, ms; null when none was measured.</param>
/// <param name="BlackoutMsP95">95th percentile of the blackout, ms.</param>
/// <param name="Seconds">Median time until the machine ran there, s.</param>
/// <param name="Promised">How many of the measured had an objective.</param>
/// <param name="Kept">How many of those kept it.</param>
/// <param name="BlackoutErrorMs">Median distance of the blackout from the one foretold, ms; null when none was foretold.</param>
/// <param name="SecondsError">Median distance of the time from the one foretold, as a share of what was measured.</param>
/// <param name="LastAt">When the newest ended.</param>
public sealed record HistoryRow(string Key, string Name, int Moves, int Moved, double? BlackoutMs, double? BlackoutMsP95, double? Seconds, int Promised, int Kept,
    double? BlackoutErrorMs, double? SecondsError, DateTimeOffset LastAt);

/// <summary>How good predictions were in one stretch of time.</summary>
/// <param name="From">Its first day, UTC.</param>
/// <param name="Moves">Moves that were foretold and measured; 0: nothing is known of this stretch.</param>
/// <param name="BlackoutErrorMs">Median distance of the blackout from the one foretold, ms.</param>
/// <param name="SecondsError">Median distance of the time from the one foretold, as a share of what was measured.</param>
public sealed record ErrorPoint(DateTime From, int Moves, double? BlackoutErrorMs, double? SecondsError);

/// <summary>One measured move in a distribution.</summary>
/// <param name="Id">The move.</param>
/// <param name="BlackoutMs">Its blackout, ms.</param>
public sealed record BandDot(Guid Id, double BlackoutMs);

/// <summary>How long machines of one size were silent when they moved one way: a distribution.</summary>
/// <param name="Mode">How they moved.</param>
/// <param name="MemoryMib">Their memory, MiB.</param>
/// <param name="Moves">How many were validly measured.</param>
/// <param name="LowMs">10th percentile of the blackout, ms.</param>
/// <param name="QuarterMs">25th percentile.</param>
/// <param name="MedianMs">Median.</param>
/// <param name="ThreeQuartersMs">75th percentile.</param>
/// <param name="HighMs">95th percentile.</param>
/// <param name="WorstMs">The longest.</param>
/// <param name="LostAt1Hz">Pings a one-second ping loses: the mean over every phase of its grid, the median over the moves.</param>
/// <param name="Dots">The newest of them, one by one; at most <see cref="MoveHistory.MostDots"/>.</param>
public sealed record BlackoutBand(MigrationMode Mode, int MemoryMib, int Moves, double LowMs, double QuarterMs, double MedianMs, double ThreeQuartersMs, double HighMs, double WorstMs, double? LostAt1Hz,
    IReadOnlyList<BandDot> Dots);

/// <summary>The founding comparison, from this fleet's own receipts.</summary>
/// <param name="Bands">By mode, then memory.</param>
/// <param name="Medians">By mode, over machines of every size.</param>
/// <param name="Moves">How many receipts it rests on.</param>
public sealed record LiveVsQuick(IReadOnlyList<BlackoutBand> Bands, IReadOnlyList<ModeMedian> Medians, int Moves)
{
    /// <summary>The median blackout of every move of one mode, ms; null without any.</summary>
    public double? MedianOf(MigrationMode mode) => Medians.FirstOrDefault(median => median.Mode == mode)?.MedianMs;
}

/// <summary>How long machines were silent when they moved one way, whatever their size.</summary>
/// <param name="Mode">How they moved.</param>
/// <param name="MedianMs">Median of the blackout over all of these moves, ms.</param>
public sealed record ModeMedian(MigrationMode Mode, double MedianMs);

/// <summary>Something moves can be narrowed to.</summary>
/// <param name="Key">As the filter has it.</param>
/// <param name="Name">As a person reads it.</param>
public sealed record HistoryChoice(string Key, string Name);

/// <summary>What moves can be narrowed to, besides what is the same everywhere.</summary>
/// <param name="Hosts">Hosts that machines left or came to.</param>
/// <param name="Routes">From which host to which.</param>
/// <param name="Machines">What was moved.</param>
public sealed record HistoryChoices(IReadOnlyList<HistoryChoice> Hosts, IReadOnlyList<HistoryChoice> Routes, IReadOnlyList<HistoryChoice> Machines);
