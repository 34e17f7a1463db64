namespace Portal.Hypervisor.Hosts;

/// <summary>How patient a connection is.</summary>
public sealed record HostConnectionOptions
{
    /// <summary>Longest an ordinary call may take before the daemon counts as hung and the connection is reopened.</summary>
    public TimeSpan CallDeadline { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest an attempt to connect may take.</summary>
    public TimeSpan ConnectDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Threads that carry this host's blocking calls.</summary>
    public int LaneThreads { get; init; } = 3;

    /// <summary>Seconds of silence before a keep-alive probe; after <see cref="KeepAliveCount"/> unanswered ones the link is lost.</summary>
    public int KeepAliveSeconds { get; init; } = 5;

    /// <summary>Unanswered keep-alive probes before the link counts as lost.</summary>
    public uint KeepAliveCount { get; init; } = 3;

    /// <summary>First wait between attempts to reconnect; doubles up to <see cref="ReconnectLimit"/>.</summary>
    public TimeSpan ReconnectFirst { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between attempts to reconnect.</summary>
    public TimeSpan ReconnectLimit { get; init; } = TimeSpan.FromSeconds(30);
}
