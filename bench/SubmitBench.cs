using Npgsql;
using Portal.Domain.Projects;

namespace Portal.Bench;

/// <summary>
/// How many submits a second are taken, through the same service that pages and API use, from 16 connections; beside the bare inserts
/// of the same rows without a rule, a lock, a notice or an answer. Each run goes exactly to the limits, and the next submits are refused.
/// </summary>
static class SubmitBench
{
    const int Connections = 16;
    const int Submits = 960;
    const int Beyond = 48;
    const int Runs = 5;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken ct)
    {
        var database = await Stand.FreshDatabaseAsync(ct);
        // One data source for one process, as the portal has; 16 are at work at any moment.
        var connection = new NpgsqlConnectionStringBuilder(database) { MaxPoolSize = Connections }.ConnectionString;
        await using var stand = await SubmitStand.CreateAsync(connection, ct);
        await using var plain = await PlainInserts.CreateAsync(connection, stand, ct);
        // Plans, compiled queries and pages that are read for the first time belong to no run.
        foreach (var projects in (int[])[4, 4, 1, 1])
            await RunAsync(stand, projects, Submits, ct);
        await plain.RunAsync(480, Connections, ct);

        var figures = new List<Figure>();
        foreach (var projects in (int[])[1, Connections])
            figures.Add(await CompareAsync(stand, plain, projects, ct));
        try
        {
            await stand.WaitForDiskAsync(true, ct);
            foreach (var projects in (int[])[1, Connections])
                figures.Add(await CompareAsync(stand, plain, projects, ct));
        }
        finally
        {
            await stand.WaitForDiskAsync(false, CancellationToken.None);
        }
        return figures;
    }

    static async Task<Figure> CompareAsync(SubmitStand stand, PlainInserts plain, int projects, CancellationToken ct)
    {
        var disk = await stand.WaitsForDiskAsync(ct) ? "each on disk" : "without waiting for the disk";
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var run = 0; run < Runs; run++)
        {
            ours.Add(await RunAsync(stand, projects, Submits, ct));
            theirs.Add(await plain.RunAsync(Submits, Connections, ct));
        }
        return Figure.AtLeast($"submits taken, {Connections} connections, {(projects == 1 ? "one project" : $"{projects} projects")}, {disk}", ours.Median(), "/s", theirs.Median(), 300);
    }

    /// <summary>Submits until the limits are met exactly, then some more; returns those taken per second.</summary>
    static async Task<double> RunAsync(SubmitStand stand, int projects, int submits, CancellationToken ct)
    {
        var fresh = await stand.AddProjectsAsync(projects, submits / projects, ct);
        var (seconds, taken, refused) = await SubmitAsync(stand, fresh, submits, ct);
        if (taken != submits || refused != 0)
            throw new InvalidOperationException($"Of {submits} submits within the limits {taken} were taken and {refused} refused.");
        (_, taken, refused) = await SubmitAsync(stand, fresh, Beyond, ct);
        if (taken != 0 || refused != Beyond)
            throw new InvalidOperationException($"At the limit {taken} submits were taken and {refused} of {Beyond} refused.");
        Console.WriteLine(FormattableString.Invariant($"    {submits} taken by {projects} project(s) in {seconds:0.00} s ({submits / seconds:0} /s), the next {Beyond} refused"));
        return submits / seconds;
    }

    static async Task<(double Seconds, int Taken, int Refused)> SubmitAsync(SubmitStand stand, IReadOnlyList<SubmitProject> projects, int submits, CancellationToken ct)
    {
        var (next, taken, refused) = (-1, 0, 0);
        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var n && n < submits)
            {
                var answer = await stand.SubmitAsync(projects[n % projects.Count], ct);
                if (answer.IsOk)
                    Interlocked.Increment(ref taken);
                else if (answer.Refusal is QuotaExceeded)
                    Interlocked.Increment(ref refused);
                else
                    throw new InvalidOperationException($"A submit was refused for another reason: {answer.Refusal.Message}");
            }
        }, ct)));
        return (TimeProvider.System.GetElapsedTime(began).TotalSeconds, taken, refused);
    }
}
