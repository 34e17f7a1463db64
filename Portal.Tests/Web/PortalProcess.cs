using System.Collections.Concurrent;
using System.Diagnostics;

namespace Portal.Tests.Web;

/// <summary>A real portal in a process of its own, on a free port of the loopback. Can be killed like any process.</summary>
public sealed class PortalProcess : IAsyncDisposable
{
    static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    readonly Process _process;
    readonly ConcurrentQueue<string> _log;

    PortalProcess(Process process, ConcurrentQueue<string> log, Uri address)
    {
        _process = process;
        _log = log;
        Address = address;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    /// <summary>Everything it wrote.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>The program: the published one when the environment names it, else the one built beside the tests.</summary>
    public static string Program => Environment.GetEnvironmentVariable("PORTAL_TEST_WEB") is { Length: > 0 } published
        ? published
        : Path.Combine(AppContext.BaseDirectory, "Portal.Web.dll");

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<PortalProcess> StartAsync(string connectionString, CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var log = new ConcurrentQueue<string>();
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = Prepare([], connectionString, settings);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"The portal ended before it listened:\n{string.Join('\n', log)}"));
        void Hear(string? line)
        {
            if (line is null)
                return;
            log.Enqueue(line);
            const string mark = "Now listening on: ";
            if (line.IndexOf(mark, StringComparison.Ordinal) is >= 0 and var at)
                listening.TrySetResult(new Uri(line[(at + mark.Length)..].Trim()));
        }

        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new PortalProcess(process, log, await listening.Task.WaitAsync(StartDeadline, cancellationToken));
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string connectionString, CancellationToken cancellationToken, params string[] arguments)
    {
        using var process = Prepare(arguments, connectionString, []);
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Kills it as <c>kill -9</c> does: nothing of its own runs any more.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop as a service manager does, and returns once it has.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var asking = Process.Start("kill", ["-TERM", Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    static Process Prepare(IEnumerable<string> arguments, string connectionString, IEnumerable<(string Name, string Value)> settings)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        start.ArgumentList.Add(Program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["ConnectionStrings__Portal"] = connectionString;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return new Process { StartInfo = start };
    }
}
