using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Storage;

namespace Portal.Hypervisor.Migrations;

/// <summary>How one host sees the machine.</summary>
internal enum Presence
{
    /// <summary>The host does not answer.</summary>
    Unreachable,
    /// <summary>The host answers, but not to this question just now, as while the guest is being torn down.</summary>
    Unclear,
    /// <summary>Not defined there.</summary>
    Absent,
    /// <summary>Defined, not running.</summary>
    Off,
    /// <summary>Its memory was saved to a file and it stopped: the host says so, or, after a restart of its daemon, the file on the store does.</summary>
    Saved,
    /// <summary>In memory and standing still, because it is being moved or a move broke off.</summary>
    Halted,
    /// <summary>In memory and standing still for a reason that no move gives, such as a disk error or a person: it has run there.</summary>
    Stalled,
    /// <summary>In memory and standing still after a post-copy move took it on to the other host: what did not follow yet is here, and it must never run here again.</summary>
    Holding,
    /// <summary>Executing after a post-copy move brought it, with part of its memory still at the other host.</summary>
    Fetching,
    /// <summary>Executing.</summary>
    Running,
}

/// <summary>One host's answer.</summary>
/// <param name="Presence">How it sees the machine.</param>
/// <param name="IsBusy">A job on the machine is under way there.</param>
/// <param name="HasRun">Off there: whether it ran there before. Null: the host does not say, as after it was restarted.</param>
/// <param name="IsBroken">The stream of its post-copy move broke, and libvirt does no more about it by itself.</param>
internal sealed record Sight(Presence Presence, bool IsBusy = false, bool? HasRun = null, bool IsBroken = false)
{
    /// <summary>Off there after having run there.</summary>
    public bool HasStopped => Presence is Presence.Off or Presence.Saved && HasRun == true;
}

/// <summary>What is to be done so that exactly one host has the machine.</summary>
internal enum Remedy
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>Ask again: something still moves, or a host does not answer.</summary>
    Wait,
    /// <summary>Let the source run on; the destination is proven not to run it.</summary>
    ResumeSource,
    /// <summary>Throw away what arrived at the destination, which never ran, and look again.</summary>
    DiscardDestination,
    /// <summary>Let the destination run; the source is proven not to.</summary>
    ResumeDestination,
    /// <summary>Remove what is left at the source.</summary>
    CleanSource,
    /// <summary>Restore the saved memory at the source.</summary>
    RestoreSource,
    /// <summary>Cut the power of what is left at the source: it went on elsewhere and can run no more.</summary>
    StopSource,
    /// <summary>Let the rest of its memory follow to the destination, where it went on without it.</summary>
    ResumePostCopy,
}

/// <summary>The judgement on two answers.</summary>
/// <param name="Where">The host that has it.</param>
/// <param name="Remedy">What is left to do.</param>
/// <param name="Explanation">Why, for people.</param>
/// <param name="IsOff">It is that host's, and switched off.</param>
internal sealed record Judgement(WhereItRuns Where, Remedy Remedy, string Explanation, bool IsOff = false);

