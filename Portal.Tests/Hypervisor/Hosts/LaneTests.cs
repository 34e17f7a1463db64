using Portal.Hypervisor.Hosts;

namespace Portal.Tests.Hypervisor.Hosts;

public class LaneTests
{
    [Fact]
    public async Task Work_waits_for_a_free_thread_and_all_of_it_is_done()
    {
        var lane = new Lane("test", size: 2);
        using var gate = new ManualResetEventSlim();
        var running = 0;
        var most = 0;
        var done = new CountdownEvent(20);
        for (var i = 0; i < 20; i++)
        {
            lane.TryPost(() =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                gate.Wait();
                Interlocked.Decrement(ref running);
                done.Signal();
            }).ShouldBeTrue();
        }

        gate.Set();
        await Task.Run(done.Wait, TestContext.Current.CancellationToken);

        most.ShouldBeLessThanOrEqualTo(2);
        lane.Close();
        lane.TryPost(() => { }).ShouldBeFalse();
    }

    [Fact]
    public async Task What_was_queued_before_closing_is_still_done()
    {
        var lane = new Lane("test", size: 1);
        using var gate = new ManualResetEventSlim();
        var last = new TaskCompletionSource();
        lane.TryPost(gate.Wait);
        lane.TryPost(last.SetResult);

        lane.Close();
        gate.Set();

        await last.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; value > seen; seen = target)
        {
            if (Interlocked.CompareExchange(ref target, value, seen) == seen)
                return;
        }
    }
}
