using Microsoft.EntityFrameworkCore;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Scoping;

namespace Portal.Domain.Migrations;

/// <summary>What the books tell of a machine's next move: receipts to learn from, and the objective that stands for it.</summary>
sealed class MoveOutlook(Machine machine, MovePredictor predictor, StandingObjective? standing, GuestSight sight)
{
    const int ReceiptsPerMode = 100;

    /// <summary>The objective a move has whose order names none.</summary>
    public StandingObjective? Standing => standing;

    public static async Task<MoveOutlook> ReadAsync(PortalDbContext db, Machine machine, GuestSight sight, CancellationToken ct) =>
        new(machine, await LearnAsync(db, machine.Id, ct), await StandingAsync(db, machine, ct), sight);

    /// <summary>The newest receipts of every mode, the machine's own and everybody's: what moves cost is learned from every project's.</summary>
    public static async Task<MovePredictor> LearnAsync(PortalDbContext db, Guid machineId, CancellationToken ct)
    {
        var receipts = db.Migrations.IgnoreQueryFilters([Scopes.Filter]).AsNoTracking().Where(m => m.Status == MigrationStatus.Moved && m.Measured != null).OrderByDescending(m => m.Id);
        var found = new Dictionary<Guid, MoveReceipt>();
        foreach (var mode in Enum.GetValues<MigrationMode>())
        {
            foreach (var some in new[] { receipts.Where(m => m.Mode == mode), receipts.Where(m => m.Mode == mode && m.MachineId == machineId) })
            {
                foreach (var m in await some.Take(ReceiptsPerMode).Select(m => new { m.Id, m.MachineId, m.MemoryMib, m.SourceHostId, m.DestinationHostId, m.Predicted, m.Measured }).ToListAsync(ct))
                    found[m.Id] = new MoveReceipt(m.MachineId, m.MemoryMib, new Route(m.SourceHostId, m.DestinationHostId), mode, m.Predicted, m.Measured!);
            }
        }
        // Identifiers grow with time.
        return new MovePredictor([.. found.OrderByDescending(pair => pair.Key).Select(pair => pair.Value)]);
    }

    /// <summary>The machine's own objective, else its project's.</summary>
    public static async Task<StandingObjective?> StandingAsync(PortalDbContext db, Machine machine, CancellationToken ct)
    {
        if (machine.Objective is { } own)
            return new StandingObjective(own, ObjectiveSource.Machine);
        var project = await db.Projects.IgnoreQueryFilters([Scopes.Filter]).AsNoTracking().Where(p => p.Id == machine.ProjectId).Select(p => new { p.ObjectiveMs, p.ObjectivePings }).SingleAsync(ct);
        return Objective.Of(project.ObjectiveMs, project.ObjectivePings) is { } shared ? new StandingObjective(shared, ObjectiveSource.Project) : null;
    }

    /// <summary>Every mode between two hosts, side by side.</summary>
    public IReadOnlyList<ModeForecast> Modes(Host source, Host destination, Objective? objective)
    {
        var route = new Route(source.Id, destination.Id);
        var seen = sight with { DiskBytes = predictor.DiskBytes(machine.Id, route) };
        return [.. Enum.GetValues<MigrationMode>().Select(mode =>
        {
            var predicted = predictor.Foretell(new MoveQuestion(machine.Id, machine.MemoryMib, route, mode, seen, objective?.AllowedMs ?? MoveQuestion.UsualMostPauseMs));
            var whyNot = MoveRules.RefuseMode(mode, source, destination)?.Message ?? MoveRules.RefuseDisks(mode, source, destination, seen.DiskBytes);
            return new ModeForecast(mode, whyNot, predicted, PingForecast.Of(predicted), objective?.Outlook(predicted), predicted.Moves);
        })];
    }

    /// <summary>The possible hosts, the best first, by the mode a move there would be made with.</summary>
    public IReadOnlyList<(RankedHost Host, string Why)> Rank(Host source, IEnumerable<(Host Host, HostRoom Room, int Warnings)> possible, MigrationMode asked, Objective? objective) =>
        DestinationRanking.Rank(possible.Select(p =>
        {
            var way = Modes(source, p.Host, objective) is var modes && modes.Single(m => m.Mode == asked) is { WhyNot: null } wanted ? wanted : modes.FirstOrDefault(m => m.WhyNot is null) ?? modes[0];
            return new RankedHost(p.Room, way.Predicted, way.Keeps, p.Warnings);
        }));
}
