using Portal.Hypervisor.Hosts;

namespace Portal.Hypervisor.Migrations;

/// <summary>
/// Lets the memory of a guest that went on before it follow again after the stream broke (<c>VIR_MIGRATE_POSTCOPY_RESUME</c>), tried ever
/// less often. The destination may notice only on its next request that the stream is gone, and refuses until then.
/// </summary>
internal sealed class PostCopyRecovery(
    Guid machine, HostConnection source, HostConnection destination, TimeProvider time, StreamPath? path, bool encryptMemory, Action<string, string>? tell)
{
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(15), Longest = TimeSpan.FromHours(1);

    private TimeSpan _wait = TimeSpan.FromSeconds(1);
    private long? _tried;
    private Task? _following;
    private string _told = "";

    /// <summary>Tries when it is time to. Returns while memory follows: the hosts say when all of it has.</summary>
    /// <exception cref="LibvirtException">It does not follow yet; the message says why.</exception>
    public async Task TryAsync(CancellationToken cancellationToken)
    {
        // A try that is still under way is the one libvirt listens to: it would refuse a second.
        if (_following is { IsCompleted: false } || _tried is { } tried && time.GetElapsedTime(tried) < _wait)
            return;
        _wait = _tried is null ? _wait : _wait * 2 < MostWait ? _wait * 2 : MostWait;
        try
        {
            await TryOnceAsync(cancellationToken);
        }
        catch (LibvirtException e)
        {
            Tell("The guest waits for its memory; the portal goes on trying.", e.Message);
            throw;
        }
        finally
        {
            _tried = time.GetTimestamp();
        }
    }

    private async Task TryOnceAsync(CancellationToken cancellationToken)
    {
        await RequireAsync(source, cancellationToken);
        await RequireAsync(destination, cancellationToken);
        var session = await source.OpenPrivateAsync(cancellationToken);
        var call = session.CallLongAsync(connection => MigrateCall.Resume(destination.Endpoint, path, encryptMemory).Make(connection, machine), Longest, CancellationToken.None);
        _following = call;
        // libvirt carries it on by itself; the session stays until it has, so that a refusal is heard.
        _ = call.ContinueWith(ended => (ended.Exception, session.DisposeAsync().AsTask()), TaskScheduler.Default);
        await Task.WhenAny(call, Task.Delay(_wait, time, cancellationToken));
        if (call.IsCompleted)
            await call;
        Tell("The stream between the hosts is taken up again; the rest of the guest's memory follows.", "");
    }

    private static async Task RequireAsync(HostConnection host, CancellationToken cancellationToken)
    {
        await using var session = await host.OpenPrivateAsync(cancellationToken);
        var facts = await session.CallAsync(HostInquiry.Ask, cancellationToken);
        if (facts.Can(CapabilityNames.PostCopyRecovery) is { Available: false, Reason: var reason })
            throw new LibvirtException(LibvirtErrorDomain.None, LibvirtErrorCode.NoSupport, $"{host.Endpoint.Name}: {reason}");
    }

    private void Tell(string text, string figures)
    {
        if (_told == text + figures)
            return;
        _told = text + figures;
        tell?.Invoke(text, figures);
    }
}
