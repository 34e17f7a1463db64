namespace Portal.Domain.Migrations;

/// <summary>How a memory stream is compressed.</summary>
public enum StreamCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Pages sent again go as what changed in them.</summary>
    Xbzrle,

    /// <summary>Every page by zstd.</summary>
    Zstd,
}

/// <summary>What was asked for of the way a machine's memory takes.</summary>
/// <param name="MaxMibPerSecond">Limit, MiB/s; null: none.</param>
/// <param name="Connections">Connections at once; null: one.</param>
/// <param name="Compression">How it is compressed; null: not at all.</param>
public sealed record StreamWishes(int? MaxMibPerSecond = null, int? Connections = null, StreamCompression? Compression = null);

/// <summary>The way a move's memory takes, and its disks where they go with it.</summary>
/// <param name="MaxMibPerSecond">Limit, MiB/s; null: none.</param>
/// <param name="Connections">Connections at once.</param>
/// <param name="Compression">How it is compressed.</param>
/// <param name="Address">The destination's address on the migration network; null: the one other hosts reach it by.</param>
/// <param name="LimitedBy">Who changed the limit last; null: it is as it was ordered.</param>
public sealed record MoveStream(int? MaxMibPerSecond, int Connections, StreamCompression Compression, string? Address, string? LimitedBy = null)
{
    /// <summary>One connection, no limit, nothing compressed.</summary>
    public static MoveStream Plain { get; } = new(null, 1, StreamCompression.None, null);

    internal static MoveStream Of(StreamWishes? wishes, string? address) => Plain with
    {
        MaxMibPerSecond = wishes?.MaxMibPerSecond, Connections = wishes?.Connections ?? 1, Compression = wishes?.Compression ?? StreamCompression.None, Address = address,
    };
}
