using Portal.Domain;
using Portal.Domain.Hosts;
using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;

namespace Portal.Web.Operations;

/// <summary>The host does not answer at the URI, or refuses; libvirt's own reason and what to check.</summary>
/// <param name="Reason">What the hypervisor layer said.</param>
public sealed record HostTestFailed(string Reason)
    : Refusal("host-test-failed", Reason, "Put that right, then test again.", "uri")
{
    /// <inheritdoc />
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Tries a host before it is added.</summary>
public sealed class HostTester(ILogger<HostTester> logger)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>What the host says about itself. Nobody but an admin makes the portal connect anywhere, and only to what the rules allow.</summary>
    public async Task<Result<HostReport>> TestAsync(Actor actor, HostDraft draft, CancellationToken cancellationToken)
    {
        if (HostService.Check(actor, draft) is { } refusal)
            return refusal;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            return HostReports.From(await HostConnection.TestAsync(draft.Uri, deadline.Token));
        }
        catch (LibvirtException fault)
        {
            logger.LogInformation("The test of {Uri} failed: {Reason}", draft.Uri, fault.Message);
            return new HostTestFailed(fault.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new HostTestFailed($"Nothing answered at {draft.Uri} within {Patience.TotalSeconds:0} s. Check the address, and that libvirt listens there.");
        }
    }
}
