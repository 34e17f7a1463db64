using System.Runtime.InteropServices;

namespace Portal.Hypervisor.Probing;

/// <summary>System calls .NET does not offer: waiting with nanoseconds, reading the kernel's receive time, asking without an exception for each refusal.</summary>
internal static unsafe partial class EchoNative
{
    public const int SocketLevel = 1, TimestampNs = 35, Linger = 13, Error = 4, TcpLevel = 6, QuickAck = 12, PollIn = 1, PollOut = 4, DontWait = 0x40;
    public const int Fifo = 1, ResetOnFork = 0x40000000;
    public const int Inet = 2, Inet6 = 10, Stream = 1, Datagram = 2, NonBlocking = 0x800, CloseOnExec = 0x80000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ppoll(PollDescriptor* descriptors, nuint count, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recvmsg(SafeHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int connect(int socket, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(int socket, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint sendto(int socket, byte* data, nuint length, int flags, byte* address, uint addressLength);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(int socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockopt(int socket, int level, int name, void* value, uint* length);

    [LibraryImport("libc")]
    public static partial int close(int descriptor);

    [LibraryImport("libc")]
    public static partial int clock_gettime(int clock, out TimeSpec time);

    [LibraryImport("libc")]
    public static partial int sched_setscheduler(int thread, int policy, in int priority);
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

    /// <summary>When the kernel received a message, by the wall clock; null when it did not say.</summary>
    public static unsafe TimeSpec? Of(in MessageHeader message)
    {
        var control = (TimestampControl*)message.Control;
        return message.ControlLength < (nuint)sizeof(TimestampControl) || control->Level != EchoNative.SocketLevel || control->Type != EchoNative.TimestampNs ? null : control->Time;
    }
}
