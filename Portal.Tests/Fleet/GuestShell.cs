using System.Diagnostics;
using System.Net;

namespace Portal.Tests.Fleet;

/// <summary>The way into guests, by a key of the test's own that is gone with it.</summary>
public sealed class GuestShell : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("portal-guest-").FullName;

    private GuestShell()
    {
    }

    /// <summary>The line a guest is seeded with.</summary>
    public string PublicKey { get; private set; } = "";

    public static async Task<GuestShell> CreateAsync(CancellationToken stop)
    {
        var shell = new GuestShell();
        await RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", shell.Key], stop);
        shell.PublicKey = (await File.ReadAllTextAsync(shell.Key + ".pub", stop)).Trim();
        return shell;
    }

    /// <summary>Runs a command in a guest once it lets one in, and returns what it printed.</summary>
    public Task<string> RunAsync(IPAddress guest, string command, CancellationToken stop) => Wait.UntilAsync($"{guest} to run “{command}”", async () =>
    {
        var (code, output) = await RunAsync("ssh", ["-q", "-i", Key, "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=20", $"root@{guest}", command], stop);
        return code == 0 ? output.Trim() : "";
    }, output => output.Length > 0);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Key => Path.Combine(_folder, "key");

    private static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments, CancellationToken stop)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return (process.ExitCode, output);
    }
}
