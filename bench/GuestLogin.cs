using System.Diagnostics;
using System.Net;

namespace Portal.Bench;

/// <summary>The way into the guests of one run, with a key of its own that is gone with the run.</summary>
sealed class GuestLogin : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    readonly string _folder;

    GuestLogin(string folder, string publicKey)
    {
        _folder = folder;
        PublicKey = publicKey;
    }

    /// <summary>The line a guest is seeded with.</summary>
    public string PublicKey { get; }

    public static async Task<GuestLogin> CreateAsync(CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("portal-bench-").FullName;
        var key = Path.Combine(folder, "key");
        await Tool.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", key], ct);
        return new GuestLogin(folder, (await File.ReadAllTextAsync(key + ".pub", ct)).Trim());
    }

    /// <summary>
    /// Writes noise into a guest's memory and leaves it there. One that was only just started has touched a third of its memory; one that
    /// has been at work has all of it to move, and noise cannot be sent as empty pages.
    /// </summary>
    public async Task FillMemoryAsync(IPAddress guest, int mib, CancellationToken ct)
    {
        var done = await RunAsync(guest, $"mount -t tmpfs -o size=90% none /tmp && dd if=/dev/urandom of=/tmp/noise bs=1M count={mib} 2>/dev/null && wc -c </tmp/noise", ct);
        if (long.Parse(done, System.Globalization.CultureInfo.InvariantCulture) != (long)mib << 20)
            throw new InvalidOperationException($"The guest at {guest} could not fill {mib} MiB of its memory.");
    }

    /// <summary>
    /// Has a guest write about 50 MB/s over a set of 64 MiB, on and on: blocks of noise, since empty pages are not sent. How long it rests between
    /// blocks is found by looking at what it does.
    /// </summary>
    /// <returns>What it writes, bytes/s.</returns>
    public async Task<double> KeepWritingAsync(IPAddress guest, CancellationToken ct)
    {
        const double Wanted = 50e6, Block = 4 << 20;
        await RunAsync(guest, "mkdir -p /w && mount -t tmpfs -o size=80m none /w && dd if=/dev/urandom of=/w/noise bs=1M count=4 2>/dev/null && echo 40000 >/w/rest && echo 0 >/w/count && cat >/w/write <<'END'\n"
            + "n=0; while :; do dd if=/w/noise of=/w/set bs=4M count=1 seek=$((n % 16)) conv=notrunc 2>/dev/null; n=$((n + 1)); echo $n >/w/count; usleep $(cat /w/rest); done\nEND\n(sh /w/write </dev/null >/dev/null 2>&1 &)", ct);
        var (rest, writes) = (40_000.0, 0.0);
        for (var look = 0; look < 6; look++)
        {
            var counts = (await RunAsync(guest, $"echo {(int)rest} >/w/rest; sleep 1; cat /w/count; sleep 4; cat /w/count", ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var blocks = double.Parse(counts[1], System.Globalization.CultureInfo.InvariantCulture) - double.Parse(counts[0], System.Globalization.CultureInfo.InvariantCulture);
            writes = blocks * Block / 4;
            if (Math.Abs(writes / Wanted - 1) < 0.05)
                break;
            rest = Math.Max(0, rest + (Block / Wanted - 4 / Math.Max(blocks, 1)) * 1e6);
        }

        return writes;
    }

    /// <summary>Waits until a guest lets one in: it answers pings well before that.</summary>
    /// <exception cref="TimeoutException">It did not within three minutes; what it said last is in the message.</exception>
    public async Task UntilReadyAsync(IPAddress guest, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (true)
        {
            try
            {
                await RunAsync(guest, "true", ct);
                return;
            }
            catch (InvalidOperationException e)
            {
                if (Stopwatch.GetElapsedTime(began) > Patience)
                    throw new TimeoutException($"The guest at {guest} let nobody in: {e.Message}", e);
            }

            await tick.WaitForNextTickAsync(ct);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    Task<string> RunAsync(IPAddress guest, string command, CancellationToken ct) => Tool.RunAsync("ssh",
        ["-o", "LogLevel=ERROR", "-i", Path.Combine(_folder, "key"), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=20", $"root@{guest}", command], ct);
}
