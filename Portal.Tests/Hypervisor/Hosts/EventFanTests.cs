using Portal.Hypervisor.Hosts;

namespace Portal.Tests.Hypervisor.Hosts;

public class EventFanTests
{
    [Fact]
    public async Task A_reader_that_was_too_slow_is_told_so_though_nothing_happens_any_more()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        var fan = new EventFan(TimeProvider.System);
        var events = fan.Subscribe(deadline.Token);
        // More than any subscriber's channel holds, and then silence.
        for (var i = 0; i < 5_000; i++)
            fan.Publish(new MachineDefined(default, Guid.Empty));

        var before = 0;
        await foreach (var e in events)
        {
            if (e is EventsMissed)
                break;
            before++;
        }

        before.ShouldBeInRange(1, 4_999);
    }
}
