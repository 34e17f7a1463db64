using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Portal.Hypervisor.Hosts;

/// <summary>Gives every subscriber its own bounded channel; one that is too slow loses events and is told so.</summary>
internal sealed class EventFan(TimeProvider time)
{
    private const int Depth = 1024;

    private readonly Lock _gate = new();
    private readonly List<Subscriber> _subscribers = [];
    private bool _closed;

    public void Publish(HostEvent e)
    {
        lock (_gate)
        {
            foreach (var subscriber in _subscribers)
                subscriber.Offer(e, time);
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var subscriber in _subscribers)
                subscriber.Channel.Writer.TryComplete();
        }
    }

    /// <summary>Subscribes at once, so that nothing between this call and the first read is missed.</summary>
    public IAsyncEnumerable<HostEvent> Subscribe(CancellationToken cancellationToken)
    {
        var subscriber = new Subscriber();
        lock (_gate)
        {
            if (_closed)
                subscriber.Channel.Writer.TryComplete();
            else
                _subscribers.Add(subscriber);
        }

        // Also for a subscriber that never reads: an iterator that was not begun cleans nothing up.
        var ended = cancellationToken.UnsafeRegister(_ => Remove(subscriber), null);
        return ReadAsync(subscriber, ended, cancellationToken);
    }

    private async IAsyncEnumerable<HostEvent> ReadAsync(
        Subscriber subscriber, CancellationTokenRegistration ended, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            while (await subscriber.Channel.Reader.WaitToReadAsync(cancellationToken))
            {
                while (subscriber.Channel.Reader.TryRead(out var e))
                    yield return e;
                // Not only when the next event comes: after the last of a burst there may be none for days.
                if (TakeMissed(subscriber))
                    yield return new EventsMissed(time.GetUtcNow());
            }
        }
        finally
        {
            await ended.DisposeAsync();
            Remove(subscriber);
        }
    }

    private bool TakeMissed(Subscriber subscriber)
    {
        lock (_gate)
            return subscriber.TakeMissed();
    }

    private void Remove(Subscriber subscriber)
    {
        lock (_gate)
            _subscribers.Remove(subscriber);
    }

    private sealed class Subscriber
    {
        private bool _missed;

        public Channel<HostEvent> Channel { get; } = System.Threading.Channels.Channel.CreateBounded<HostEvent>(Depth);

        public void Offer(HostEvent e, TimeProvider time)
        {
            if (_missed && Channel.Writer.TryWrite(new EventsMissed(time.GetUtcNow())))
                _missed = false;
            if (!Channel.Writer.TryWrite(e))
                _missed = true;
        }

        public bool TakeMissed()
        {
            var missed = _missed;
            _missed = false;
            return missed;
        }
    }
}
