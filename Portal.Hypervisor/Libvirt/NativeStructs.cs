using System.Runtime.InteropServices;

namespace Portal.Hypervisor.Libvirt;

/// <summary>The head of <c>virError</c>; the rest is not read.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeError
{
    public int Code;
    public int Domain;
    public byte* Message;
    public int Level;
}

/// <summary><c>virTypedParameter</c>: a name of at most 79 bytes, a type, and a union of eight bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeTypedParameter
{
    public const int FieldLength = 80;
    public fixed byte Field[FieldLength];
    public int Type;
    public ulong Value;
}

/// <summary><c>virNodeInfo</c>; memory in KiB.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeNodeInfo
{
    public const int ModelLength = 32;
    public fixed byte Model[ModelLength];
    public nuint Memory;
    public uint Cpus;
    public uint Mhz;
    public uint Nodes;
    public uint Sockets;
    public uint Cores;
    public uint Threads;
}

/// <summary><c>virNodeMemoryStats</c> and <c>virNodeCPUStats</c>, which are alike; memory in KiB, time in ns.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeNodeStat
{
    public fixed byte Field[80];
    public ulong Value;
}

/// <summary><c>virDomainInfo</c>; memory in KiB, time in ns.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeDomainInfo
{
    public byte State;
    public nuint MaxMemory;
    public nuint Memory;
    public ushort Vcpus;
    public ulong CpuTime;
}

/// <summary><c>virDomainMemoryStatStruct</c>; values in KiB.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeMemoryStat
{
    public int Tag;
    public ulong Value;
}

/// <summary><c>virDomainStatsRecord</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeDomainStats
{
    public nint Domain;
    public NativeTypedParameter* Parameters;
    public int Count;
}

/// <summary><c>virStoragePoolInfo</c>; sizes in bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativePoolInfo
{
    public int State;
    public ulong Capacity;
    public ulong Allocation;
    public ulong Available;
}

/// <summary><c>virStorageVolInfo</c>; sizes in bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeVolumeInfo
{
    public int Type;
    public ulong Capacity;
    public ulong Allocation;
}
