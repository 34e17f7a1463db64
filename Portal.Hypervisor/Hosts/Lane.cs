namespace Portal.Hypervisor.Hosts;

/// <summary>
/// A few threads that carry one host's blocking calls. libvirt's calls block for as long as a daemon likes; on the
/// thread pool a single hung host could starve everything else.
/// </summary>
/// <param name="name">Names the threads.</param>
/// <param name="size">Most threads at a time; they start when needed and leave when idle.</param>
internal sealed class Lane(string name, int size)
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Queue<Action> _waiting = new();
    private int _threads;
    private int _free;
    private bool _closed;

    /// <summary>Queues work; false when the lane is closed.</summary>
    public bool TryPost(Action work)
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            _waiting.Enqueue(work);
            if (_free >= _waiting.Count || _threads == size)
                Monitor.Pulse(_gate);
            else
                StartThread();
            return true;
        }
    }

    /// <summary>Runs work on a thread of its own, for calls that take as long as their subject does.</summary>
    public void PostAlone(Action work) => new Thread(() => work()) { IsBackground = true, Name = name }.Start();

    /// <summary>Lets what was queued finish and takes nothing more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void StartThread()
    {
        _threads++;
        new Thread(Carry) { IsBackground = true, Name = name }.Start();
    }

    private void Carry()
    {
        while (Take() is { } work)
            work();
    }

    private Action? Take()
    {
        lock (_gate)
        {
            _free++;
            while (_waiting.Count == 0)
            {
                if (!_closed && Monitor.Wait(_gate, Idle))
                    continue;
                if (_waiting.Count > 0)
                    break;
                _free--;
                _threads--;
                return null;
            }

            _free--;
            return _waiting.Dequeue();
        }
    }
}
