using Portal.Domain.Catalog;
using Portal.Domain.Machines;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>One part of a machine that would change.</summary>
/// <param name="Part">vCPU, memory or disk.</param>
/// <param name="From">What it has.</param>
/// <param name="To">What it would have.</param>
/// <param name="Now">Whether it changes while the machine runs; otherwise when it was shut down and started again.</param>
/// <param name="Why">Why not at once; null where it does.</param>
public sealed record PartChange(QuotaResource Part, long From, long To, bool Now, string? Why);

/// <summary>What sizes a machine can be given, and what of a change holds at once; knows no database.</summary>
public static class ResizeRules
{
    /// <summary>The most virtual processors of a machine.</summary>
    public const int MostVcpus = 128;

    /// <summary>The most memory of a machine, MiB: 4 TiB.</summary>
    public const int MostMemoryMib = 4 << 20;

    /// <summary>The most disk of a machine, GiB: 64 TiB.</summary>
    public const int MostDiskGib = 64 << 10;

    /// <summary>Every rule a size breaks, in the order of the form.</summary>
    public static IReadOnlyList<Refusal> Check(string name, MachineSize from, MachineSize to, Image image)
    {
        Refusal?[] all =
        [
            Range("vcpus", "vCPU", to.Vcpus, MostVcpus),
            Range("memoryMib", "MiB of memory", to.MemoryMib, MostMemoryMib),
            Range("diskGib", "GiB of disk", to.DiskGib, MostDiskGib),
            to.MemoryMib > 0 && to.MemoryMib < image.MinMemoryMib ? new BelowImage(image.Title, $"{image.MinMemoryMib} MiB of memory", "memoryMib") : null,
            to.DiskGib > 0 && to.DiskGib < from.DiskGib ? new DiskShrinks(name, from.DiskGib, to.DiskGib) : null,
            to == from ? new SameSize(name) : null,
        ];
        return [.. all.OfType<Refusal>()];
    }

    /// <summary>Why a machine cannot be resized now; null when it can.</summary>
    public static WrongState? State(string name, MachineState state) => state switch
    {
        MachineState.Running or MachineState.Off => null,
        MachineState.Waiting => new(name, state, $"{name} does not exist yet: its request waits for a decision.", "Change that request instead."),
        MachineState.Provisioning => new(name, state, $"{name} is being made, so it cannot be resized yet.", "Wait until it runs."),
        MachineState.Unknown => new(name, state, $"The host of {name} does not answer, so it cannot be resized.", "Wait until the host answers again."),
        MachineState.Failed => new(name, state, $"{name} is broken, so it cannot be resized.", "Read why on its page."),
        MachineState.Deleting or MachineState.Deleted => new(name, state, $"{name} is deleted, so it cannot be resized.", "Ask for a new machine."),
    };

    /// <summary>What would change, and what of it at once.</summary>
    /// <param name="from">What it has.</param>
    /// <param name="to">What is asked for.</param>
    /// <param name="running">Whether it runs; one that is off starts with all of it.</param>
    /// <param name="hotVcpus">The most virtual processors it can have without a restart.</param>
    public static IReadOnlyList<PartChange> Parts(MachineSize from, MachineSize to, bool running, int hotVcpus)
    {
        var parts = new List<PartChange>();
        if (from.Vcpus != to.Vcpus)
        {
            var why = !running ? null
                : to.Vcpus < from.Vcpus ? "A running system does not give processors back."
                : to.Vcpus <= hotVcpus ? null
                : hotVcpus > from.Vcpus ? $"It can have {hotVcpus} vCPU without a restart, not more."
                : "It was started without room for more processors.";
            parts.Add(new PartChange(QuotaResource.Vcpus, from.Vcpus, to.Vcpus, why is null, why));
        }
        if (from.MemoryMib != to.MemoryMib)
            parts.Add(new PartChange(QuotaResource.MemoryMib, from.MemoryMib, to.MemoryMib, !running, running ? "Machines have no memory balloon: what a running one began with it keeps." : null));
        if (from.DiskGib != to.DiskGib)
            parts.Add(new PartChange(QuotaResource.DiskGib, from.DiskGib, to.DiskGib, Now: true, null));
        return parts;
    }

    static InvalidText? Range(string field, string unit, int asked, int most) =>
        asked is > 0 && asked <= most ? null : new InvalidText(field, $"{asked} {unit} is no size a machine can have.", $"Choose 1 to {most}.");
}
