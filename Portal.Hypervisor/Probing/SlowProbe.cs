using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Portal.Hypervisor.Probing;

/// <summary>One answer, or silence, of one machine.</summary>
/// <param name="Id">The machine.</param>
/// <param name="At">When it was asked.</param>
/// <param name="RttMs">Round trip, ms; null: no answer within a second.</param>
public sealed record SlowReading(Guid Id, DateTimeOffset At, double? RttMs);

/// <summary>
/// Pings every watched machine once a second over one socket and one thread, spread over the second. IPv4.
/// </summary>
public sealed class SlowProbe : IAsyncDisposable
{
    private const long SecondNs = 1_000_000_000;

    private readonly ConcurrentDictionary<Guid, IPAddress> _watched = new();
    private readonly List<Channel<SlowReading>> _readers = [];
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stop;

    /// <summary>Starts the probe's thread; nothing is pinged until something is watched.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">This user may not send pings; the message says what to set.</exception>
    public SlowProbe(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        var socket = new EchoSocket(System.Net.Sockets.AddressFamily.InterNetwork);
        new Thread(() => Run(socket)) { IsBackground = true, Name = "slow ping" }.Start();
    }

    /// <summary>Starts watching, or changes the address.</summary>
    public void Watch(Guid id, IPAddress address) => _watched[id] = address;

    /// <summary>Stops watching.</summary>
    public void Forget(Guid id) => _watched.TryRemove(id, out _);

    /// <summary>Readings from now on; a reader that falls behind loses the oldest.</summary>
    public async IAsyncEnumerable<SlowReading> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<SlowReading>(new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_gate)
            _readers.Add(channel);
        try
        {
            await foreach (var reading in channel.Reader.ReadAllAsync(cancellationToken))
                yield return reading;
        }
        finally
        {
            lock (_gate)
                _readers.Remove(channel);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stop = true;
        await _ended.Task;
        lock (_gate)
            _readers.ForEach(reader => reader.Writer.TryComplete());
    }

    private void Run(EchoSocket socket)
    {
        using (socket)
        {
            long sequence = 0;
            while (!_stop)
                sequence = AskAll(socket, sequence);
        }

        _ended.SetResult();
    }

    /// <summary>One second: asks everybody, evenly spread, and reports who answered and who did not.</summary>
    private long AskAll(EchoSocket socket, long sequence)
    {
        var start = MonotonicClock.NowNs;
        var targets = _watched.ToArray();
        var asked = new Dictionary<long, Question>(targets.Length);
        for (var i = 0; i < targets.Length && !_stop; i++)
        {
            Collect(socket, asked, start + (SecondNs / 2 * i / targets.Length));
            var (id, address) = targets[i];
            var at = _time.GetUtcNow();
            asked[sequence] = new Question(id, address, at, socket.Send(new IPEndPoint(address, 0), sequence));
            sequence++;
        }

        // Asked within the first half, so that everybody has at least half a second; silence is told at its end.
        for (var tick = 1; tick <= 10 && !_stop; tick++)
            Collect(socket, asked, start + (SecondNs / 2) + (SecondNs / 20 * tick));
        foreach (var silent in asked.Values)
            Report(new SlowReading(silent.Id, silent.At, RttMs: null));
        return sequence;
    }

    private void Collect(EchoSocket socket, Dictionary<long, Question> asked, long untilNs)
    {
        do
        {
            socket.Wait(untilNs);
            while (socket.TryReceive(out var reply))
            {
                // Every guest learns this socket's identifier, so each could answer for its neighbours.
                if (!asked.TryGetValue(reply.Sequence, out var question) || !reply.From.Equals(question.Address))
                    continue;
                asked.Remove(reply.Sequence);
                Report(new SlowReading(question.Id, question.At, (reply.ArrivedNs - question.SentNs) / 1e6));
            }
        }
        while (MonotonicClock.NowNs < untilNs && !_stop);
    }

    private void Report(SlowReading reading)
    {
        lock (_gate)
        {
            foreach (var reader in _readers)
                reader.Writer.TryWrite(reading);
        }
    }

    /// <summary>Who was asked, and when: by the calendar and by the monotonic clock, ns.</summary>
    private sealed record Question(Guid Id, IPAddress Address, DateTimeOffset At, long SentNs);
}
