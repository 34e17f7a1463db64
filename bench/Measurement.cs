namespace Portal.Bench;

/// <summary>One thing that is measured, by the name it is asked for with.</summary>
/// <param name="Name">What to type after <c>./portal bench</c>.</param>
/// <param name="Says">What it measures, in words.</param>
/// <param name="RunAsync">Measures.</param>
sealed record Measurement(string Name, string Says, Func<Stand, CancellationToken, Task<IReadOnlyList<Figure>>> RunAsync)
{
    /// <summary>Measures on a database of its own, without hosts or a portal; then <see cref="RunAsync"/> is not used.</summary>
    public Func<string, CancellationToken, Task<IReadOnlyList<Figure>>>? OnDatabaseAsync { get; init; }

    public static IReadOnlyList<Measurement> All { get; } =
    [
        new("machine", "from approval to the first ping, beside qemu-img and virsh by hand", MachineBench.MeasureAsync),
        new("migration", "blackout of live moves, beside virsh migrate --live --p2p, watched by a ping of its own", MigrationBench.MeasureAsync),
        new("frames", "from the hypervisor's word to the browser's canvas", FrameBench.MeasureAsync),
        new("memory", "the portal's memory with 3 hosts, 10 machines, 5 browsers", MemoryBench.MeasureAsync),
        new("submits", "submits accepted per second from 16 connections, beside the bare inserts without any rule", (_, _) => Task.FromResult<IReadOnlyList<Figure>>([])) { OnDatabaseAsync = SubmitBench.MeasureAsync },
        new("leases", "10,000 leases that end in one minute, with two processes, beside one by one", LeaseBench.MeasureAsync),
    ];
}
