using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Hypervisor.Migrations.Simulation;

/// <summary>How a simulated move ended.</summary>
/// <param name="HasMoved">Whether the guest runs at the destination.</param>
/// <param name="BlackoutMs">What its users felt, ms; 0 when it stayed.</param>
/// <param name="Seconds">Until it had all of its memory there, or was given up.</param>
/// <param name="HasPostCopied">It went on there before its memory had arrived.</param>
/// <param name="SlowedPercent">How much it was slowed down at most.</param>
/// <param name="LimitMs">Longest pause that was allowed, ms.</param>
sealed record CopyResult(bool HasMoved, double BlackoutMs, double Seconds, bool HasPostCopied, int SlowedPercent, int LimitMs)
{
    /// <summary>Whether it moved and the promise was kept.</summary>
    public bool Keeps(double objectiveMs) => HasMoved && BlackoutMs <= objectiveMs;
}

/// <summary>
/// QEMU's pre-copy as far as switching over depends on it: memory is sent in slices of at most 50 ms; what is left to send is
/// compared with limit × bandwidth of the last 100 ms, and only when it is less are the pages written meanwhile added (a scan of the
/// dirty bitmap, during which nothing is sent) and compared again. Auto-converge slows the guest by 20 %, then 10 % more, whenever
/// twice as much as half of what was sent has been written in a period of a second; it sleeps that much longer than the 10 ms it runs for.
/// </summary>
sealed class SimulatedCopy(CopyCase guest, ISimulatedController controller)
{
    private const double SliceSeconds = 0.05, WindowSeconds = 0.1, PeriodSeconds = 1, IdleBytesPerSecond = 1e5;
    private const int FirstSlow = 20, SlowStep = 10;
    private const double RunMs = 10;

    private readonly Random _random = new(guest.Seed);
    private double _now, _bandwidth = guest.BytesPerSecond, _deviation;
    private double _hot = guest.WorkingSetBytes, _cold = guest.MemoryBytes - guest.WorkingSetBytes;
    private double _hotWritten, _coldWritten;
    private double _windowBegan, _windowSent, _measured, _threshold;
    private double _periodBegan, _periodSent, _periodWritten, _dirtyRate, _asleepMs;
    private int _iteration = 1, _slowed, _pressed, _mostSlowed = SwitchoverController.MostSlowPercent;

    private double Left => _hot + _cold;

    /// <summary>How long a slowed guest sleeps at a time, ms.</summary>
    private double AsleepMs => RunMs * _slowed / (100 - _slowed);

    public CopyResult Run()
    {
        var limit = controller.FirstLimitMs;
        while (_now < controller.MostSeconds)
        {
            Send(Math.Min(SliceSeconds, Left / _bandwidth));
            if (Left < _threshold && Scan() < _threshold)
                return Arrive(limit, Left);
            if (Left <= 0)
                Scan();
            if (_now - _windowBegan < WindowSeconds)
                continue;
            Measure();
            // A limit counts from the next measurement on.
            _threshold = _measured * limit / 1000;
            var order = controller.Observe(new CopyObservation(_now, (long)Left, (long)_measured, _iteration, (long)_dirtyRate, _slowed, _slowed > 0 ? AsleepMs : null));
            _mostSlowed = order.MostSlowedPercent;
            limit = order.LimitMs;
            switch (order.Act)
            {
                case SwitchoverAct.GiveUp:
                    return new CopyResult(HasMoved: false, 0, _now, HasPostCopied: false, _slowed, limit);
                case SwitchoverAct.Pause:
                    return Arrive(limit, Scan());
                case SwitchoverAct.PostCopy:
                    return Follow(limit);
                case SwitchoverAct.Tell or SwitchoverAct.Limit or SwitchoverAct.Slow:
                default:
                    break;
            }
        }

        return new CopyResult(HasMoved: false, 0, _now, HasPostCopied: false, _slowed, limit);
    }

    /// <summary>Sends for a while, in the order of addresses, so that hot and cold pages go evenly.</summary>
    private void Send(double seconds)
    {
        seconds = Math.Max(seconds, 1e-4);
        var sent = Math.Min(Left, _bandwidth * seconds);
        var hot = Left > 0 ? sent * _hot / Left : 0;
        (_hot, _cold) = (_hot - hot, _cold - (sent - hot));
        (_windowSent, _periodSent) = (_windowSent + sent, _periodSent + sent);
        Pass(seconds);
    }

    /// <summary>Time goes by and the guest writes.</summary>
    private void Pass(double seconds)
    {
        var writes = guest.WritesAt(_now) * (1 - _slowed / 100.0) * seconds;
        _hotWritten += (guest.WorkingSetBytes - _hotWritten) * (1 - Math.Exp(-writes / guest.WorkingSetBytes));
        _coldWritten = Math.Min(guest.MemoryBytes - guest.WorkingSetBytes, _coldWritten + IdleBytesPerSecond * seconds);
        _now += seconds;
    }

    /// <summary>Adds what was written since the last time; returns what is left then.</summary>
    private double Scan()
    {
        _periodWritten += _hotWritten + _coldWritten;
        // What is written twice is sent once, and so is what had not been sent yet.
        _hot += _hotWritten * (1 - _hot / guest.WorkingSetBytes);
        _cold = Math.Min(guest.MemoryBytes - guest.WorkingSetBytes, _cold + _coldWritten);
        (_hotWritten, _coldWritten) = (0, 0);
        Pass(guest.ScanSeconds);
        _iteration++;
        if (_now - _periodBegan < PeriodSeconds)
            return Left;
        _dirtyRate = _periodWritten / (_now - _periodBegan);
        _pressed = _periodWritten > _periodSent / 2 ? _pressed + 1 : 0;
        if (controller.MaySlow && _pressed >= 2)
            (_slowed, _pressed) = (Math.Min(_mostSlowed, _slowed == 0 ? FirstSlow : _slowed + SlowStep), 0);
        _asleepMs = Math.Max(_asleepMs, AsleepMs);
        (_periodBegan, _periodSent, _periodWritten) = (_now, 0, 0);
        return Left;
    }

    private void Measure()
    {
        _measured = _windowSent / (_now - _windowBegan);
        (_windowBegan, _windowSent) = (_now, 0);
        // A network keeps its mood for a while.
        const double Memory = 0.7;
        _deviation = Memory * _deviation + Math.Sqrt(1 - Memory * Memory) * guest.Noise * Normal();
        _bandwidth = guest.BytesPerSecond * Math.Exp(_deviation);
    }

    private CopyResult Arrive(int limit, double left)
    {
        var pause = left / _bandwidth + guest.FixedMs / 1000;
        return new CopyResult(HasMoved: true, Math.Max(_asleepMs, pause * 1000 + guest.ConvergenceMs), _now + pause, HasPostCopied: false, _slowed, limit);
    }

    private CopyResult Follow(int limit)
    {
        var left = Scan();
        return new CopyResult(HasMoved: true, Math.Max(_asleepMs, guest.FixedMs + guest.ConvergenceMs), _now + guest.FixedMs / 1000 + left / guest.BytesPerSecond, HasPostCopied: true, _slowed, limit);
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
