using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Audit;
using Portal.Domain.Machines;

namespace Portal.Bench.Lists;

/// <summary>Reads every page of a list's cases through the service and through the API, and some of them the plain way.</summary>
sealed class ListsRun(ServiceProvider services, NpgsqlDataSource plain, Func<ListsCase, Api> api, Func<ListsCase, Actor> actor)
{
    const int PlainOnes = 40;

    public async Task<IReadOnlyList<Figure>> MeasureAsync(string name, IReadOnlyList<ListsCase> cases, double limit, CancellationToken ct)
    {
        var (service, http, alternative) = (new List<(double Ms, ListsCase Case)>(), new List<double>(), new List<double>());
        var random = new Random(1);
        foreach (var asked in cases.Where(c => c.Place == "first"))
        {
            // Both have been at work for a while: what a kind of page costs the first time, when its query is translated, is not what people wait for.
            await ReadAsync(asked, 0, ct);
            await api(asked).GetAsync(asked.Address(0), ct);
        }
        // In no order, as people come; each page once, since the second time it would lie ready.
        foreach (var asked in cases.OrderBy(_ => random.Next()))
        {
            var total = await ReadAsync(asked with { Place = "first", Sort = asked.List switch { "audit" => "at", "approvals" => "submitted", _ => "name" } }, 0, ct);
            service.Add((await TimeAsync(() => ReadAsync(asked, total, ct)), asked));
            http.Add(await TimeAsync(() => api(asked).GetAsync(asked.Address(total), ct)));
        }
        foreach (var asked in cases.OrderBy(_ => random.Next()).Take(PlainOnes))
        {
            var total = await ReadAsync(asked with { Place = "first" }, 0, ct);
            alternative.Add(await TimeAsync(async () => { await PlainLists.ReadAsync(plain, asked, total, ct); return 0; }));
        }
        foreach (var (ms, slow) in service.OrderByDescending(s => s.Ms).Take(5))
            Console.WriteLine($"    slow: {ms:0} ms, {slow}");
        var times = service.Select(s => s.Ms).ToList();
        return
        [
            new($"{name}: a page, median of {cases.Count}", times.Median(), "ms", alternative.Median(), "–", true),
            new($"{name}: a page, p95", times.Percentile(95), "ms", alternative.Percentile(95), $"≤ {limit} ms", times.Percentile(95) <= limit),
            Figure.AtMost($"{name}: the same through the API, p95", http.Percentile(95), "ms", limit),
            Figure.AtMost($"{name}: the slowest page", times.Max(), "ms", limit),
        ];
    }

    async Task<int> ReadAsync(ListsCase asked, int total, CancellationToken ct)
    {
        if (asked.List == "machines")
            return (await services.GetRequiredService<MachineService>().ListAsync(actor(asked), asked.Query(total), ct)).Total;
        if (asked.List == "approvals")
            return await ApprovalsAsync(asked, total, ct);
        var page = await services.GetRequiredService<AuditService>().ListAsync(actor(asked), asked.Query(total), ct);
        return page.IsOk ? page.Value.Total : throw new InvalidOperationException($"{asked}: {page.Refusal.Message}");
    }

    /// <summary>All that the page of approvals loads: the queue, what it is like, and what the first decision would do.</summary>
    async Task<int> ApprovalsAsync(ListsCase asked, int total, CancellationToken ct)
    {
        var approvals = services.GetRequiredService<ApprovalService>();
        var queue = (await approvals.QueueAsync(actor(asked), asked.Query(total), ct)).Value;
        await approvals.FactsAsync(actor(asked), ct);
        if (queue.Items is [var first, ..] && (await approvals.PreviewAsync(actor(asked), first.Id, ct)).Refusal is { } refusal)
            throw new InvalidOperationException($"{asked}: {refusal.Message}");
        return queue.Total;
    }

    static async Task<double> TimeAsync<T>(Func<Task<T>> read)
    {
        var began = Stopwatch.GetTimestamp();
        await read();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
