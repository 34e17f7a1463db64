using System.Diagnostics;
using Portal.Web.Operations;

namespace Portal.Tests.Fleet;

/// <summary>
/// Writes to the disk of a machine that is off, and reads it: the small guest runs from memory and never would. QEMU's own tool does both,
/// so what is read is what a guest would read, backing image and all.
/// </summary>
public sealed class Disks(string store)
{
    // Past the end of the image the disk grew from, so that the guest boots whatever stands there.
    private const string Where = "512M 1M";

    /// <summary>The store the lab's hosts share, as this machine sees it.</summary>
    public static async Task<Disks> OpenAsync(LabFixture lab) => new((await lab.Hosts[0].Storage.FindPoolAsync(lab.File.Pool, CancellationToken.None))!.Path);

    public string PathOf(string volume) => Path.Combine(store, volume);

    public Task WriteAsync(Guid machine, byte pattern) => WriteAsync(MachineFiles.Disk(machine), pattern);

    /// <summary>Writes a pattern to a volume; where it is read again, or over so much that copying it takes a while.</summary>
    public Task WriteAsync(string volume, byte pattern, string where = Where) => RunAsync($"write -P {pattern} {where}", PathOf(volume));

    /// <summary>Whether the volume holds nothing but this where it was written.</summary>
    public async Task<bool> HoldsAsync(string volume, byte pattern) => !(await RunAsync($"read -P {pattern} {Where}", PathOf(volume))).Contains("Pattern verification failed", StringComparison.Ordinal);

    /// <summary>What of a machine is on the store.</summary>
    public IReadOnlyList<string> Of(Guid machine) => [.. Directory.GetFiles(store, $"{machine}*").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private static async Task<string> RunAsync(string command, string file)
    {
        var start = new ProcessStartInfo("qemu-io") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-f", "qcow2", "-c", command, file])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        // A pattern that is not there is told by the exit code too; anything else that goes wrong is the test's own fault.
        var output = await said + await complained;
        if (process.ExitCode != 0 && !output.Contains("Pattern verification failed", StringComparison.Ordinal))
            throw new InvalidOperationException($"qemu-io {command}: {output}");
        return output;
    }
}
