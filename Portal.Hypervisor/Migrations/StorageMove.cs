using System.Xml.Linq;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;

namespace Portal.Hypervisor.Migrations;

/// <summary>A disk that goes with its machine.</summary>
/// <param name="Target">What libvirt calls it in the machine, such as <c>vda</c>.</param>
/// <param name="Volume">Its volume's name, the same at both ends.</param>
/// <param name="IsReadOnly">Nobody writes to it, so it is copied before the move; the others are streamed while the guest writes.</param>
/// <param name="CapacityBytes">What the guest sees.</param>
/// <param name="MostBytes">What its copy takes at most.</param>
internal sealed record CarriedDisk(string Target, string Volume, bool IsReadOnly, long CapacityBytes, long MostBytes);

/// <summary>The disks that go with a machine, because its destination does not see the store they are in.</summary>
/// <param name="From">The source pool's directory.</param>
/// <param name="To">The destination pool's.</param>
/// <param name="Disks">All of them.</param>
internal sealed record StorageMove(string From, string To, IReadOnlyList<CarriedDisk> Disks)
{
    /// <summary>What the disks take at the destination at most.</summary>
    public long MostBytes => Disks.Sum(disk => disk.MostBytes);

    /// <summary>Those that are streamed.</summary>
    public IEnumerable<CarriedDisk> Streamed => Disks.Where(disk => !disk.IsReadOnly);

    /// <summary>
    /// The machine as the destination is to know it: each disk by its path there, and none growing from an image, since a stream carries
    /// what the guest sees and its copy grows from nothing.
    /// </summary>
    public string Describe(ConnectHandle connection, Guid machine, bool isPersistent)
    {
        using var domain = DomainCalls.Require(connection, machine);
        return Relocate(NativeXml.Parse(isPersistent ? DomainCalls.DefinitionXml(domain) : DomainCalls.MigratableXml(domain)).Root!, From, To).ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>Pure: a definition with the disks of one directory in another.</summary>
    internal static XElement Relocate(XElement domain, string from, string to)
    {
        foreach (var disk in domain.Element("devices")?.Elements("disk") ?? [])
        {
            if (disk.Element("source")?.Attribute("file") is not { } file || VolumeIn(from, file.Value) is not { } volume)
                continue;
            file.Value = $"{to.TrimEnd('/')}/{volume}";
            disk.Elements("backingStore").Remove();
        }

        return domain;
    }

    /// <summary>The disks of a definition that lie in a directory: target, volume, and whether they are read only.</summary>
    internal static IReadOnlyList<(string Target, string Volume, bool IsReadOnly)> DisksIn(XElement domain, string directory) =>
    [
        .. from disk in domain.Element("devices")?.Elements("disk") ?? []
           let target = disk.Element("target")?.Attribute("dev")?.Value
           let volume = disk.Element("source")?.Attribute("file")?.Value is { } path ? VolumeIn(directory, path) : null
           where target is not null && volume is not null
           select (target, volume, disk.Element("readonly") is not null),
    ];

    private static string? VolumeIn(string directory, string path) =>
        path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal) && path[(directory.TrimEnd('/').Length + 1)..] is { Length: > 0 } name && !name.Contains('/', StringComparison.Ordinal) ? name : null;
}
