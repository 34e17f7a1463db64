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

/// <summary>The host answers, and has no such storage pool or has not started it: nothing could be made there.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="IsDefined">Whether the host knows it, and has only not started it.</param>
public sealed record HostPoolMissing(string Pool, bool IsDefined) : Refusal(
    "host-pool-missing",
    IsDefined ? $"The host answers, but its storage pool {Pool} is not active." : $"The host answers, but has no storage pool {Pool}.",
    IsDefined ? $"Start it there (virsh pool-start {Pool}, and pool-autostart for the next time), then test again."
        : $"Define it there on the directory all hosts share (virsh pool-define-as {Pool} dir --target DIRECTORY, then pool-start), or give the name that “virsh pool-list --all” shows.",
    "pool")
{
    /// <inheritdoc />
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Tries a host before it is added.</summary>
public sealed class HostTester(ILogger<HostTester> logger)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>What the host says about itself, and whether it has the draft's pool. Nobody but an admin makes the portal connect anywhere, and only to what the rules allow.</summary>
    public Task<Result<HostReport>> TestAsync(Actor actor, HostDraft draft, CancellationToken cancellationToken) =>
        TestAsync(actor, draft, draft.Pool, cancellationToken);

    /// <summary>What answers at a URI, whatever its pools.</summary>
    public Task<Result<HostReport>> TestAsync(Actor actor, string uri, CancellationToken cancellationToken) =>
        // Name and pool play no part in a connection; these are ones that break no rule.
        TestAsync(actor, new HostDraft("test", uri, null, "test"), pool: null, cancellationToken);

    async Task<Result<HostReport>> TestAsync(Actor actor, HostDraft draft, string? pool, CancellationToken cancellationToken)
    {
        if (HostService.Check(actor, draft) is { } refusal)
            return refusal;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            var (facts, found) = await HostConnection.TestAsync(draft.Uri, pool, deadline.Token);
            return pool is null || found is { Active: true } ? HostReports.From(facts) : new HostPoolMissing(pool, IsDefined: found is not null);
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
