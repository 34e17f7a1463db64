namespace Portal.Hypervisor.Seeds;

/// <summary>Writes a seed as an ISO 9660 image labelled <c>cidata</c>.</summary>
public static class NoCloudImage
{
    /// <summary>Builds the image.</summary>
    public static byte[] Build(Seed seed) => throw new NotSupportedException("Not built yet.");
}
