using System.Diagnostics;

namespace Portal.Tests.Postgres;

/// <summary>
/// A PostgreSQL of the tests' own in a temporary directory, reachable through a socket in there and nowhere else. It gives up
/// durability for speed. PostgreSQL refuses to run as root; under root it runs as the system's <c>postgres</c> user.
/// </summary>
sealed class PrivatePostgres : IAsyncDisposable
{
    readonly string directory;
    readonly string programs;

    PrivatePostgres(string directory, string programs)
    {
        this.directory = directory;
        this.programs = programs;
        // Also when the run is interrupted: a server must not outlive its tests.
        AppDomain.CurrentDomain.ProcessExit += StopAtExit;
    }

    /// <summary>Where it is reached.</summary>
    public string ConnectionString => $"Host={directory};Username=portal;Database=postgres";

    string Data => Path.Combine(directory, "data");

    /// <summary>Makes and starts one; it answers when this returns.</summary>
    public static async Task<PrivatePostgres> StartAsync()
    {
        var postgres = new PrivatePostgres(Directory.CreateTempSubdirectory("portal-pg-").FullName, FindPrograms());
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", ["postgres", postgres.directory], asOwner: false);
        await RunAsync(Path.Combine(postgres.programs, "initdb"), ["-D", postgres.Data, "-U", "portal", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        await File.AppendAllTextAsync(Path.Combine(postgres.Data, "postgresql.conf"), $"""

            listen_addresses = ''
            unix_socket_directories = '{postgres.directory}'
            max_connections = 300
            fsync = off
            synchronous_commit = off
            full_page_writes = off
            """);
        await RunAsync(Path.Combine(postgres.programs, "pg_ctl"), ["-D", postgres.Data, "-w", "-t", "60", "-l", Path.Combine(postgres.directory, "log"), "start"]);
        return postgres;
    }

    /// <summary>Stops and starts it: every connection breaks. It answers when this returns.</summary>
    public Task RestartAsync() => RunAsync(Path.Combine(programs, "pg_ctl"), ["-D", Data, "-m", "fast", "-w", "-t", "60", "-l", Path.Combine(directory, "log"), "restart"]);

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= StopAtExit;
        await RunAsync(Path.Combine(programs, "pg_ctl"), ["-D", Data, "-m", "immediate", "-w", "stop"]);
        Directory.Delete(directory, recursive: true);
    }

    void StopAtExit(object? sender, EventArgs e)
    {
        using var stop = Process.Start(Command(Path.Combine(programs, "pg_ctl"), ["-D", Data, "-m", "immediate", "-w", "stop"], asOwner: true));
        stop?.WaitForExit(TimeSpan.FromSeconds(10));
        Directory.Delete(directory, recursive: true);
    }

    static string FindPrograms() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0)
            .Select(d => Path.Combine(d, "bin")).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb"))) ?? throw Missing()
        : throw Missing();

    static InvalidOperationException Missing() => new("These tests need a real PostgreSQL. Install the package “postgresql”, or name a server in PORTAL_TEST_POSTGRES whose user may create databases.");

    static async Task RunAsync(string program, string[] arguments, bool asOwner = true)
    {
        using var process = Process.Start(Command(program, arguments, asOwner)) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed with {process.ExitCode}:\n{await output}{await errors}");
    }

    static ProcessStartInfo Command(string program, string[] arguments, bool asOwner)
    {
        string[] line = asOwner && Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", program, .. arguments] : [program, .. arguments];
        return new ProcessStartInfo(line[0], line[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
    }
}
