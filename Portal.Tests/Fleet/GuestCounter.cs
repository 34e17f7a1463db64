using System.Net;
using System.Net.Sockets;

namespace Portal.Tests.Fleet;

/// <summary>What the guest's counter says. The same boot and a larger count prove that it never restarted.</summary>
public sealed record CounterReading(string Boot, long Count, long UptimeMs);

/// <summary>Reads the counter a micro guest runs: one process that counts from boot, so its value is memory that was carried along.</summary>
public static class GuestCounter
{
    private const int Port = 7777;

    /// <summary>Asks the guest; waits for it to answer, two minutes at most.</summary>
    public static Task<CounterReading> ReadAsync(IPAddress address, CancellationToken stop) => UntilAsync(address, _ => true, stop);

    /// <summary>Asks the guest until it says what is waited for, two minutes at most.</summary>
    public static async Task<CounterReading> UntilAsync(IPAddress address, Func<CounterReading, bool> matches, CancellationToken stop)
        => (await Wait.UntilAsync($"the counter at {address}", () => TryReadAsync(address, stop), reading => reading is not null && matches(reading)))!;

    private static async Task<CounterReading?> TryReadAsync(IPAddress address, CancellationToken stop)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(TimeSpan.FromSeconds(2));
            using var client = new TcpClient();
            await client.ConnectAsync(address, Port, patience.Token);
            using var reader = new StreamReader(client.GetStream());
            var parts = (await reader.ReadLineAsync(patience.Token))?.Split(' ');
            return parts is [var boot, var count, var uptime] ? new CounterReading(boot, long.Parse(count), long.Parse(uptime)) : null;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return null;
        }
    }
}
