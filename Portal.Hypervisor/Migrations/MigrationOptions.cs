namespace Portal.Hypervisor.Migrations;

/// <summary>How a memory stream is compressed.</summary>
public enum StreamCompression
{
    /// <summary>Not at all: pages of zeros are never sent anyway.</summary>
    None,
    /// <summary>Pages sent again go as what changed in them (QEMU's XBZRLE).</summary>
    Xbzrle,
    /// <summary>Every page by zstd, on several connections.</summary>
    Zstd,
}

/// <summary>Limits of a move.</summary>
public sealed record MigrationOptions
{
    /// <summary>Every limit at its default.</summary>
    public static MigrationOptions Default { get; } = new();

    /// <summary>
    /// Memory travels encrypted, or the move is refused: a guest's memory holds its keys, and a move that fell back to plain text on an
    /// error could be made to by whoever can cut the stream. False only for networks that are trusted otherwise.
    /// </summary>
    public bool EncryptMemory { get; init; } = true;

    /// <summary>Downtime limit the move starts with, ms. Low: it is raised only when the copy does not converge.</summary>
    public int FirstDowntimeMs { get; init; } = 20;

    /// <summary>Highest downtime limit the portal will allow where no objective says less or more, ms.</summary>
    public int LastDowntimeMs { get; init; } = 500;

    /// <summary>Longest silence its users may notice, ms; null: no promise.</summary>
    public double? ObjectiveMs { get; init; }

    /// <summary>What may be done to come to an end.</summary>
    public MigrationPolicy Policy { get; init; } = MigrationPolicy.Balanced;

    /// <summary>Longest pause the policy allows, ms, whatever the objective would; null: as long as the objective says.</summary>
    public int? PolicyDowntimeMs { get; init; }

    /// <summary>Limit of the memory stream, MiB/s; null: what the network carries.</summary>
    public int? MaxMibPerSecond { get; init; }

    /// <summary>Connections the memory stream uses; 1: the ordinary single stream.</summary>
    public int Connections { get; init; } = 1;

    /// <summary>How the memory stream is compressed.</summary>
    public StreamCompression Compression { get; init; }

    /// <summary>Whether the stream is one of several connections; zstd comes with those only.</summary>
    internal bool IsParallel => Connections > 1 || Compression == StreamCompression.Zstd;

    /// <summary>Longest the copy may take; then the move is undone.</summary>
    public TimeSpan CopyDeadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Time between echo requests.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long the probe runs before the move starts: two hundred pings show what is usual.</summary>
    public TimeSpan ProbeLead { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long it runs after the guest runs again.</summary>
    public TimeSpan ProbeTail { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a silent guest is waited for, and announced again, before the receipt says that it does not answer.</summary>
    public TimeSpan AnswerDeadline { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a host that stopped answering in the middle of a move is asked again where the machine runs.</summary>
    public TimeSpan SettleDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long nothing may come of the memory of a guest that went on before it, until the stream is taken as broken.</summary>
    public TimeSpan StreamDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the portal tries to let that memory follow again before it closes the move, and leaves the rest to later looks.</summary>
    public TimeSpan RecoverDeadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What earlier moves taught; null: careful defaults.</summary>
    public RouteHistory? History { get; init; }

    /// <summary>
    /// Asked right before the move with the guest as it is then: what the move is expected to be, and whether it should still be made.
    /// Null: nothing is foretold.
    /// </summary>
    public Func<GuestSight, Foresight>? Foretell { get; init; }
}
