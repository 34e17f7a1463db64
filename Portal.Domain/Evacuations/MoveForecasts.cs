using Microsoft.EntityFrameworkCore;
using Portal.Domain.Migrations;
using Portal.Domain.Scoping;

namespace Portal.Domain.Evacuations;

/// <summary>What an earlier move came to.</summary>
/// <param name="Seconds">From the order until its receipt was final.</param>
/// <param name="Receipt">Its receipt.</param>
public sealed record MoveSample(double Seconds, MoveReceipt Receipt);

/// <summary>What a forecast rests on.</summary>
public enum ForecastBasis
{
    /// <summary>Earlier moves of the machine itself.</summary>
    Machine,

    /// <summary>Earlier moves of others between the two hosts.</summary>
    Route,

    /// <summary>Earlier moves of others elsewhere.</summary>
    Fleet,
}

/// <summary>What a move is expected to come to.</summary>
/// <param name="Seconds">From the order until its receipt is final.</param>
/// <param name="BlackoutMsLow">Least blackout to expect, ms; null when none was validly measured.</param>
/// <param name="BlackoutMsHigh">Most.</param>
/// <param name="Moves">How many earlier moves it rests on.</param>
/// <param name="Basis">Which.</param>
/// <param name="StreamSeconds">For how much of the time its stream fills the link.</param>
public sealed record MoveForecast(double Seconds, double? BlackoutMsLow, double? BlackoutMsHigh, int Moves, ForecastBasis Basis, double StreamSeconds = 0);

/// <summary>What moves of an evacuation are expected to come to: <see cref="MovePredictor"/>'s figures, and what an order takes beside its move.</summary>
/// <param name="newestFirst">Earlier moves of the same mode, newest first.</param>
/// <param name="mode">How the machines go.</param>
public sealed class MoveForecasts(IReadOnlyList<MoveSample> newestFirst, MigrationMode mode)
{
    // What one move or two came to may have been luck.
    const int Enough = 3;

    const int SamplesOfAll = 500;
    const int SamplesOfMachines = 2000;

    readonly MovePredictor predictor = new([.. newestFirst.Select(s => s.Receipt)]);
    readonly ILookup<Guid, MoveSample> byMachine = newestFirst.ToLookup(s => s.Receipt.MachineId);
    readonly ILookup<Route, MoveSample> byRoute = newestFirst.ToLookup(s => s.Receipt.Route);
    readonly double around = Weighted.Quantile(newestFirst.Select(s => (s.Seconds - s.Receipt.Measured.TotalSeconds, 1.0)), 0.5) ?? 0;
    // The fastest are those that had the link for themselves and much to send; a few of them may have been counted wrong.
    readonly double? bytesPerSecond = Weighted.Quantile(newestFirst.Where(s => s.Receipt.Measured is { Bytes: > 0, TotalSeconds: > 0 }).Select(s => (s.Receipt.Measured.Bytes / s.Receipt.Measured.TotalSeconds, 1.0)), 0.9);
    readonly bool isSilenceKnown = newestFirst.Any(s => s.Receipt.Measured is { ProbeInvalid: null, BlackoutMs: not null });

    /// <summary>The newest receipts of all, and of some machines: what a machine's own moves came to says more, however long ago.</summary>
    internal static async Task<MoveForecasts> ReadAsync(PortalDbContext db, MigrationMode mode, IReadOnlyList<Guid> machines, CancellationToken ct)
    {
        // What moves cost is learned from every project's.
        var receipts = db.Migrations.IgnoreQueryFilters([Scopes.Filter]).AsNoTracking()
            .Where(m => m.Mode == mode && m.Status == MigrationStatus.Moved && m.Measured != null && m.EndedAt != null).OrderByDescending(m => m.Id);
        var rows = new Dictionary<Guid, MoveSample>();
        foreach (var some in new[] { receipts.Take(SamplesOfAll), receipts.Where(m => machines.Contains(m.MachineId)).Take(SamplesOfMachines) })
        {
            foreach (var m in await some.Select(m => new { m.Id, m.MachineId, m.MemoryMib, m.SourceHostId, m.DestinationHostId, m.CreatedAt, m.EndedAt, m.Predicted, m.Measured }).ToListAsync(ct))
                rows[m.Id] = new MoveSample(Math.Max(0, (m.EndedAt!.Value - m.CreatedAt).TotalSeconds), new MoveReceipt(m.MachineId, m.MemoryMib, new Route(m.SourceHostId, m.DestinationHostId), mode, m.Predicted, m.Measured!));
        }
        // Identifiers grow with time.
        return new MoveForecasts([.. rows.OrderByDescending(row => row.Key).Select(row => row.Value)], mode);
    }

    /// <summary>Whether a move would keep an objective; null when nothing was ever moved.</summary>
    public ObjectiveOutlook? Outlook(Guid machine, int memoryMib, Route route, Objective objective) => newestFirst.Count == 0 ? null
        : objective.Outlook(predictor.Foretell(new MoveQuestion(machine, memoryMib, route, mode, GuestSight.Unseen, objective.AllowedMs)));

    /// <summary>What a move is expected to come to; null when nothing was ever moved.</summary>
    public MoveForecast? Of(Guid machine, int memoryMib, Route route)
    {
        if (newestFirst.Count == 0)
            return null;
        var predicted = predictor.Foretell(new MoveQuestion(machine, memoryMib, route, mode, GuestSight.Unseen));
        var (moves, basis) = byMachine[machine].Count() is >= Enough and var own ? (own, ForecastBasis.Machine)
            : byRoute[route].Count() is >= Enough and var there ? (there, ForecastBasis.Route) : (newestFirst.Count, ForecastBasis.Fleet);
        var seconds = Math.Max(0, predicted.TotalSeconds + around);
        return new MoveForecast(seconds, isSilenceKnown ? predicted.BlackoutMsLow : null, isSilenceKnown ? predicted.BlackoutMsHigh : null, moves, basis, bytesPerSecond is { } rate ? Math.Min(seconds, predicted.Bytes / rate) : 0);
    }
}
