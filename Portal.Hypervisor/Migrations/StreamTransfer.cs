namespace Portal.Hypervisor.Migrations;

/// <summary>Memory goes straight from one hypervisor to the other: live, post-copy, or quick direct.</summary>
internal sealed class StreamTransfer(MigrationPlan plan, MoveEnds ends, Findings findings, Bulletin bulletin) : Transfer(plan, ends, findings, bulletin)
{
    /// <summary>QEMU's own words when an encrypted stream ended before all was sent.</summary>
    public const string BrokenStream = "TLS channel";

    // Preparing for post-copy costs a little on every page, so only who may go post-copy does. QEMU has it on a single connection only.
    private volatile bool _canPostCopy = plan.Mode == MigrationMode.PostCopy
        || (plan is { Mode: MigrationMode.Live, Options.Policy.LastResort: LastResort.PostCopy } && findings.CanPostCopy && findings.Storage is null && !plan.Options.IsParallel);

    public override bool CanPostCopy => _canPostCopy;

    public override async Task RunAsync()
    {
        try
        {
            await CallAsync();
        }
        catch (LibvirtException e) when (CanPostCopy && IsAboutPostCopy(e))
        {
            if (Plan.Mode == MigrationMode.PostCopy)
                throw new LibvirtException(e.Domain, e.Code, $"{e.Message.TrimEnd('.')}. {Preflight.UserfaultAdvice}", e.IsConnectionLost, e);
            _canPostCopy = false;
            Bulletin.Decide("The hosts cannot go post-copy. If it comes to that, the guest is paused and the rest is sent.", $"{e.Message.TrimEnd('.')}. {Preflight.UserfaultAdvice}");
            await CallAsync();
        }
    }

    private async Task CallAsync()
    {
        var endpoint = Plan.Destination.Endpoint;
        var call = new MigrateCall(
            endpoint.PeerUri!, $"tcp:{Bracketed(Plan.StreamAddress ?? endpoint.MigrationAddress!)}",
            Plan.Options.EncryptMemory ? new Uri(endpoint.PeerUri!).IdnHost : null,
            Plan.Mode.KeepsRunning(), CanPostCopy, MaySlow: Plan is { Mode: MigrationMode.Live, Options.Policy.MaySlow: true }, Plan.Options, Findings.Storage);
        try
        {
            await Ends.Source.CallLongAsync(connection => call.Make(connection, Plan.Machine), CallDeadline, CancellationToken.None);
        }
        catch (LibvirtException e) when (Plan.Options.EncryptMemory && IsAboutCertificates(e))
        {
            throw new LibvirtException(e.Domain, e.Code, $"{e.Message.TrimEnd('.')}. {Preflight.EncryptionAdvice}", e.IsConnectionLost, e);
        }
    }

    internal static string Bracketed(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address.Trim('[', ']')}]" : address;

    /// <summary>QEMU's own words, before anything is sent, when it may not use userfaultfd.</summary>
    private static bool IsAboutPostCopy(LibvirtException e) => !e.IsConnectionLost && e.Message.Contains("Postcopy is not supported", StringComparison.Ordinal);

    /// <summary>
    /// QEMU's own words when a host has no certificates for migration, or ones the other does not accept. It speaks of a TLS channel only
    /// after both were content with them.
    /// </summary>
    private static bool IsAboutCertificates(LibvirtException e)
        => !e.IsConnectionLost && !e.Message.Contains(BrokenStream, StringComparison.Ordinal) && (e.Message.Contains("TLS", StringComparison.OrdinalIgnoreCase)
            || e.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("x509", StringComparison.OrdinalIgnoreCase));
}
