using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Portal.Bench.Migrations;

/// <summary>Moves of one kind, one after the other. A move that fails is counted and told, and breaks nothing off.</summary>
/// <param name="stand">Where they are made.</param>
/// <param name="name">What they are called.</param>
/// <param name="wanted">How many are to be made.</param>
/// <param name="most">No further one is begun after so long.</param>
/// <param name="watchedEachMs">Time between the independent pings, ms.</param>
sealed class MoveSeries(Stand stand, string name, int wanted, TimeSpan most, int watchedEachMs = PlainPing.UsualMs)
{
    readonly List<MoveSample> moved = [];
    readonly List<MoveSample> stayed = [];
    readonly long began = Stopwatch.GetTimestamp();

    public string Name => name;

    /// <summary>How many were tried.</summary>
    public int Tried { get; private set; }

    /// <summary>How many broke off in a way that leaves no receipt.</summary>
    public int Broken { get; private set; }

    /// <summary>How many the portal refused at once, since they would not have kept what was promised.</summary>
    public int Refused { get; private set; }

    /// <summary>Whether enough were made, or their time is over.</summary>
    public bool IsOver => Tried >= wanted || Stopwatch.GetElapsedTime(began) > most;

    /// <summary>Those that arrived and were measured.</summary>
    public IReadOnlyList<MoveSample> Moved => moved;

    /// <summary>Those that did not arrive, for whatever reason.</summary>
    public IReadOnlyList<MoveSample> Stayed => stayed;

    public IReadOnlyList<double> Receipts => [.. moved.Select(m => m.BlackoutMs)];

    public IReadOnlyList<double> Watched => [.. moved.Select(m => m.WatchedMs)];

    /// <summary>Moves the machine to the next host and measures it.</summary>
    public async Task OneAsync(PortalMachine machine, object order, CancellationToken ct)
    {
        Tried++;
        try
        {
            var destination = stand.Lab.Next(await machine.HomeAsync(ct));
            await using var ping = PlainPing.Start(machine.Address, watchedEachMs);
            await ping.FirstReply.WaitAsync(TimeSpan.FromSeconds(30), ct);
            await using var wire = await WireTap.StartAsync(machine.Address, ct);
            var ordered = Stopwatch.GetTimestamp();
            var receipt = await machine.OutcomeAsync(await machine.MoveAsync(destination, ct, order), ct);
            var seconds = Stopwatch.GetElapsedTime(ordered).TotalSeconds;
            await wire.StopAsync();
            var sample = new MoveSample(receipt, wire.OfIndependentMs(ping), receipt["measured"]?["intervalMs"]?.GetValue<double>() is { } interval ? wire.OfPortalMs(interval) : double.NaN, seconds);
            (sample.HasMoved ? moved : stayed).Add(sample);
            Tell(sample.HasMoved ? string.Create(CultureInfo.InvariantCulture, $"{sample.BlackoutMs:0} ms (pause {sample.PauseMs:0} ms, independent ping {sample.WatchedMs:0} ms, on the wire {sample.WireMs:0} ms{(sample.IsDoubted ? ", doubted" : "")}) in {sample.Seconds:0.0} s") : receipt["message"]?.ToString() ?? "no message");
        }
        catch (ApiRefusedException e) when (e.IsForObjective)
        {
            Refused++;
            Tell($"refused: {e.Message}");
        }
        catch (Exception e) when (IsOfOne(e, ct))
        {
            Broken++;
            Tell($"broke off: {e.Message}");
        }
    }

    /// <summary>Whether what went wrong says something about one move only: an answer, a tool, or a wait that took too long.</summary>
    public static bool IsOfOne(Exception e, CancellationToken ct) =>
        !ct.IsCancellationRequested && (e is InvalidOperationException or TimeoutException or HttpRequestException or TaskCanceledException or JsonException);

    void Tell(string what) => Console.WriteLine($"    {name} {Tried}/{wanted}: {what}");
}
