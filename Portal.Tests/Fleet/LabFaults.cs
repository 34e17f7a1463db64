using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Portal.Tests.Fleet;

/// <summary>Breaks the lab's hosts and mends them again, through the lab's own commands. Guests survive all of it.</summary>
public static class LabFaults
{
    /// <summary>Kills a host's daemon; disposing starts it again.</summary>
    public static async Task<IAsyncDisposable> KillDaemonAsync(this LabFixture lab, string host)
    {
        await lab.RunAsync("host-down", host);
        return new Mend(() => lab.RunAsync("host-up", host));
    }

    /// <summary>Stops a host's daemon as a hung one is stopped: it accepts and never answers. Disposing lets it run on.</summary>
    public static async Task<IAsyncDisposable> FreezeDaemonAsync(this LabFixture lab, string host)
    {
        var pid = (await File.ReadAllTextAsync($"/run/portal-lab/{lab.File.Name}/{host}/libvirtd.pid")).Trim();
        await ExecuteAsync(Environment.IsPrivilegedProcess ? ["kill", "-STOP", pid] : ["sudo", "-n", "kill", "-STOP", pid]);
        return new Mend(() => ExecuteAsync(Environment.IsPrivilegedProcess ? ["kill", "-CONT", pid] : ["sudo", "-n", "kill", "-CONT", pid]));
    }

    /// <summary>Runs one of the lab's commands.</summary>
    public static Task RunAsync(this LabFixture lab, string command, string host)
        => ExecuteAsync([Script(), command, host, "--lab", lab.File.Name]);

    private static string Script([CallerFilePath] string here = "")
        => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "lab", "lab"));

    private static async Task ExecuteAsync(string[] command)
    {
        // No redirection: the daemon a command starts would hold the pipe open for as long as it lives.
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]))!;
        await Wait.WithinAsync($"{string.Join(' ', command)} to end", TimeSpan.FromSeconds(60), process.WaitForExitAsync());
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
    }

    private sealed class Mend(Func<Task> mend) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await mend();
    }
}
