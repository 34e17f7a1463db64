namespace Portal.Hypervisor.Migrations;

/// <summary>
/// Listens for the guest after it resumed. The hypervisor reports success also for a guest whose network did not come
/// along; only an answered ping says that it is there. A silent one has its address announced again, ever less often.
/// </summary>
internal sealed class Listener(
    MigrationPlan plan, MoveEnds ends, Findings findings, ProbeWatch probe, Timeline timeline, Bulletin bulletin, TimeProvider time)
{
    private const double FirstAnnounceSeconds = 0.15;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>How often the destination announced the guest's address, as it said itself.</summary>
    public int Announced { get; private set; }

    /// <summary>Whether a ping sent after the guest resumed was answered before the deadline. True without a probe: nobody knows better.</summary>
    public async Task<bool> ListenAsync(double resumed)
    {
        if (!probe.IsActive)
            return true;
        var deadline = resumed + plan.Options.AnswerDeadline.TotalSeconds;
        var wait = FirstAnnounceSeconds;
        var next = resumed + wait;
        while (!probe.HasAnsweredSince(resumed))
        {
            if (timeline.Now > deadline)
            {
                bulletin.Decide("The guest does not answer.", $"{plan.Options.AnswerDeadline.TotalSeconds:0} s after it resumed");
                return false;
            }

            if (timeline.Now > next)
            {
                await AnnounceAsync(timeline.Now - resumed);
                wait *= 2;
                next = timeline.Now + wait;
            }

            await Task.Delay(Look, time, CancellationToken.None);
        }

        if (Announced > 0)
            bulletin.Decide("The guest answers.", $"{(timeline.Now - resumed) * 1000:0} ms after it resumed, its address announced {(Announced == 1 ? "once" : $"{Announced} times")} meanwhile");
        return true;
    }

    /// <summary>Announces the guest once more; said once it was done, so that no receipt claims what was not.</summary>
    private async Task AnnounceAsync(double silence)
    {
        if (!findings.CanAnnounce)
            return;
        try
        {
            if (!await ends.Destination.CallAsync(connection => Machines.DomainCalls.IfFound(connection, plan.Machine, Machines.DomainCalls.Announce), CancellationToken.None))
                return;
            Announced++;
            bulletin.Decide("The guest did not answer yet; its address was announced again.", $"{silence * 1000:0} ms after it resumed");
        }
        catch (LibvirtException e)
        {
            bulletin.Decide("The destination could not announce the guest's address again.", e.Message);
        }
    }
}
