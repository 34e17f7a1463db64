using System.Runtime.InteropServices;
using Portal.Hypervisor.Libvirt;

namespace Portal.Hypervisor.Hosts;

/// <summary>A host's own statistics, by the names libvirt gives them.</summary>
internal static unsafe class NodeStats
{
    private const int AllCells = -1, AllCpus = -1;

    private delegate int Ask(NativeNodeStat* stats, ref int count);

    /// <summary>Memory, KiB; null where the driver keeps no such statistics.</summary>
    public static IReadOnlyDictionary<string, ulong>? Memory(ConnectHandle connection) =>
        Read((NativeNodeStat* stats, ref int count) => Native.virNodeGetMemoryStats(connection, AllCells, stats, ref count, flags: 0));

    /// <summary>Time since the host started, ns, of all processors together; null where the driver keeps no such statistics.</summary>
    public static IReadOnlyDictionary<string, ulong>? Cpu(ConnectHandle connection) =>
        Read((NativeNodeStat* stats, ref int count) => Native.virNodeGetCPUStats(connection, AllCpus, stats, ref count, flags: 0));

    /// <summary>What new machines can have: free memory and what caches would give back, MiB.</summary>
    public static long LeftMib(IReadOnlyDictionary<string, ulong> memory) =>
        (long)((memory.GetValueOrDefault("free") + memory.GetValueOrDefault("buffers") + memory.GetValueOrDefault("cached")) >> 10);

    /// <summary>libvirt wants exactly as much room as there are statistics, and says how many first.</summary>
    private static Dictionary<string, ulong>? Read(Ask ask)
    {
        const int Most = 64;
        var count = 0;
        if (ask(null, ref count) < 0 || count is < 1 or > Most)
            return null;
        var stats = stackalloc NativeNodeStat[count];
        if (ask(stats, ref count) < 0)
            return null;
        var read = new Dictionary<string, ulong>();
        for (var i = 0; i < count; i++)
            read[Marshal.PtrToStringUTF8((nint)stats[i].Field) ?? ""] = stats[i].Value;
        return read;
    }
}
