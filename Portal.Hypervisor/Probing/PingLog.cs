namespace Portal.Hypervisor.Probing;

/// <summary>
/// Every sample of a probe. The probe's thread writes, anyone reads; a reader that drains gets each sample when it is
/// sent and again when something about it changes.
/// </summary>
/// <param name="lostMs">No reply within this is lost, ms.</param>
internal sealed class PingLog(double lostMs = PingLog.UsualLostMs)
{
    /// <summary>A ping without a reply within this is lost; a reply after more than <see cref="LateMs"/> is late. DESIGN's own terms.</summary>
    public const double UsualLostMs = 5_000, LateMs = 1_000;

    /// <summary>
    /// So many younger requests have to be answered for an older one to count as overtaken: half a second of them at the usual interval, far more than
    /// the queues on their way could put out of order.
    /// </summary>
    public const int Overtakers = 100;

    private readonly Lock _gate = new();
    private readonly List<PingSample> _samples = [];
    private readonly SortedSet<int> _changed = [];
    private readonly HashSet<int> _unproven = [];
    private int _firstOpen;

    /// <summary>When the newest answered request was sent, ms; negative infinity before any answer.</summary>
    public double LastAnsweredSentMs { get; private set; } = double.NegativeInfinity;

    /// <summary>Requests neither answered nor lost yet.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
                return _samples.Skip(_firstOpen).Count(IsOpen);
        }
    }

    public void Sent(double atMs, bool isStalled)
    {
        lock (_gate)
        {
            _changed.Add(_samples.Count);
            _samples.Add(new PingSample(_samples.Count, atMs, double.NaN, isStalled ? PingFlags.Stalled : PingFlags.None));
        }
    }

    /// <summary>A reply came. One that was read late by a prober that was held up proves no moment, so its sample says that.</summary>
    public void Answered(long sequence, double arrivedMs, bool isStalled = false)
    {
        lock (_gate)
        {
            if (sequence < 0 || sequence >= _samples.Count)
                return;
            var sample = _samples[(int)sequence];
            _samples[(int)sequence] = WithReply(isStalled ? sample with { Flags = sample.Flags | PingFlags.Stalled } : sample, arrivedMs);
            _changed.Add((int)sequence);
            LastAnsweredSentMs = Math.Max(LastAnsweredSentMs, sample.SentMs);
        }
    }

    /// <summary>
    /// This machine stood still, or the prober did, for so long that replies which were due then may have been dropped or stamped when it
    /// went on: their requests prove nothing, and are neither lost nor late. What had waited for a second by then is judged as ever.
    /// </summary>
    public void HeldUp(double fromMs)
    {
        lock (_gate)
        {
            for (var i = _samples.Count - 1; i >= _firstOpen && _samples[i].SentMs > fromMs - LateMs; i--)
            {
                if (!IsOpen(_samples[i]))
                    continue;
                _samples[i] = _samples[i] with { Flags = _samples[i].Flags | PingFlags.Stalled };
                _unproven.Add(i);
                _changed.Add(i);
            }
        }
    }

    /// <summary>Gives up on requests that have waited long enough.</summary>
    public void Expire(double nowMs)
    {
        lock (_gate)
        {
            var over = _firstOpen;
            while (over < _samples.Count && nowMs - _samples[over].SentMs > lostMs)
                over++;
            GiveUpBefore(over);
        }
    }

    /// <summary>
    /// Gives up on requests that are late already and that a hundred younger ones overtook. Replies keep their order on their way, so what was
    /// overtaken by so many is lost: whoever wants to be done need not wait 5 s for each.
    /// </summary>
    public void GiveUpOvertaken(double nowMs)
    {
        lock (_gate)
        {
            var over = _samples.Count;
            for (var overtakers = 0; over > _firstOpen && (overtakers < Overtakers || nowMs - _samples[over - 1].SentMs <= LateMs); over--)
                overtakers += _samples[over - 1].IsAnswered ? 1 : 0;
            GiveUpBefore(over);
        }
    }

    private void GiveUpBefore(int over)
    {
        for (; _firstOpen < over; _firstOpen++)
        {
            if (!IsOpen(_samples[_firstOpen]) || _unproven.Contains(_firstOpen))
                continue;
            _samples[_firstOpen] = _samples[_firstOpen] with { Flags = _samples[_firstOpen].Flags | PingFlags.Lost };
            _changed.Add(_firstOpen);
        }
    }

    /// <summary>What was sent or changed since the last call.</summary>
    public IReadOnlyList<PingSample> Drain()
    {
        lock (_gate)
        {
            PingSample[] changed = [.. _changed.Select(i => _samples[i])];
            _changed.Clear();
            return changed;
        }
    }

    public IReadOnlyList<PingSample> Snapshot()
    {
        lock (_gate)
            return [.. _samples];
    }

    /// <summary>A reply after the sample was given up does not revive it: lost is lost.</summary>
    private PingSample WithReply(PingSample sample, double arrivedMs)
    {
        if (sample.IsAnswered)
            return sample with { Flags = sample.Flags | PingFlags.Duplicate };
        var rtt = arrivedMs - sample.SentMs;
        if (_unproven.Contains((int)sample.Sequence))
            return sample with { RttMs = rtt };
        if (rtt > lostMs || sample.Flags.HasFlag(PingFlags.Lost))
            return sample with { Flags = sample.Flags | PingFlags.Lost };
        return sample with { RttMs = rtt, Flags = rtt > LateMs ? sample.Flags | PingFlags.Late : sample.Flags };
    }

    private static bool IsOpen(PingSample sample) => !sample.IsAnswered && !sample.Flags.HasFlag(PingFlags.Lost);
}
