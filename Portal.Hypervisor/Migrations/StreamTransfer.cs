namespace Portal.Hypervisor.Migrations;

/// <summary>Memory goes straight from one hypervisor to the other: live, or quick direct.</summary>
internal sealed class StreamTransfer(MigrationPlan plan, MoveEnds ends, Bulletin bulletin) : Transfer(plan, ends, bulletin)
{
    public override async Task RunAsync()
    {
        var endpoint = Plan.Destination.Endpoint;
        var call = new MigrateCall(
            endpoint.PeerUri!, $"tcp:{Bracketed(endpoint.MigrationAddress!)}",
            Plan.Options.EncryptMemory ? new Uri(endpoint.PeerUri!).IdnHost : null,
            Plan.Mode == MigrationMode.Live, Plan.Options.MaxMibPerSecond);
        try
        {
            await Ends.Source.CallLongAsync(connection => call.Make(connection, Plan.Machine), CallDeadline, CancellationToken.None);
        }
        catch (LibvirtException e) when (Plan.Options.EncryptMemory && IsAboutCertificates(e))
        {
            throw new LibvirtException(e.Domain, e.Code, $"{e.Message.TrimEnd('.')}. {Preflight.EncryptionAdvice}", e.IsConnectionLost, e);
        }
    }

    private static string Bracketed(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address.Trim('[', ']')}]" : address;

    /// <summary>QEMU's own words when a host has no certificates for migration, or ones the other does not accept.</summary>
    private static bool IsAboutCertificates(LibvirtException e)
        => !e.IsConnectionLost && (e.Message.Contains("TLS", StringComparison.OrdinalIgnoreCase)
            || e.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("x509", StringComparison.OrdinalIgnoreCase));
}
