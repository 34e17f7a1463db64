using System.Xml;
using System.Xml.Linq;

namespace Portal.Hypervisor.Libvirt;

/// <summary>XML that a host sent. It is no more to be trusted than the host.</summary>
internal static class NativeXml
{
    private static readonly XmlReaderSettings Strict = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>Reads a document; one that cannot be read is that host's failure, like any other.</summary>
    public static XDocument Parse(string text)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), Strict);
            return XDocument.Load(reader);
        }
        catch (XmlException e)
        {
            throw new LibvirtException(LibvirtErrorDomain.None, LibvirtErrorCode.Internal, $"The host sent XML that cannot be read: {e.Message}");
        }
    }
}
