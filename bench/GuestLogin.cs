using System.Net;

namespace Portal.Bench;

/// <summary>The way into the guests of one run, with a key of its own that is gone with the run.</summary>
sealed class GuestLogin : IDisposable
{
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

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    Task<string> RunAsync(IPAddress guest, string command, CancellationToken ct) => Tool.RunAsync("ssh",
        ["-q", "-i", Path.Combine(_folder, "key"), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=20", $"root@{guest}", command], ct);
}
