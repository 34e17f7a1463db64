using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Portal.Hypervisor.Hosts;

namespace Portal.Hypervisor.Migrations;

/// <summary>Moves machines between hosts. Keeps no state between moves; any number may run at once.</summary>
/// <param name="logger">Where faults of the portal itself go.</param>
/// <param name="time">The clock.</param>
/// <param name="encryptMemory">Whether memory that still has to follow after an interruption travels encrypted, as it did before.</param>
public sealed class MigrationEngine(ILogger? logger = null, TimeProvider? time = null, bool encryptMemory = true)
{
    private static readonly TimeSpan WaitOut = TimeSpan.FromSeconds(60), AfterAbort = TimeSpan.FromSeconds(30);

    /// <summary>Looks at guests before they move, and for whoever wants to know what a move would be.</summary>
    public GuestGauge Gauge { get; } = new(time);

    private readonly ILogger _logger = logger ?? NullLogger.Instance;
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>
    /// Makes a move and tells everything that happens. The last update is always <see cref="Finished"/>. A reader that
    /// leaves early cancels the move, and its leaving waits until the machine is settled; one that abandons it leaves at once.
    /// </summary>
    /// <param name="plan">The move.</param>
    /// <param name="abandon">
    /// Leave everything as it is: nothing is stopped, undone or begun any more. libvirt carries on what it was told, and
    /// whoever comes next settles it.
    /// </param>
    /// <param name="stop">Cancels: the machine stays at the source if that is still possible. The updates go on to the end.</param>
    public async IAsyncEnumerable<MigrationUpdate> RunAsync(MigrationPlan plan, CancellationToken abandon, [EnumeratorCancellation] CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var leave = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var run = new MigrationRun(plan, Gauge, _logger, _time, abandon);
        var running = Task.Run(() => run.RunAsync(leave.Token), CancellationToken.None);
        try
        {
            await foreach (var update in run.Bulletin.Reader.ReadAllAsync(abandon))
                yield return update;
        }
        finally
        {
            if (!abandon.IsCancellationRequested)
            {
                await leave.CancelAsync();
                await running;
            }

            // An abandoned run still listens for it until libvirt returns.
            _ = running.ContinueWith(_ => leave.Dispose(), TaskScheduler.Default);
        }
    }

    /// <summary>
    /// After a crash of the portal: asks both hosts where the machine runs. A migration still under way (libvirt carries it
    /// on by itself) is waited out for a minute, then aborted; what is left at the loser is removed, and a guest that stands
    /// still is resumed where the other host is proven not to run it.
    /// </summary>
    /// <returns>Where it runs; <see cref="WhereItRuns.Unknown"/> when a host that may run it does not answer: settle again later.</returns>
    public Task<Settlement> SettleAsync(Guid machine, HostConnection source, HostConnection destination, CancellationToken cancellationToken)
        => SettleAsync(machine, source, destination, path: null, cancellationToken);

    /// <summary>Like the other, where memory that still has to follow takes a way of its own.</summary>
    public Task<Settlement> SettleAsync(Guid machine, HostConnection source, HostConnection destination, StreamPath? path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        return new Settler(machine, source, destination, _time, encryptMemory: encryptMemory, path: path).SettleOrAbortAsync(WaitOut, AfterAbort, cancellationToken);
    }

    /// <summary>
    /// Removes a settled machine's disks from the end of its move that it is not at, where its hosts share no store and the move itself could
    /// not. Does nothing where there is nothing to remove, or where both ends are one store.
    /// </summary>
    /// <param name="machine">The machine.</param>
    /// <param name="volumes">Its volumes, by the same names at both ends.</param>
    /// <param name="kept">Where it is.</param>
    /// <param name="extra">Where it is not.</param>
    /// <param name="mayMend">Asked right before anything is removed; null: whoever asks has the machine in hand.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many volumes were removed.</returns>
    /// <exception cref="LibvirtException">An end did not answer or did not do as it was told; asking again later is safe.</exception>
    public Task<int> ClearAsync(Guid machine, IReadOnlyList<string> volumes, DiskEnd kept, DiskEnd extra, Func<CancellationToken, Task<bool>>? mayMend, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(kept);
        ArgumentNullException.ThrowIfNull(extra);
        return StorageCarrier.ClearAsync(machine, volumes, kept, extra, _time.GetUtcNow(), mayMend, cancellationToken);
    }

    /// <summary>Whether two pools are one store: proven by writing to one and looking in the other, whatever their names and paths are.</summary>
    /// <exception cref="LibvirtException">One of the pools is not there or cannot be written to.</exception>
    public async Task<bool> IsOneStoreAsync(DiskEnd one, DiskEnd other, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        await using var here = await one.Host.OpenPrivateAsync(cancellationToken);
        await using var there = await other.Host.OpenPrivateAsync(cancellationToken);
        return await SharedStore.IsOneAsync(here, one.Pool, there, other.Pool, _time.GetUtcNow(), cancellationToken);
    }

    /// <summary>
    /// Takes back the limit of a move whose portal died before it could: libvirt would hold the machine's next move to it. What an administrator had set
    /// before is not known any more.
    /// </summary>
    /// <exception cref="LibvirtException">The host did not answer or did not do as it was told.</exception>
    public static Task LiftLimitAsync(Guid machine, HostConnection host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.CallAsync(connection => JobCalls.SetMaxSpeed(connection, machine, mibPerSecond: null, isPostCopy: false), cancellationToken);
    }

    /// <summary>Like <see cref="SettleAsync(Guid, HostConnection, HostConnection, StreamPath?, CancellationToken)"/>, but a migration still under way is left alone, and so is a machine somebody else takes in hand: for a look now and then.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="source">Where its move began.</param>
    /// <param name="destination">Where it was to go.</param>
    /// <param name="path">The way its memory was told to take, for one that is to follow yet; null: the ordinary one.</param>
    /// <param name="atMost">Longest this may take.</param>
    /// <param name="mayMend">Asked right before anything is changed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Settlement> TrySettleAsync(
        Guid machine, HostConnection source, HostConnection destination, StreamPath? path, TimeSpan atMost, Func<CancellationToken, Task<bool>> mayMend, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        return new Settler(machine, source, destination, _time, mayMend, encryptMemory, path: path).SettleAsync(atMost, cancellationToken);
    }
}
