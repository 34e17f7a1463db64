using System.Diagnostics;

namespace Portal.Bench;

/// <summary>Runs a command-line tool a user would run, with its arguments as a list: nothing is given to a shell.</summary>
static class Tool
{
    /// <summary>Runs to the end and returns standard output.</summary>
    /// <exception cref="InvalidOperationException">The tool ended with an error; its own words are in the message.</exception>
    public static async Task<string> RunAsync(string file, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        using var process = Start(file, [.. arguments]);
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }

        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await error}");
    }

    /// <summary>Takes each line of a running tool's output until it ends.</summary>
    public static async Task EachLineAsync(Process process, Action<string> take)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            take(line);
    }

    /// <summary>Ends a tool that runs until it is told to, and waits for whoever reads it.</summary>
    public static async ValueTask EndAsync(Process process, Task reading)
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        await reading;
        process.Dispose();
    }

    public static Process Start(string file, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })
        ?? throw new InvalidOperationException($"{file} did not start.");
}
