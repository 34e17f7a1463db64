using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Domain.Audit;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Projects;

namespace Portal.Bench.Lists;

/// <summary>Reads every page of a list's cases with the calls that the page itself makes when it is opened, and some of them the plain way.</summary>
sealed class ListsRun(ServiceProvider services, NpgsqlDataSource own, NpgsqlDataSource plain, IReadOnlyDictionary<string, Actor> people)
{
    const int PlainOnes = 40;
    const int Visits = 20;

    public async Task<IReadOnlyList<Figure>> MeasureAsync(string name, IReadOnlyList<ListsCase> cases, double limit, CancellationToken ct)
    {
        // What a kind of page costs the first time, when its query is translated, is not what people wait for.
        foreach (var asked in cases.Where(c => c.Place == ListsCase.First))
            await ReadAsync(asked, new(), ct);
        var spots = new Dictionary<ListsCase, ListsSpot>();
        foreach (var asked in cases)
            spots[asked] = await SpotAsync(asked, spots, ct);

        var (service, alternative, random) = (new List<(double Ms, ListsCase Case)>(), new List<double>(), new Random(1));
        // In no order, as people come; each page once, since the second time it would lie ready.
        foreach (var asked in cases.Where(c => c.Place != ListsCase.Beyond || spots[c].After is not null).OrderBy(_ => random.Next()))
            service.Add((await TimeAsync(() => ReadAsync(asked, spots[asked], ct)), asked));
        foreach (var asked in cases.OrderBy(_ => random.Next()).Take(PlainOnes))
            alternative.Add(await TimeAsync(() => PlainLists.ReadAsync(plain, asked, spots[asked].Total, ct)));
        foreach (var (ms, slow) in service.OrderByDescending(s => s.Ms).Take(5))
            Console.WriteLine($"    slow: {ms:0} ms, {slow}");
        var times = service.Select(s => s.Ms).ToList();
        Console.WriteLine($"    {name}: {times.Count} pages, {times.Count(ms => ms > limit)} past {limit} ms; load {await LoadAsync(ct)}");
        return
        [
            new($"{name}: a page, median of {times.Count}", times.Median(), "ms", alternative.Median(), "–", true),
            new($"{name}: a page, p95", times.Percentile(95), "ms", alternative.Percentile(95), $"≤ {limit} ms", times.Percentile(95) <= limit),
            Figure.AtMost($"{name}: the slowest page", times.Max(), "ms", limit),
        ];
    }

    /// <summary>What the side of every page asks, once a visit: the person's projects, and what waits for his decision.</summary>
    public async Task<Figure> SideAsync(string name, Actor someone, double limit, CancellationToken ct)
    {
        var times = new List<double>();
        for (var visit = 0; visit < Visits; visit++)
        {
            times.Add(await TimeAsync(async () =>
            {
                await services.GetRequiredService<ProjectService>().ListMineAsync(someone, ct);
                await services.GetRequiredService<ApprovalService>().CountAsync(someone, ct);
            }));
        }
        return Figure.AtMost($"the side of every page, once a visit, of {name}: median", times.Median(), "ms", limit);
    }

    /// <summary>How many rows the list has, and where in it a page beyond what is counted begins.</summary>
    async Task<ListsSpot> SpotAsync(ListsCase asked, Dictionary<ListsCase, ListsSpot> known, CancellationToken ct)
    {
        var first = asked with { Place = ListsCase.First };
        if (asked.Place == ListsCase.First)
            return known.FirstOrDefault(k => k.Key.Lists(asked)).Value ?? await ReadAsync(first, new(), ct);
        var spot = known[first];
        if (asked.Place != ListsCase.Beyond || !spot.AtLeast)
            return spot;
        // Whichever way it is sorted, the middle is the same.
        var turned = asked with { Sort = asked.Sort.TrimStart('-') };
        return spot with { After = known.GetValueOrDefault(turned)?.After ?? await PlainLists.MiddleAsync(own, asked, ct) };
    }

    async Task<ListsSpot> ReadAsync(ListsCase asked, ListsSpot spot, CancellationToken ct)
    {
        switch (asked.List)
        {
            case "machines":
                await services.GetRequiredService<HostService>().ListAsync(people[asked.As], ct);
                return new((await services.GetRequiredService<MachineService>().ListAsync(people[asked.As], asked.Query(spot), ct)).Total);
            case "approvals":
                return new(await ApprovalsAsync(asked, spot, ct));
            default:
                await services.GetRequiredService<People>().ListAsync(people[asked.As], ct);
                await services.GetRequiredService<ProjectService>().ListMineAsync(people[asked.As], ct);
                var page = await services.GetRequiredService<AuditService>().ListAsync(people[asked.As], asked.Query(spot), ct);
                return page.IsOk ? new(page.Value.Total, page.Value.AtLeast) : throw new InvalidOperationException($"{asked}: {page.Refusal.Message}");
        }
    }

    /// <summary>The queue, what it is like, and what the first decision would do.</summary>
    async Task<int> ApprovalsAsync(ListsCase asked, ListsSpot spot, CancellationToken ct)
    {
        var approvals = services.GetRequiredService<ApprovalService>();
        var queue = (await approvals.QueueAsync(people[asked.As], asked.Query(spot), ct)).Value;
        await approvals.FactsAsync(people[asked.As], ct);
        if (queue.Items is [var first, ..] && (await approvals.PreviewAsync(people[asked.As], first.Id, ct)).Refusal is { } refusal)
            throw new InvalidOperationException($"{asked}: {refusal.Message}");
        return queue.Total;
    }

    static async Task<double> TimeAsync(Func<Task> read)
    {
        var began = Stopwatch.GetTimestamp();
        await read();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    /// <summary>How many want the processors, on average of the last minute: figures of a busy machine are none.</summary>
    static async Task<string> LoadAsync(CancellationToken ct)
    {
        var load = (await File.ReadAllTextAsync("/proc/loadavg", ct)).Split(' ')[0];
        return $"{load} on {Environment.ProcessorCount} processors";
    }
}