/// <summary>
/// Decides from both hosts' answers where a machine runs and what is left to do. Pure. Its one rule: the source is never
/// resumed unless the destination answers and is proven neither to run the guest nor to have run it, nor the destination
/// while the source may run it. Once the destination has run it, the disk is newer than what the source remembers: so a source that a
/// post-copy move began to leave is never resumed at all, and as long as memory of it is missing elsewhere it is not touched either.
/// </summary>
internal static class Whereabouts
{
    public static Judgement Judge(Sight source, Sight destination) => (source.Presence, destination.Presence) switch
    {
        (Presence.Unclear, _) => new(WhereItRuns.Unknown, Remedy.Wait, "The source does not say what has become of it."),
        (_, Presence.Unclear) => new(WhereItRuns.Unknown, Remedy.Wait, "The destination does not say what has become of it."),
        // libvirt keeps the job of a broken stream, so a job alone proves nothing.
        (Presence.Holding, Presence.Fetching) when source.IsBroken => new(WhereItRuns.Unknown, Remedy.ResumePostCopy,
            "It went on at the destination and waits for its memory, which is at the source. Neither is touched; the portal lets it follow as soon as both hosts and the network between them are well."),
        (Presence.Holding, Presence.Fetching) when source.IsBusy || destination.IsBusy => new(WhereItRuns.StillMoving, Remedy.Wait, "It went on at the destination, and its memory is following."),
        (Presence.Fetching, _) or (_, Presence.Holding) => new(WhereItRuns.Unknown, Remedy.Wait, "Another post-copy move of it is under way, or broke off. Nothing is touched until that has ended."),
        (_, Presence.Fetching) => new(WhereItRuns.Unknown, Remedy.Wait,
            "It went on at the destination, and part of its memory has not followed from the source. Touch neither: its memory can follow only while the source holds it. See that both hosts and the network between them are well."),
        (Presence.Holding, Presence.Unreachable) => new(WhereItRuns.Unknown, Remedy.Wait,
            "It went on at the destination, which does not answer, and memory it may still need is at the source. Nothing there is touched until that is known."),
        (Presence.Holding, Presence.Running or Presence.Stalled) => new(WhereItRuns.Destination, source.IsBusy || destination.IsBusy ? Remedy.Wait : Remedy.None,
            "It went on at the destination; what is left of it at the source is removed by libvirt when all of its memory has followed."),
        (Presence.Holding, _) when destination.HasStopped => new(WhereItRuns.Destination, Remedy.CleanSource,
            "It went on at the destination and has stopped there; what was left at the source is removed.", IsOff: true),
        (Presence.Holding, Presence.Absent or Presence.Off or Presence.Saved) => new(WhereItRuns.Nowhere, source.IsBusy ? Remedy.Wait : Remedy.StopSource,
            "It went on at the destination and was lost there before all of its memory had followed; what was left at the source is cut off."),
        (Presence.Holding, _) => new(WhereItRuns.Unknown, Remedy.Wait, "It is about to go on at the destination."),
        (Presence.Running, _) when source.IsBusy => new(WhereItRuns.StillMoving, Remedy.Wait, "It runs at the source while its memory is being copied."),
        // The two were not asked in the same instant: it may have crossed over in between. Asked again they tell.
        (Presence.Running, Presence.Running) => new(WhereItRuns.Unknown, Remedy.Wait,
            "Both hosts say they run the machine. Stop it at one of them by hand now: two guests on one disk destroy it."),
        (Presence.Running, Presence.Halted) => new(WhereItRuns.Source, Remedy.DiscardDestination, "It runs at the source; what had arrived at the destination is thrown away."),
        (Presence.Running, Presence.Stalled) => new(WhereItRuns.Unknown, Remedy.Wait,
            "It runs at the source, and a copy that has run stands still at the destination. Look at both, and cut the power of the older one by hand."),
        (Presence.Running, _) => new(WhereItRuns.Source, Remedy.None, "It runs at the source."),
        (Presence.Unreachable, Presence.Running) => new(WhereItRuns.Destination, Remedy.None,
            "It runs at the destination. The source does not answer; what is left of it there is removed when it does."),
        (Presence.Unreachable, Presence.Stalled) => new(WhereItRuns.Destination, Remedy.None,
            "It has run at the destination and stands still there. The source does not answer; what is left of it there is removed when it does."),
        (Presence.Unreachable, _) when destination.HasStopped => new(WhereItRuns.Destination, Remedy.None,
            "It has run at the destination and was switched off there. The source does not answer; what is left of it there is removed when it does.", IsOff: true),
        (Presence.Absent, Presence.Running) => new(WhereItRuns.Destination, Remedy.None, "It runs at the destination."),
        (Presence.Absent, Presence.Stalled) => new(WhereItRuns.Destination, Remedy.None, "It has run at the destination and stands still there."),
        // A job at the destination may be somebody moving it back: what stands still at the source would be that move's.
        (_, Presence.Running) when destination.IsBusy => new(WhereItRuns.Destination, Remedy.Wait, "It runs at the destination, where a job on it is under way."),
        (_, Presence.Running) => new(WhereItRuns.Destination, Remedy.CleanSource, "It runs at the destination; what was left at the source is removed."),
        (Presence.Unreachable, Presence.Unreachable) => new(WhereItRuns.Unknown, Remedy.Wait, "Neither host answers."),
        (Presence.Unreachable, _) => new(WhereItRuns.Unknown, Remedy.Wait,
            "The source does not answer and the destination does not run the machine: it most likely runs on at the source."),
        (Presence.Halted or Presence.Stalled, Presence.Unreachable) => new(WhereItRuns.Unknown, Remedy.Wait,
            "It stands still at the source, and the destination, which may run it, does not answer. It is not resumed until that is known."),
        (_, Presence.Unreachable) => new(WhereItRuns.Unknown, Remedy.Wait, "The source does not run it, and the destination does not answer."),
        (Presence.Halted or Presence.Stalled, _) when source.IsBusy => new(WhereItRuns.StillMoving, Remedy.Wait, "The hosts are still handing it over."),
        (Presence.Stalled, Presence.Stalled) => new(WhereItRuns.Unknown, Remedy.Wait,
            "It has run on both hosts and stands still on both. Look at both, and cut the power of the older one by hand."),
        // A restore stands still for a moment like a guest that a person paused: the source cannot run it, so running on is right for both.
        (Presence.Saved, Presence.Stalled) => new(WhereItRuns.Destination, Remedy.ResumeDestination, "It stood still at the destination; the source does not run it, so it is resumed there."),
        (_, Presence.Stalled) => new(WhereItRuns.Destination, Remedy.CleanSource, "It has run at the destination and stands still there; what was left at the source is removed."),
        (Presence.Halted or Presence.Stalled, Presence.Halted) => new(WhereItRuns.StillMoving, Remedy.DiscardDestination,
            "It stands still on both hosts; the copy at the destination never ran and is thrown away."),
        (Presence.Halted or Presence.Stalled, Presence.Off or Presence.Saved) when destination.HasRun is null => new(WhereItRuns.Unknown, Remedy.Wait,
            "It stands still at the source, and the destination has a definition of it and does not say whether it ran there. If it did not, resume it at the source by hand; if it did, cut its power there."),
        (not Presence.Absent, _) when destination.HasStopped => new(WhereItRuns.Destination, Remedy.CleanSource,
            "It has run at the destination and was switched off there; what was left at the source is removed.", IsOff: true),
        (Presence.Halted or Presence.Stalled, _) => new(WhereItRuns.Source, Remedy.ResumeSource, "It stood still at the source; the destination does not run it, so it is resumed."),
        (_, Presence.Halted) => new(WhereItRuns.Destination, Remedy.ResumeDestination, "It stood still at the destination; the source does not run it, so it is resumed there."),
        (Presence.Saved, _) => new(WhereItRuns.Nowhere, Remedy.RestoreSource, "Its memory is saved; it is restored at the source."),
        (Presence.Absent, Presence.Off or Presence.Saved) => new(WhereItRuns.Destination, Remedy.None, "Only the destination has it, switched off.", IsOff: true),
        _ => new(WhereItRuns.Nowhere, Remedy.None, "Both hosts answer and neither runs the machine."),
    };

