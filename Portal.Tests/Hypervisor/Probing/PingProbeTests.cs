using System.Net;
using System.Net.Sockets;
using Portal.Hypervisor.Probing;

namespace Portal.Tests.Hypervisor.Probing;

/// <summary>Real echo requests to this machine itself.</summary>
public class PingProbeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Every_request_to_this_machine_is_answered_once(string address)
    {
        await using var probe = PingProbe.Start(IPAddress.Parse(address), TimeSpan.FromMilliseconds(2));
        await UntilAsync(() => probe.Snapshot().Count >= 50);

        await probe.FinishAsync(Stop);

        var report = ProbeArithmetic.Measure(probe.Snapshot(), probe.Interval.TotalMilliseconds);
        report.Answered.ShouldBe(report.Sent);
        report.Duplicates.ShouldBe(0);
        report.MedianRttMs.ShouldBeInRange(0, 50);
    }

    [Fact]
    public async Task The_slow_probe_tells_who_answers_and_who_does_not()
    {
        await using var probe = new SlowProbe();
        var here = Guid.CreateVersion7();
        var nowhere = Guid.CreateVersion7();
        probe.Watch(here, IPAddress.Loopback);
        // Reserved addresses that no host may have (RFC 1112, section 4).
        probe.Watch(nowhere, IPAddress.Parse("240.0.0.1"));
        var seen = new Dictionary<Guid, double?>();

        await foreach (var reading in probe.ReadAsync(Stop))
        {
            seen[reading.Id] = reading.RttMs;
            if (seen.Count == 2)
                break;
        }

        seen[here].ShouldNotBeNull();
        seen[nowhere].ShouldBeNull();
    }

    /// <summary>"Any address" reaches this machine, which answers as 127.0.0.1: a real reply that comes from somebody else.</summary>
    [Fact]
    public async Task A_reply_from_another_address_does_not_count()
    {
        await using var probe = PingProbe.Start(IPAddress.Any, TimeSpan.FromMilliseconds(2));
        await UntilAsync(() => probe.Snapshot().Count >= 50);

        await probe.FinishAsync(Stop);

        probe.Snapshot().ShouldAllBe(sample => !sample.IsAnswered);
    }

    [Fact]
    public async Task The_slow_probe_takes_nobodys_answer_for_another()
    {
        await using var probe = new SlowProbe();
        var neighbour = Guid.CreateVersion7();
        var other = Guid.CreateVersion7();
        probe.Watch(neighbour, IPAddress.Parse("127.0.0.2"));
        // Answered by 127.0.0.1, with the sequence this one was asked with.
        probe.Watch(other, IPAddress.Any);
        var seen = new Dictionary<Guid, double?>();

        await foreach (var reading in probe.ReadAsync(Stop))
        {
            seen[reading.Id] = reading.RttMs;
            if (seen.Count == 2)
                break;
        }

        seen[neighbour].ShouldNotBeNull();
        seen[other].ShouldBeNull();
    }

    /// <summary>The listener never accepts, so a connection that reached it would wait there.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_port_that_accepts_and_one_that_refuses_both_answer_and_no_program_hears_of_it(bool isOpen)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        if (!isOpen)
            listener.Stop();
        await using var probe = PingProbe.Start(new TcpWire(IPAddress.Loopback, port), TimeSpan.FromMilliseconds(2), MonotonicClock.NowNs);
        await UntilAsync(() => probe.Snapshot().Count >= 20);

        await probe.FinishAsync(Stop);

        probe.Interval.ShouldBe(TimeSpan.FromMilliseconds(10), "shorter asks too much of a guest");
        probe.Snapshot().ShouldAllBe(sample => sample.IsAnswered && sample.RttMs >= 0);
        if (isOpen)
            listener.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task A_connection_that_the_network_refuses_is_no_answer()
    {
        await using var probe = PingProbe.Start(new TcpWire(IPAddress.Broadcast, 22), TimeSpan.FromMilliseconds(2), MonotonicClock.NowNs);
        await UntilAsync(() => probe.Snapshot().Count >= 5);

        await probe.FinishAsync(Stop);

        probe.Snapshot().ShouldAllBe(sample => sample.Flags.HasFlag(PingFlags.Lost));
    }

    [Fact]
    public void A_reply_names_who_sent_it()
    {
        using var socket = new EchoSocket(AddressFamily.InterNetwork);
        socket.Send(new IPEndPoint(IPAddress.Parse("127.0.0.3"), 0), sequence: 7);

        socket.Wait(MonotonicClock.NowNs + 10_000_000_000);

        socket.TryReceive(out var reply).ShouldBeTrue();
        reply.From.ShouldBe(IPAddress.Parse("127.0.0.3"));
        reply.Sequence.ShouldBe(7);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
            await tick.WaitForNextTickAsync(Stop);
    }
}
