using System.Globalization;

namespace Portal.Bench.Migrations;

/// <summary>Moves of one kind, one after the other. A move that fails is counted and told, and breaks nothing off.</summary>
sealed class MoveSeries(Stand stand, string name, int wanted)
{
    readonly List<MoveSample> moved = [];
    readonly List<MoveSample> stayed = [];
    readonly DateTime began = DateTime.UtcNow;

    public string Name => name;

    /// <summary>How many were tried.</summary>
    public int Tried { get; private set; }

    /// <summary>How many broke off in a way that leaves no receipt.</summary>
    public int Broken { get; private set; }

    /// <summary>Those that arrived and were measured.</summary>
    public IReadOnlyList<MoveSample> Moved => moved;

    /// <summary>Those that a policy ended, or that did not arrive for another reason.</summary>
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
            await using var ping = PlainPing.Start(machine.Address);
            await ping.FirstReply.WaitAsync(TimeSpan.FromSeconds(30), ct);
            var ordered = DateTime.UtcNow;
            var receipt = await machine.OutcomeAsync(await machine.MoveAsync(destination, ct, order), ct);
            var seconds = (DateTime.UtcNow - ordered).TotalSeconds;
            var sample = new MoveSample(receipt, (await ping.StopAsync()).BlackoutMs, seconds);
            (sample.HasMoved ? moved : stayed).Add(sample);
            Tell(sample.HasMoved ? string.Create(CultureInfo.InvariantCulture, $"{sample.BlackoutMs:0} ms (pause {sample.PauseMs:0} ms, independent ping {sample.WatchedMs:0} ms) in {sample.Seconds:0.0} s") : receipt["message"]?.ToString() ?? "no message");
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            Broken++;
            Tell($"broke off: {e.Message}");
        }
    }

    void Tell(string what)
    {
        var left = (DateTime.UtcNow - began) / Tried * (wanted - Tried);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {name} {Tried}/{wanted}: {what}; about {left.TotalMinutes:0.0} min left"));
    }
}
