using System.Diagnostics;
using Portal.Hypervisor;
using Portal.Hypervisor.Storage;

namespace Portal.Web.Operations.Snapshots;

/// <summary>Copies a disk on a host's store, and tells how far it is.</summary>
internal static class DiskCopy
{
    /// <summary>How often it is looked how far the copy is.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Copies a volume over whatever has the other's name. A copy cannot be called back, so a cancel is heard by the caller when it
    /// has ended; only abandoning leaves it to the host.
    /// </summary>
    /// <param name="run">The operation, which is told how far it is.</param>
    /// <param name="host">The host that copies.</param>
    /// <param name="source">What is copied.</param>
    /// <param name="name">What the copy is called.</param>
    /// <param name="leastBytes">What the copy has to hold at least.</param>
    /// <param name="percent">The operation's progress before and after the copy.</param>
    /// <param name="abandon">Drops everything.</param>
    public static async Task<VolumeInfo> RunAsync(OperationRun run, FleetHost host, string source, string name, long leastBytes, (double From, double To) percent, CancellationToken abandon)
    {
        var began = Stopwatch.GetTimestamp();
        var whole = (await host.Storage.FindAsync(host.Pool, source, abandon))?.AllocatedBytes ?? 0;
        var copy = host.Storage.CopyAsync(host.Pool, source, name, leastBytes, CancellationToken.None);
        while (await Task.WhenAny(copy, Task.Delay(LookEvery, abandon)) != copy)
        {
            abandon.ThrowIfCancellationRequested();
            if (whole > 0 && await PeekAsync(host, name, abandon) is { AllocatedBytes: > 0 and var done })
            {
                var share = Math.Min(0.99, done / (double)whole);
                await run.ProgressAsync(percent.From + (share * (percent.To - percent.From)), Domain.Operations.Eta.About(Stopwatch.GetElapsedTime(began).TotalSeconds * (1 - share) / share));
            }
        }

        return await copy;
    }

    private static async Task<VolumeInfo?> PeekAsync(FleetHost host, string name, CancellationToken abandon)
    {
        try
        {
            return await host.Storage.PeekAsync(host.Pool, name, abandon);
        }
        catch (LibvirtException)
        {
            // How far it is is nice to know; whether it succeeds the copy itself says.
            return null;
        }
    }
}
