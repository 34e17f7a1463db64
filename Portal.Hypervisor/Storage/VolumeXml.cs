using System.Xml.Linq;

namespace Portal.Hypervisor.Storage;

/// <summary>Writes volumes as libvirt's storage XML.</summary>
internal static class VolumeXml
{
    /// <summary>A qcow2 overlay. The backing format is written down, so that nobody ever guesses it from a guest's bytes.</summary>
    public static XElement Overlay(string name, long capacityBytes, string backingPath, string backingFormat) => new("volume",
        new XElement("name", name),
        Capacity(capacityBytes),
        new XElement("allocation", new XAttribute("unit", "bytes"), 0),
        new XElement("target", new XElement("format", new XAttribute("type", "qcow2")), new XElement("compat", "1.1")),
        new XElement("backingStore",
            new XElement("path", backingPath),
            new XElement("format", new XAttribute("type", backingFormat))));

    /// <summary>
    /// A qcow2 volume to fill from another, as its host describes it. One that grew from an image does so again: only what
    /// differs from that image is copied.
    /// </summary>
    public static XElement Copy(string name, XElement source)
    {
        var copy = new XElement("volume",
            new XElement("name", name),
            new XElement("capacity", new XAttribute("unit", "bytes"), source.Element("capacity")?.Value ?? "0"),
            new XElement("target", new XElement("format", new XAttribute("type", "qcow2")), new XElement("compat", "1.1")));
        if (source.Element("backingStore") is { } backing && backing.Element("path")?.Value is { Length: > 0 } path)
        {
            copy.Add(new XElement("backingStore",
                new XElement("path", path),
                new XElement("format", new XAttribute("type", backing.Element("format")?.Attribute("type")?.Value ?? "raw"))));
        }

        return copy;
    }

    /// <summary>An empty qcow2 volume that grows from no image.</summary>
    public static XElement Empty(string name, long capacityBytes) => new("volume",
        new XElement("name", name),
        Capacity(capacityBytes),
        new XElement("allocation", new XAttribute("unit", "bytes"), 0),
        new XElement("target", new XElement("format", new XAttribute("type", "qcow2")), new XElement("compat", "1.1")));

    public static XElement Raw(string name, long capacityBytes) => new("volume",
        new XElement("name", name),
        Capacity(capacityBytes),
        new XElement("target", new XElement("format", new XAttribute("type", "raw"))));

    private static XElement Capacity(long bytes) => new("capacity", new XAttribute("unit", "bytes"), bytes);
}
