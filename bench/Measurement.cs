namespace Portal.Bench;

/// <summary>One thing that is measured, by the name it is asked for with.</summary>
/// <param name="Name">What to type after <c>./portal bench</c>.</param>
/// <param name="Says">What it measures, in words.</param>
/// <param name="OnStandAsync">Measures on hosts and a portal; null for what needs neither.</param>
/// <param name="AloneAsync">Measures with PostgreSQL at most; null for what needs hosts and a portal.</param>
sealed record Measurement(string Name, string Says, Func<Stand, CancellationToken, Task<IReadOnlyList<Figure>>>? OnStandAsync, Func<CancellationToken, Task<IReadOnlyList<Figure>>>? AloneAsync)
{
    public static IReadOnlyList<Measurement> All { get; } =
    [
        new("machine", "from approval to the first ping, beside qemu-img and virsh by hand", MachineBench.MeasureAsync, null),
        new("migration", "silence and time of moves of an idle and a writing guest, beside virsh with its defaults and tuned by hand, watched by a ping of its own", Migrations.MigrationBench.MeasureAsync, null),
        new("evacuation", "emptying a host with eight machines, beside moving them one after another", Migrations.EvacuationBench.MeasureAsync, null),
        new("simulator", "the switchover of simulated moves, beside Nova's ladder and libvirt's default", null, SimulatorBench.MeasureAsync),
        new("frames", "from the hypervisor's word to the browser's canvas", FrameBench.MeasureAsync, null),
        new("memory", "the portal's memory with 3 hosts, 10 machines, 5 browsers", MemoryBench.MeasureAsync, null),
        new("submits", "submits accepted per second from 16 connections, beside the bare inserts without any rule", null, SubmitBench.MeasureAsync),
        new("leases", "10,000 leases that end in one minute, with two portals; and at once, beside one by one", null, LeaseBench.MeasureAsync),
        new("lists", "what the services take for all that a page of a list shows (drawing it not counted), with 5,000 waiting, 50,000 machines, 1,000,000 audit events; beside count, ILIKE and offset", null, Lists.ListsBench.MeasureAsync),
    ];
}
