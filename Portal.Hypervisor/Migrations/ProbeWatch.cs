using System.Net;
using System.Net.Sockets;
using Portal.Hypervisor.Probing;

namespace Portal.Hypervisor.Migrations;

/// <summary>The probe of one move: started before it, told as it goes, measured at the end. Quiet when there is no address.</summary>
internal sealed class ProbeWatch : IAsyncDisposable
{
    private static readonly TimeSpan Batch = TimeSpan.FromMilliseconds(100);

    private readonly PingProbe? _probe;
    private readonly Bulletin _bulletin;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;

    private ProbeWatch(PingProbe? probe, Bulletin bulletin, double beganAt = double.NaN)
    {
        _probe = probe;
        BeganAt = beganAt;
        _bulletin = bulletin;
        _pump = PumpAsync();
    }

    /// <summary>Whether anything is measured.</summary>
    public bool IsActive => _probe is not null;

    /// <summary>When the guest was asked first, s; not a number when nobody asks.</summary>
    public double BeganAt { get; }

    /// <summary>Finds out what the guest answers, and begins to ask it so.</summary>
    public static async Task<ProbeWatch> StartAsync(IPAddress? guest, TimeSpan interval, Timeline timeline, Bulletin bulletin, CancellationToken cancellationToken)
    {
        if (guest is null)
            return new ProbeWatch(probe: null, bulletin);
        try
        {
            var wire = await ProbeChoice.FindAsync(guest, cancellationToken);
            if (wire.Kind != ProbeKind.Icmp)
                bulletin.Decide($"The guest answers no ping; it is asked by {wire.Name} instead.", $"every {wire.LeastInterval.TotalMilliseconds:0} ms, lost after {wire.LostMs / 1000:0} s");
            return new ProbeWatch(PingProbe.Start(wire, interval, timeline.Origin), bulletin, timeline.Now);
        }
        catch (SocketException e)
        {
            bulletin.Decide($"Moving without a probe: {e.Message}");
            return new ProbeWatch(probe: null, bulletin);
        }
    }

    /// <summary>Whether a request sent after this moment was answered: the guest is there.</summary>
    public bool HasAnsweredSince(double seconds) => _probe?.LastAnsweredSentMs > seconds * 1000;

    /// <summary>How long the guest has not answered, ms; null: nobody asks, or it never answered.</summary>
    public double? SilentMs(double seconds) => _probe is { LastAnsweredSentMs: var last } && double.IsFinite(last) ? Math.Max(0, seconds * 1000 - last) : null;

    /// <summary>Stops sending, waits until every request is answered or lost, and measures.</summary>
    /// <param name="pause">When the guest stood still as the hypervisor told it, s; null: not known.</param>
    public async Task<ProbeReport?> FinishAsync((double From, double To)? pause)
    {
        if (_probe is null)
            return null;
        await _probe.FinishAsync(CancellationToken.None);
        _bulletin.Report(_probe.ReadSamples());
        return ProbeArithmetic.Measure(_probe.Snapshot(), _probe.Interval.TotalMilliseconds, pause is { } known ? (known.From * 1000, known.To * 1000) : null) with { Kind = _probe.Kind };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pump;
        if (_probe is not null)
            await _probe.DisposeAsync();
        _stop.Dispose();
    }

    private async Task PumpAsync()
    {
        using var tick = new PeriodicTimer(Batch);
        try
        {
            while (await tick.WaitForNextTickAsync(_stop.Token))
                _bulletin.Report(_probe?.ReadSamples() ?? []);
        }
        catch (OperationCanceledException)
        {
            // The move is over; what is left was told by FinishAsync.
        }
    }
}
