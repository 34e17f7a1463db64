using System.Text;

namespace Portal.Hypervisor.Seeds;

/// <summary>
/// Writes a seed as the small ISO 9660 image, labelled <c>cidata</c>, that cloud-init's NoCloud source looks for.
/// </summary>
public static class NoCloudImage
{
    /// <summary>Builds the image; the same seed gives the same bytes.</summary>
    public static byte[] Build(Seed seed)
    {
        ArgumentNullException.ThrowIfNull(seed);
        return IsoImage.Write("cidata",
        [
            new IsoFile("meta-data", Encoding.UTF8.GetBytes(NoCloudDocuments.MetaData(seed))),
            new IsoFile("network-config", Encoding.UTF8.GetBytes(NoCloudDocuments.NetworkConfig(seed))),
            new IsoFile("user-data", Encoding.UTF8.GetBytes(NoCloudDocuments.UserData(seed))),
        ]);
    }
}
