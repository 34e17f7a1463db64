using Portal.Domain.Catalog;
using Portal.Domain.Migrations;
using Portal.Domain.Projects;

namespace Portal.Web.Controls;

/// <summary>The domain's closed sets in the words of the screen: one word for one thing, everywhere.</summary>
public static class Words
{
    /// <summary>What is limited.</summary>
    public static string Of(QuotaResource resource) => resource switch
    {
        QuotaResource.Machines => "Machines",
        QuotaResource.Vcpus => "vCPU",
        QuotaResource.MemoryMib => "Memory",
        QuotaResource.DiskGib => "Disk",
        QuotaResource.Addresses => "Addresses",
        QuotaResource.Snapshots => "Snapshots",
    };

    /// <summary>An amount of what is limited, with its unit.</summary>
    public static string Amount(QuotaResource resource, long amount) => resource switch
    {
        QuotaResource.Machines or QuotaResource.Vcpus or QuotaResource.Addresses or QuotaResource.Snapshots => Format.Number(amount),
        QuotaResource.MemoryMib => Format.Mib(amount),
        QuotaResource.DiskGib => Format.Gib(amount),
    };

    /// <summary>A limit, what is used of it and, if anything is, what requests hold: <c>1 + 2 of 10, 7 left</c>. A request that is looked at or not yet sent is held too.</summary>
    public static string Share(QuotaEffect line)
    {
        var held = line.Limit - line.Left - line.Used;
        return line.Resource switch
        {
            QuotaResource.MemoryMib => OfBytes(1L << 20),
            QuotaResource.DiskGib => OfBytes(1L << 30),
            QuotaResource.Machines or QuotaResource.Vcpus or QuotaResource.Addresses or QuotaResource.Snapshots => Format.Share(line.Used, line.Limit, line.Left, held),
        };

        string OfBytes(double unit) => Format.Share(line.Used * unit, line.Limit * unit, line.Left * unit, held * unit);
    }

    /// <summary>What is said beside a limit: the person's own, and a soft limit that is passed; null when there is nothing.</summary>
    public static string? Beside(QuotaEffect line)
    {
        var own = line.Own is { } mine ? $"Own limit: {Share(mine)}." : null;
        var soft = line switch
        {
            { PassesSoft: true, Soft: { } most } => $"Soft limit of {Amount(line.Resource, most)} passed{(line.GraceEnds is { } ends ? $", grace until {ends.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : " with this")}.",
            _ => null,
        };
        return own is null && soft is null ? null : string.Join(' ', new[] { own, soft }.OfType<string>());
    }

    /// <summary>Memory given out of what a host has for machines: <c>40 of 64 GiB</c>.</summary>
    public static string Room(long takenMib, long forMachinesMib)
    {
        var words = Format.Share(takenMib * 1048576d, forMachinesMib * 1048576d, 0);
        return words[..words.IndexOf(',', StringComparison.Ordinal)];
    }

    /// <summary>A machine's size in one line: <c>2 vCPU · 2 GiB · 20 GiB</c>.</summary>
    public static string Size(int vcpus, int memoryMib, int diskGib) =>
        $"{Format.Unit(vcpus, "vCPU")} · {Format.Mib(memoryMib)} · {Format.Gib(diskGib)}";

    /// <summary>A machine's size in one line.</summary>
    public static string Size(MachineSize size) => Size(size.Vcpus, size.MemoryMib, size.DiskGib);

    /// <summary>The way a machine moves.</summary>
    public static string Of(MigrationMode mode) => mode switch
    {
        MigrationMode.Live => "Live",
        MigrationMode.PostCopy => "Post-copy",
        MigrationMode.QuickDirect => "Quick, direct",
        MigrationMode.QuickSaved => "Quick, saved",
    };

    /// <summary>What the people who use a machine feel when it moves that way.</summary>
    public static string Felt(MigrationMode mode) => mode switch
    {
        MigrationMode.Live => "It keeps running while its memory is copied. The people who use it notice a pause that is usually shorter than a tenth of a second.",
        MigrationMode.PostCopy => "It goes on there first and its memory follows: a short pause, then slow until all of it has arrived. If either host or the network breaks meanwhile, what it had in memory is lost.",
        MigrationMode.QuickDirect => "It is paused, its memory goes over in one stream, it resumes there. Less is copied; it is silent for the whole copy.",
        MigrationMode.QuickSaved => "It is saved to disk and restored there. It is silent for seconds; the gentlest on the network and the simplest to undo.",
    };

    /// <summary>How a memory stream is compressed.</summary>
    public static string Of(StreamCompression compression) => compression switch
    {
        StreamCompression.None => "none",
        StreamCompression.Xbzrle => "only what changed (XBZRLE)",
        StreamCompression.Zstd => "zstd",
    };

    /// <summary>How far a live move may go to come to its end.</summary>
    public static string Of(MigrationPolicy policy) => policy switch
    {
        MigrationPolicy.Gentle => "Gentle",
        MigrationPolicy.Balanced => "Balanced",
        MigrationPolicy.MustMove => "Must move",
        MigrationPolicy.MaintenanceWindow => "Maintenance window",
    };

    /// <summary>What comes of a policy when the machine writes faster than the network carries.</summary>
    public static string Means(MigrationPolicy policy) => policy switch
    {
        MigrationPolicy.Gentle => "Never slows the machine. If it writes far faster than the network carries for three minutes, or copying does not come to an end, the move is given up and it stays where it is.",
        MigrationPolicy.Balanced => "If it writes too fast, its processors are slowed step by step while memory is copied; where a silence was promised, no further than that allows. If it still writes far too fast for two minutes, or copying does not come to an end, it stays where it is.",
        MigrationPolicy.MustMove => "Moves within ten minutes. If copying does not come to an end, it goes on there before its memory, and is slow until that has arrived; where the hosts cannot do that, it is paused instead.",
        MigrationPolicy.MaintenanceWindow => "Quick: as soon as copying again no longer helps, it is paused and the rest is sent. That can take seconds, whatever was promised.",
    };

    /// <summary>The devices a machine is given.</summary>
    public static string Of(DeviceModel devices) => devices switch
    {
        DeviceModel.Paravirtual => "paravirtual",
        DeviceModel.Emulated => "emulated",
    };
}
