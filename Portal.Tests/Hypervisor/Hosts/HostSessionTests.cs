using Portal.Hypervisor;
using Portal.Hypervisor.Hosts;

namespace Portal.Tests.Hypervisor.Hosts;

/// <summary>What becomes of calls that nobody waits for any more. One thread, so that a second call has to wait.</summary>
public sealed class HostSessionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualResetEventSlim _gate = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _holder;
    private bool _wasMade;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _gate.Set();
        _gate.Dispose();
    }

    [Fact]
    public async Task A_call_cancelled_while_it_waits_is_never_made()
    {
        await using var session = Open(Patience);
        using var cancel = new CancellationTokenSource();
        var first = session.CallAsync(_ => Hold(), Stop);
        await _started.Task.WaitAsync(Patience, Stop);
        var waiting = session.CallAsync(_ => _wasMade = true, cancel.Token);

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience, Stop));
        _gate.Set();
        (await first).ShouldBe(7);

        // The lane keeps order: what was asked after it has been answered.
        (await session.CallAsync(_ => _wasMade, Stop)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_call_that_has_started_is_waited_for_though_it_was_cancelled()
    {
        await using var session = Open(Patience);
        using var cancel = new CancellationTokenSource();
        var call = session.CallAsync(_ => Hold(), cancel.Token);
        await _started.Task.WaitAsync(Patience, Stop);

        await cancel.CancelAsync();
        _gate.Set();

        (await call.WaitAsync(Patience, Stop)).ShouldBe(7);
    }

    [Fact]
    public async Task A_call_that_waited_for_a_hung_daemon_is_not_made_when_it_comes_to()
    {
        await using var session = Open(TimeSpan.FromMilliseconds(200));
        var hung = session.CallAsync(_ => Hold(), Stop);
        await _started.Task.WaitAsync(Patience, Stop);
        var waiting = session.CallAsync(_ => _wasMade = true, Stop);

        (await Should.ThrowAsync<LibvirtException>(() => hung.WaitAsync(Patience, Stop))).IsConnectionLost.ShouldBeTrue();
        (await Should.ThrowAsync<LibvirtException>(() => waiting.WaitAsync(Patience, Stop))).IsConnectionLost.ShouldBeTrue();
        var lane = _holder!;
        _gate.Set();

        // The lane is closed, so its thread ends once it has been through the queue.
        lane.Join(Patience).ShouldBeTrue();
        _wasMade.ShouldBeFalse();
    }

    [Fact]
    public async Task A_late_call_to_storage_fails_alone_and_the_session_goes_on()
    {
        await using var session = Open(Patience);

        var late = await Should.ThrowAsync<LibvirtException>(
            () => session.CallAsideAsync(_ => Hold(), TimeSpan.FromMilliseconds(100), Stop).WaitAsync(Patience, Stop));

        late.IsConnectionLost.ShouldBeFalse();
        late.Message.ShouldContain("Check the storage pool");
        session.Lost.IsCompleted.ShouldBeFalse();
        (await session.CallAsync(_ => 1, Stop)).ShouldBe(1);
    }

    private static HostSession Open(TimeSpan deadline) => HostSession.Open(
        new HostEndpoint(Guid.CreateVersion7(), "test-host", TestHost.Uri, Address: null),
        new HostConnectionOptions { LaneThreads = 1, CallDeadline = deadline }, TimeProvider.System);

    private int Hold()
    {
        _holder = Thread.CurrentThread;
        _started.SetResult();
        _gate.Wait();
        return 7;
    }
}
