namespace Portal.Hypervisor.Migrations;

/// <summary>Memory goes straight from one hypervisor to the other: live, post-copy, or quick direct.</summary>
internal sealed class StreamTransfer(MigrationPlan plan, MoveEnds ends, Findings findings, Bulletin bulletin) : Transfer(plan, ends, findings, bulletin)
{
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
        catch (LibvirtException e) when (CanPostCopy && !e.IsConnectionLost && MoveFailure.IsAboutPostCopy(e.Message))
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
        catch (LibvirtException e) when (Plan.Options.EncryptMemory && !e.IsConnectionLost && MoveFailure.IsAboutCertificates(e.Message))
        {
            throw new LibvirtException(e.Domain, e.Code, $"{e.Message.TrimEnd('.')}. {Preflight.EncryptionAdvice}", e.IsConnectionLost, e);
        }
    }

    internal static string Bracketed(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address.Trim('[', ']')}]" : address;
}
