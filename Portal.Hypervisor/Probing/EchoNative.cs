using System.Runtime.InteropServices;

namespace Portal.Hypervisor.Probing;

/// <summary>The two system calls .NET does not offer: waiting with nanoseconds, and reading the kernel's receive time.</summary>
internal static unsafe partial class EchoNative
{
    public const int SocketLevel = 1, TimestampNs = 35, PollIn = 1, DontWait = 0x40;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ppoll(PollDescriptor* descriptors, nuint count, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recvmsg(SafeHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc")]
    public static partial int clock_gettime(int clock, out TimeSpec time);
}

/// <summary><c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public int Descriptor;
    public short Events;
    public short Happened;
}

/// <summary><c>struct timespec</c> of a 64-bit system.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    public long Seconds;
    public long Nanoseconds;

    public readonly long TotalNanoseconds => Seconds * 1_000_000_000 + Nanoseconds;

    public static TimeSpec From(long nanoseconds)
        => new() { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
}

/// <summary><c>struct msghdr</c> of a 64-bit system.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public Vector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Vector
{
    public void* Base;
    public nuint Length;
}

/// <summary><c>struct cmsghdr</c> of a 64-bit system with a <c>timespec</c> behind it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimestampControl
{
    public nuint Length;
    public int Level;
    public int Type;
    public TimeSpec Time;
}
