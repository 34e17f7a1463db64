using Portal.Bench;

// ./portal bench [NAME] [--moves N] [--json FILE]: measures, prints a table, and ends with 0 whether or not a target was met: a miss is a result.
if (args is [LeaseBench.SweepVerb])
    return await LeaseBench.RunSweeperAsync(Environment.GetEnvironmentVariable("PORTAL_BENCH_DATABASE")!, CancellationToken.None);

string? name = null, json = null;
var moves = 100;
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--json" && i + 1 < args.Length)
        json = args[++i];
    else if (args[i] == "--moves" && i + 1 < args.Length && int.TryParse(args[i + 1], System.Globalization.CultureInfo.InvariantCulture, out moves) && moves is >= 3 and <= 1000)
        i++;
    else if (name is null && Measurement.All.Any(known => known.Name == args[i]))
        name = args[i];
    else
        return await UsageAsync(args[i]);
}

using var ctrlC = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    // What was begun on the hosts is taken back first.
    press.Cancel = true;
    ctrlC.Cancel();
};
try
{
    var figures = new List<Figure>();
    var chosen = Measurement.All.Where(known => name is null || known.Name == name).ToList();
    // What needs neither hosts nor machines needs no stand.
    await using var stand = chosen.Exists(m => m.OnStandAsync is not null) ? await Stand.StartAsync(moves, ctrlC.Token) : null;
    foreach (var measurement in chosen)
    {
        Console.WriteLine($"  {measurement.Name}: {measurement.Says}");
        figures.AddRange(measurement.AloneAsync is { } alone ? await alone(ctrlC.Token) : await measurement.OnStandAsync!(stand!, ctrlC.Token));
    }

    Console.WriteLine();
    Report.Print(figures, Console.Out);
    if (json is not null)
        await Report.WriteJsonAsync(figures, json, CancellationToken.None);
    return 0;
}
catch (OperationCanceledException) when (ctrlC.IsCancellationRequested)
{
    await Console.Error.WriteLineAsync("Interrupted; nothing was measured to its end.");
    return 130;
}
catch (Exception e) when (e is InvalidOperationException or TimeoutException or Microsoft.Playwright.PlaywrightException)
{
    await Console.Error.WriteLineAsync($"The measurement broke off: {e.Message}");
    return 1;
}

static async Task<int> UsageAsync(string argument)
{
    await Console.Error.WriteLineAsync($"The bench has no '{argument}'. Use: ./portal bench [{string.Join('|', Measurement.All.Select(known => known.Name))}] [--moves 3-1000] [--json FILE]");
    return 2;
}
