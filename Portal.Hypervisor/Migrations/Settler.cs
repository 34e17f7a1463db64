using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;

namespace Portal.Hypervisor.Migrations;

/// <summary>Carries out what <see cref="Whereabouts"/> judges, until the machine is settled or time is up.</summary>
/// <param name="machine">The machine.</param>
/// <param name="source">Where its move began.</param>
/// <param name="destination">Where it was to go.</param>
/// <param name="time">The clock.</param>
/// <param name="mayMend">Asked right before anything is changed: whether nobody else has taken the machine in hand meanwhile. Null: it is ours.</param>
/// <param name="encryptMemory">Whether memory that still has to follow travels encrypted.</param>
/// <param name="tell">Told what is done so that memory follows again, and why it does not.</param>
/// <param name="path">The way that memory takes; null: the ordinary one, without a limit.</param>
internal sealed class Settler(
    Guid machine, HostConnection source, HostConnection destination, TimeProvider time, Func<CancellationToken, Task<bool>>? mayMend = null,
    bool encryptMemory = true, Action<string, string>? tell = null, StreamPath? path = null)
{
    private readonly PostCopyRecovery _recovery = new(machine, source, destination, time, path, encryptMemory, tell);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Why the last remedy failed.</summary>
    private LibvirtException? _failure;

    /// <summary>Asks, mends and asks again. A host that stays silent leaves the result unknown, and nothing resumed.</summary>
    public async Task<Settlement> SettleAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        Remedy? last = null;
        while (true)
        {
            var sights = await Task.WhenAll(
                Whereabouts.LookAsync(source, machine, cancellationToken), Whereabouts.LookAsync(destination, machine, cancellationToken));
            var judgement = Whereabouts.Judge(sights[0], sights[1]);
            var isSettled = judgement.Remedy switch
            {
                // Nor is a machine called lost that was just crossing over.
                Remedy.None => judgement.Where != WhereItRuns.Nowhere || last == Remedy.None,
                Remedy.Wait => false,
                // The hosts are not asked in the same instant; what changes a machine must be seen twice.
                var remedy => remedy == last && await TryMendAsync(remedy, cancellationToken),
            };
            last = judgement.Remedy;
            if (isSettled)
                return await ConcludeAsync(judgement, cancellationToken);
            if (time.GetElapsedTime(began) > deadline)
                return Whereabouts.Unsettled(judgement, _failure?.Message);
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>A migration that is still under way after <paramref name="waitOut"/> is aborted: no machine is left moving under a closed operation.</summary>
    public async Task<Settlement> SettleOrAbortAsync(TimeSpan waitOut, TimeSpan afterAbort, CancellationToken cancellationToken)
    {
        var settlement = await SettleAsync(waitOut, cancellationToken);
        if (settlement.Where != WhereItRuns.StillMoving)
            return settlement;
        try
        {
            await using var session = await source.OpenPrivateAsync(cancellationToken);
            await session.CallAsync(connection => JobCalls.Abort(connection, machine), cancellationToken);
        }
        catch (LibvirtException)
        {
            // Then it is still moving, or its source is silent: the hosts say which.
        }

        return await SettleAsync(afterAbort, cancellationToken);
    }

    /// <summary>After a remedy that changes where it runs, the answer is what the hosts say afterwards.</summary>
    private async Task<Settlement> ConcludeAsync(Judgement judgement, CancellationToken cancellationToken)
    {
        var where = judgement.Remedy == Remedy.RestoreSource ? WhereItRuns.Source : judgement.Where;
        if (where is WhereItRuns.Source or WhereItRuns.Destination)
            await SavedMemory.TryRemoveAsync(where == WhereItRuns.Source ? source : destination, machine, cancellationToken);
        return new Settlement(where, judgement.Explanation, judgement.IsOff);
    }

    /// <summary>True when the machine is settled by it; a host that fails now is asked again.</summary>
    private async Task<bool> TryMendAsync(Remedy remedy, CancellationToken cancellationToken)
    {
        try
        {
            return (mayMend is null || await mayMend(cancellationToken)) && await MendAsync(remedy, cancellationToken);
        }
        catch (LibvirtException e)
        {
            _failure = e;
            return false;
        }
    }

    private async Task<bool> MendAsync(Remedy remedy, CancellationToken cancellationToken)
    {
        switch (remedy)
        {
            case Remedy.ResumeSource:
                return await ActAsync(source, DomainCalls.Resume, cancellationToken);
            case Remedy.ResumeDestination:
                return await ActAsync(destination, DomainCalls.Resume, cancellationToken);
            case Remedy.DiscardDestination:
                await ActAsync(destination, DomainCalls.Discard, cancellationToken);
                return false;
            case Remedy.CleanSource:
                await ActAsync(source, domain =>
                {
                    DomainCalls.Destroy(domain);
                    DomainCalls.Undefine(domain);
                }, cancellationToken);
                return true;
            case Remedy.StopSource:
                return await ActAsync(source, DomainCalls.Destroy, cancellationToken);
            case Remedy.RestoreSource:
                return await SavedMemory.TryRestoreAsync(source, machine, cancellationToken);
            case Remedy.ResumePostCopy:
                await _recovery.TryAsync(cancellationToken);
                return false;
            case Remedy.None or Remedy.Wait:
            default:
                return false;
        }
    }

    private async Task<bool> ActAsync(HostConnection host, Action<DomainHandle> act, CancellationToken cancellationToken)
    {
        await using var session = await host.OpenPrivateAsync(cancellationToken);
        return await session.CallAsync(connection => DomainCalls.IfFound(connection, machine, act), cancellationToken);
    }
}
