using Portal.Hypervisor.Hosts;

namespace Portal.Hypervisor.Migrations;

/// <summary>
/// Measures what a running guest does with its memory: how much it has touched, and how fast it writes within a fifth of a second and
/// within a second. The guest runs on meanwhile. Whoever asks while a measurement is under way, or shortly after it, shares it: two
/// measurements of one guest at a time would disturb each other, and a hundred askers cost what one does.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class GuestGauge(TimeProvider? time = null)
{
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(20);

    /// <summary>Longest a measurement may take beyond its windows: a host that is slow to answer holds up no move.</summary>
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(4);

    private static readonly (TimeSpan Length, bool IsShort)[] Windows = [(TimeSpan.FromMilliseconds(200), true), (TimeSpan.FromSeconds(1), false)];
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, (long Begun, Task<GuestSight?> Sight)> _known = [];

    /// <summary>Looks at a guest.</summary>
    /// <param name="host">Where it runs.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="cancellationToken">Gives up waiting; the measurement goes on for the others.</param>
    /// <returns>What was seen; null when it does not run there.</returns>
    /// <exception cref="LibvirtException">The host could not be asked.</exception>
    public Task<GuestSight?> LookAsync(HostConnection host, Guid machine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            foreach (var old in _known.Where(pair => pair.Value.Sight.IsCompleted && _time.GetElapsedTime(pair.Value.Begun, now) > Keep).Select(pair => pair.Key).ToList())
                _known.Remove(old);
            if (_known.TryGetValue(machine, out var known) && !known.Sight.IsFaulted && !known.Sight.IsCanceled)
                return known.Sight.WaitAsync(cancellationToken);
            var sight = MeasureAsync(host, machine);
            _known[machine] = (now, sight);
            return sight.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Forgets what was seen of a machine: it has moved, or is about to do something else.</summary>
    public void Forget(Guid machine)
    {
        lock (_gate)
            _known.Remove(machine);
    }

    private async Task<GuestSight?> MeasureAsync(HostConnection host, Guid machine)
    {
        using var deadline = new CancellationTokenSource(AtMost, _time);
        if (await host.CallAsync(connection => DirtyRateCalls.Look(connection, machine), deadline.Token) is not { } sight)
            return null;
        var writes = new List<WriteRate>();
        try
        {
            var isEmulated = await host.CallAsync(DirtyRateCalls.IsEmulated, deadline.Token);
            foreach (var (length, isShort) in Windows)
            {
                if (await WritesAsync(host, machine, length, isShort, deadline.Token) is not { } rate)
                    continue;
                if (isEmulated && rate <= 0)
                    break;
                writes.Add(new WriteRate(length.TotalSeconds, rate));
            }
        }
        catch (Exception e) when (e is LibvirtException or OperationCanceledException)
        {
            // How fast it writes is not known then; earlier moves tell.
        }

        return sight with { Writes = writes };
    }

    private async Task<double?> WritesAsync(HostConnection host, Guid machine, TimeSpan length, bool isShort, CancellationToken cancellationToken)
    {
        if (!await host.CallAsync(connection => DirtyRateCalls.Start(connection, machine, isShort), cancellationToken))
            return null;
        await Task.Delay(length, _time, cancellationToken);
        while (true)
        {
            if (await host.CallAsync(connection => DirtyRateCalls.Read(connection, machine), cancellationToken) is { } rate)
                return rate;
            await Task.Delay(LookAgain, _time, cancellationToken);
        }
    }
}
