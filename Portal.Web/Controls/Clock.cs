namespace Portal.Web.Controls;

/// <summary>One tick per circuit for everything that shows a relative time, so that "12 s ago" does not stand still.</summary>
public sealed class Clock(TimeProvider time) : IAsyncDisposable
{
    readonly Lock _gate = new();
    ITimer? _timer;
    Action? _ticked;

    /// <summary>The moment it is.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Calls <paramref name="tick"/> every ten seconds until the returned handle is disposed.</summary>
    public IDisposable OnTick(Action tick)
    {
        lock (_gate)
        {
            _ticked += tick;
            _timer ??= time.CreateTimer(static self => ((Clock)self!).Tick(), this, Period, Period);
        }

        return new Handle(this, tick);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _timer?.DisposeAsync() ?? ValueTask.CompletedTask;

    static TimeSpan Period => TimeSpan.FromSeconds(10);

    void Tick()
    {
        Action? all;
        lock (_gate)
            all = _ticked;
        all?.Invoke();
    }

    sealed class Handle(Clock clock, Action tick) : IDisposable
    {
        public void Dispose()
        {
            lock (clock._gate)
                clock._ticked -= tick;
        }
    }
}
