using Portal.Domain.Hosts;

namespace Portal.Domain.Migrations;

/// <summary>What may be asked of a memory stream; knows no database.</summary>
public static class StreamRules
{
    // 100 GiB/s is more than any network carries: more is a slip of the finger.
    const int MostMibPerSecond = 102_400;

    // QEMU takes 255; past the processors of a host each costs more than it brings.
    const int MostConnections = 16;

    /// <summary>Why what is asked of the stream makes no sense, whichever the hosts; null when it does.</summary>
    public static InvalidText? Refuse(MigrationParameters asked)
    {
        if (asked.Stream is not { } stream)
            return null;
        if (RefuseLimit(stream.MaxMibPerSecond) is { } limit)
            return limit;
        if (stream.Connections is { } connections && connections is < 1 or > MostConnections)
            return new InvalidText("connections", $"Memory cannot go over {stream.Connections} connections.", $"Give 1 to {MostConnections}.");
        if (stream.Compression is { } compression && !Enum.IsDefined(compression))
            return new InvalidText("compression", "There is no such compression.", $"Choose one of {string.Join(", ", Enum.GetNames<StreamCompression>())}.");
        var isParallel = IsParallel(stream);
        if (asked.Mode == MigrationMode.QuickSaved && (isParallel || stream is { MaxMibPerSecond: not null } or { Compression: StreamCompression.Xbzrle }))
            return new InvalidText("stream", "A machine that is saved to disk and restored sends no memory to the other host.", "Leave limit, connections and compression out, or choose another way.");
        if (isParallel && (asked.Mode == MigrationMode.PostCopy || asked is { Mode: MigrationMode.Live, Policy: MigrationPolicy.MustMove }))
            return new InvalidText("connections", "A machine cannot go on before its memory over several connections, nor with zstd, which uses them.", "Choose one connection and no zstd, or another policy.");
        return stream is { Compression: StreamCompression.Xbzrle, Connections: > 1 }
            ? new InvalidText("compression", "XBZRLE compresses a single connection only.", "Choose one connection, or zstd.")
            : null;
    }

    /// <summary>Why a limit makes no sense; null when it does, and for none.</summary>
    public static InvalidText? RefuseLimit(int? mibPerSecond) => mibPerSecond is { } limit && limit is < 1 or > MostMibPerSecond
        ? new InvalidText("maxMibPerSecond", $"A limit of {mibPerSecond} MiB/s makes no sense.", $"Give 1 to {MostMibPerSecond} MiB/s, or none.")
        : null;

    /// <summary>Why two hosts cannot stream so; null when they can.</summary>
    public static StreamNotPossible? Refuse(StreamWishes? stream, Host source, Host destination) =>
        stream is null || !IsParallel(stream) ? null : Lacks(Needed(stream), source) ?? Lacks(Needed(stream), destination);

    static bool IsParallel(StreamWishes stream) => stream is { Connections: > 1 } or { Compression: StreamCompression.Zstd };

    static string Needed(StreamWishes stream) => stream.Compression == StreamCompression.Zstd ? "compress-zstd" : "parallel-streams";

    static StreamNotPossible? Lacks(string capability, Host host) => host.Report?.Capabilities.FirstOrDefault(c => c.Name == capability) switch
    {
        { Available: true } => null,
        { Reason: { Length: > 0 } reason } => new(host.Name, reason),
        _ => new(host.Name, $"it does not offer {capability}."),
    };
}