    /// <summary>
    /// What is said of a machine when time is up. A remedy that was not carried out leaves it unsettled, whatever its judgement
    /// says it would have come to.
    /// </summary>
    public static Settlement Unsettled(Judgement judgement, string? failure)
    {
        var undone = judgement.Remedy switch
        {
            Remedy.None or Remedy.Wait => null,
            Remedy.ResumeSource => "It stands still at the source and could not be resumed there",
            Remedy.DiscardDestination => "What had arrived at the destination could not be thrown away",
            Remedy.ResumeDestination => "It stands still at the destination and could not be resumed there",
            Remedy.CleanSource => "It is at the destination, and what is left of it at the source could not be removed",
            Remedy.StopSource => "It was lost at the destination, and what is left of it at the source could not be cut off",
            Remedy.ResumePostCopy => $"{judgement.Explanation.TrimEnd('.')}. It could not yet",
            Remedy.RestoreSource => "Its memory is saved and could not be restored at the source",
        };
        if (undone is null)
            return new Settlement(judgement.Where, judgement.Explanation, judgement.IsOff);
        // What is left at the source stands still: the machine is the destination's all the same.
        return new Settlement(judgement.Remedy == Remedy.CleanSource ? judgement.Where : WhereItRuns.Unknown,
            $"{undone}: {failure?.TrimEnd('.') ?? "there was no time for it"}.", judgement.IsOff);
    }

    /// <summary>Asks one host over a connection of its own; silence is an answer too.</summary>
    public static async Task<Sight> LookAsync(HostConnection host, Guid machine, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await host.OpenPrivateAsync(cancellationToken);
            var sight = await session.CallAsync(connection => Look(connection, machine), cancellationToken);
            return sight switch
            {
                // A daemon that was restarted does not remember why a machine is off.
                { Presence: Presence.Off, HasRun: null } when await OnStoreAsync(SavedMemory.IsCurrent) => sight with { Presence = Presence.Saved },
                // One that remembers does not know that the machine ran on elsewhere.
                { Presence: Presence.Saved } when await OnStoreAsync(SavedMemory.IsOutdated) => sight with { Presence = Presence.Off },
                _ => sight,
            };

            Task<bool> OnStoreAsync(Func<ConnectHandle, Guid, bool> ask)
                => session.CallAsideAsync(connection => ask(connection, machine), StorageCalls.Deadline, cancellationToken);
        }
        catch (LibvirtException e) when (e.IsConnectionLost)
        {
            return new Sight(Presence.Unreachable);
        }
        catch (LibvirtException)
        {
            return new Sight(Presence.Unclear);
        }
    }

    private static Sight Look(ConnectHandle connection, Guid machine)
    {
        var sight = new Sight(Presence.Absent);
        DomainCalls.IfFound(connection, machine, domain => sight = Describe(connection, machine, DomainCalls.State(domain)));
        return sight;
    }

    private static Sight Describe(ConnectHandle connection, Guid machine, DomainState state)
    {
        var isBusy = state.IsActive && JobCalls.Read(connection, machine) is not null;
        return new Sight(state.Power switch
        {
            PowerState.Running or PowerState.ShuttingDown => state.IsFetching ? Presence.Fetching : Presence.Running,
            PowerState.Paused => state.IsHolding ? Presence.Holding : state.IsHaltedByMove ? Presence.Halted : Presence.Stalled,
            PowerState.Off or PowerState.Crashed or PowerState.Unknown => state.IsSaved ? Presence.Saved : Presence.Off,
        }, isBusy, state.HasRun, state.IsBroken);
    }
}
