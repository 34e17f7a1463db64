using Portal.Domain.Projects;

namespace Portal.Domain.Machines;

/// <content>How its size changes, and what protects it.</content>
public sealed partial class Machine
{
    /// <summary>A size that waits for the next start (<c>jsonb</c>); null when it runs with the one it has.</summary>
    public PendingSize? Pending { get; private set; }

    /// <summary>The most virtual processors it can have without a restart; 0 when nobody prepared it for more.</summary>
    public int HotVcpus { get; private set; }

    /// <summary>Whether deleting it takes a request that is granted.</summary>
    public bool Protected { get; private set; }

    /// <summary>Takes the protection on or off.</summary>
    internal void Protect(bool on) => Protected = on;

    /// <summary>It was defined so that it can have up to this many virtual processors without a restart.</summary>
    internal void PreparedFor(int hotVcpus) => HotVcpus = hotVcpus;

    /// <summary>It was given another size; what it does not have yet comes with its next start.</summary>
    internal void Resize(ResizedTo to)
    {
        var waits = to.Now != to.Next;
        Pending = waits ? new PendingSize(to.Now, to.Next, to.NextHotVcpus) : null;
        HotVcpus = waits ? to.HotVcpus : to.NextHotVcpus;
        Take(Larger(to.Now, to.Next));
    }

    /// <summary>It has started with the size that waited.</summary>
    internal void Settle()
    {
        if (Pending is not { } pending)
            return;
        (Pending, HotVcpus) = (null, pending.HotVcpus);
        Take(pending.Next);
    }

    /// <summary>What the books hold while a machine is between two sizes: of each the larger.</summary>
    internal static MachineSize Larger(MachineSize a, MachineSize b) => new(Math.Max(a.Vcpus, b.Vcpus), Math.Max(a.MemoryMib, b.MemoryMib), Math.Max(a.DiskGib, b.DiskGib));

    void Take(MachineSize size) => (Vcpus, MemoryMib, DiskGib) = (size.Vcpus, size.MemoryMib, size.DiskGib);
}
