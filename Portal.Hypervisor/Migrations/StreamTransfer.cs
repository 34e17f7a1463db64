namespace Portal.Hypervisor.Migrations;

/// <summary>Memory goes straight from one hypervisor to the other: live, or quick direct.</summary>
internal sealed class StreamTransfer(MigrationPlan plan, MoveEnds ends, Findings findings, Bulletin bulletin) : Transfer(plan, ends, bulletin)
{
    public override async Task RunAsync()
    {
        var isEncrypted = Plan.Options.Encryption != MemoryEncryption.Off && findings.CanEncrypt;
        if (Plan.Options.Encryption == MemoryEncryption.Required && !findings.CanEncrypt)
            throw new LibvirtException(LibvirtErrorDomain.Qemu, LibvirtErrorCode.ConfigUnsupported,
                "The memory stream must be encrypted and one of the hosts cannot do that.");
        try
        {
            await MakeAsync(isEncrypted);
        }
        catch (LibvirtException e) when (isEncrypted && Plan.Options.Encryption == MemoryEncryption.WhenAvailable && IsAboutCertificates(e))
        {
            Bulletin.Decide("Send memory unencrypted: the hosts have no certificates for the memory stream.", e.Message);
            await MakeAsync(isEncrypted: false);
        }
    }

    private Task<bool> MakeAsync(bool isEncrypted)
    {
        var endpoint = Plan.Destination.Endpoint;
        var call = new MigrateCall(
            endpoint.PeerUri!, $"tcp:{Bracketed(endpoint.MigrationAddress!)}",
            isEncrypted ? new Uri(endpoint.PeerUri!).IdnHost : null,
            Plan.Mode == MigrationMode.Live, Plan.Options.MaxMibPerSecond);
        return Ends.Source.CallLongAsync(connection => call.Make(connection, Plan.Machine), CallDeadline, CancellationToken.None);
    }

    private static string Bracketed(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address.Trim('[', ']')}]" : address;

    /// <summary>QEMU refuses before anything is sent when a host has no certificates for migration.</summary>
    private static bool IsAboutCertificates(LibvirtException e)
        => !e.IsConnectionLost && (e.Message.Contains("TLS", StringComparison.OrdinalIgnoreCase)
            || e.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("x509", StringComparison.OrdinalIgnoreCase));
}
