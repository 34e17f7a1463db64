using Portal.Hypervisor.Hosts;

namespace Portal.Tests.Fleet;

/// <summary>Waits on the fleet. Each has a deadline of its own, so that a test that waits in vain says for what and never hangs a run.</summary>
public static class Wait
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>The first event that matches.</summary>
    public static Task<HostEvent> ForAsync(string what, IAsyncEnumerable<HostEvent> events, Func<HostEvent, bool> matches, TimeSpan? atMost = null)
        => WithinAsync(what, atMost, async stop =>
        {
            await foreach (var e in events.WithCancellation(stop))
            {
                if (matches(e))
                    return e;
            }

            throw new InvalidOperationException($"The events ended before {what}.");
        });

    /// <summary>Looks again and again until what is seen will do, and returns it.</summary>
    public static async Task<T> UntilAsync<T>(string what, Func<Task<T>> look, Func<T, bool> reached, TimeSpan? atMost = null)
    {
        var last = default(T);
        return await WithinAsync(what, atMost, async stop =>
        {
            using var tick = new PeriodicTimer(Look);
            while (true)
            {
                last = await look().WaitAsync(stop);
                if (reached(last))
                    return last;
                await tick.WaitForNextTickAsync(stop);
            }
        }, () => last?.ToString());
    }

    /// <summary>The task's result, if it comes in time.</summary>
    public static Task<T> WithinAsync<T>(string what, TimeSpan atMost, Task<T> task) => WithinAsync(what, atMost, stop => task.WaitAsync(stop));

    /// <summary>Waits for the task, if it ends in time.</summary>
    public static Task WithinAsync(string what, TimeSpan atMost, Task task) => WithinAsync(what, atMost, async stop =>
    {
        await task.WaitAsync(stop);
        return true;
    });

    private static async Task<T> WithinAsync<T>(string what, TimeSpan? atMost, Func<CancellationToken, Task<T>> wait, Func<string?>? last = null)
    {
        var limit = atMost ?? Usual;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            return await wait(deadline.Token);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Waited {limit.TotalSeconds:0} s in vain for {what}.{(last?.Invoke() is { } seen ? $" Last seen: {seen}" : "")}", e);
        }
    }
}
