namespace Portal.Bench;

/// <summary>One thing that is measured, by the name it is asked for with.</summary>
/// <param name="Name">What to type after <c>./portal bench</c>.</param>
/// <param name="Says">What it measures, in words.</param>
/// <param name="RunAsync">Measures.</param>
sealed record Measurement(string Name, string Says, Func<Stand, CancellationToken, Task<IReadOnlyList<Figure>>> RunAsync)
{
    public static IReadOnlyList<Measurement> All { get; } =
    [
        new("machine", "from approval to the first ping, beside qemu-img and virsh by hand", MachineBench.MeasureAsync),
        new("migration", "blackout of live moves, beside virsh migrate --live --p2p, watched by a ping of its own", MigrationBench.MeasureAsync),
        new("frames", "from the hypervisor's word to the browser's canvas", FrameBench.MeasureAsync),
        new("memory", "the portal's memory with 3 hosts, 10 machines, 5 browsers", MemoryBench.MeasureAsync),
        new("lists", "pages of lists with 50,000 machines and 1,000,000 audit events, beside count, ILIKE and offset", (_, ct) => Lists.ListsBench.MeasureAsync(Stand.Setting("PORTAL_TEST_POSTGRES"), ct)),
    ];
}
