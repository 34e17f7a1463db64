using System.Linq.Expressions;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;

namespace Portal.Domain.Evacuations;

/// <summary>How a host is to be emptied, or machines brought back.</summary>
/// <param name="Mode">How machines are moved.</param>
/// <param name="ObjectiveMs">Longest silence each move may cost, ms; null: no promise.</param>
/// <param name="Limits">How many moves at once; null: the usual.</param>
/// <param name="Plan">The fingerprint of the plan that was looked at: with another one nothing is begun. Null takes whatever the plan is now.</param>
public sealed record EvacuationOrder(MigrationMode Mode = MigrationMode.Live, double? ObjectiveMs = null, EvacuationLimits? Limits = null, string? Plan = null)
{
    internal EvacuationTerms Terms => new(Mode, ObjectiveMs, Limits ?? EvacuationLimits.Usual);

    /// <summary>Why it makes no sense, or null.</summary>
    public InvalidText? Check() => Objective.Refuse(ObjectiveMs, null) ?? Limits?.Check();
}

/// <summary>A plan as it is shown before anything is done.</summary>
/// <param name="HostId">The host.</param>
/// <param name="HostName">Its name.</param>
/// <param name="Kind">Which way machines go.</param>
/// <param name="Plan">Who goes where in what order, and who stays.</param>
/// <param name="Fingerprint">What tells it from another.</param>
/// <param name="Limits">How many moves at once.</param>
public sealed record EvacuationPreview(Guid HostId, string HostName, EvacuationKind Kind, EvacuationPlan Plan, string Fingerprint, EvacuationLimits Limits);

/// <summary>An evacuation as shown in lists.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="HostId">The host; null when it is about a tag.</param>
/// <param name="HostName">Its name then.</param>
/// <param name="Tag">The tag of the machines that are moved.</param>
/// <param name="Kind">Which way machines go.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Note">What it waits for, or why it is paused.</param>
/// <param name="Terms">How machines are moved, and how many at once.</param>
/// <param name="PredictedSeconds">How long it was foretold to take, s.</param>
/// <param name="PredictedWorstMs">The longest silence foretold for any machine, ms.</param>
/// <param name="RequestedByName">Who asked for it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="EndedAt">When it was over.</param>
/// <param name="Waiting">Machines whose turn has not come.</param>
/// <param name="Moving">On their way.</param>
/// <param name="Moved">Where they should be.</param>
/// <param name="Stayed">Those that did not move.</param>
/// <param name="WorstBlackoutMs">The longest silence validly measured of any, ms; null when none was.</param>
/// <param name="Until">When its window closes; null: it has none.</param>
/// <param name="ScheduleId">The schedule it comes from; null when a person asked for it, or the schedule is gone.</param>
public sealed record EvacuationRow(Guid Id, Guid? HostId, string? HostName, string? Tag, EvacuationKind Kind, EvacuationStatus Status, string? Note, EvacuationTerms Terms,
    double? PredictedSeconds, double? PredictedWorstMs, string RequestedByName, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, int Waiting, int Moving, int Moved, int Stayed, double? WorstBlackoutMs, DateTimeOffset? Until, Guid? ScheduleId)
{
    /// <summary>What it is about, as it stands in a sentence.</summary>
    public string Subject => EvacuationWords.Subject(HostName, Tag);

    /// <summary>Whether it is not over.</summary>
    public bool IsActive => EndedAt is null;

    internal static Expression<Func<Evacuation, EvacuationRow>> From(PortalDbContext db) => e => new EvacuationRow(e.Id, e.HostId, e.HostName, e.Tag, e.Kind, e.Status, e.Note, e.Terms,
        e.PredictedSeconds, e.PredictedWorstMs, e.RequestedByName, e.CreatedAt, e.EndedAt,
        db.EvacuationItems.Count(i => i.EvacuationId == e.Id && i.State == EvacuationItemState.Waiting), db.EvacuationItems.Count(i => i.EvacuationId == e.Id && i.State == EvacuationItemState.Moving),
        db.EvacuationItems.Count(i => i.EvacuationId == e.Id && i.State == EvacuationItemState.Moved), db.EvacuationItems.Count(i => i.EvacuationId == e.Id && i.State == EvacuationItemState.Stayed), null, e.Until,
        db.ScheduleRuns.Where(r => r.EvacuationId == e.Id).Select(r => (Guid?)r.ScheduleId).FirstOrDefault());
}

/// <summary>One machine's turn.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="MachineName">Its name then.</param>
/// <param name="MemoryMib">Its memory then, MiB.</param>
/// <param name="State">What became of it.</param>
/// <param name="DestinationName">Where it is to go, or went.</param>
/// <param name="Forecast">What its move was foretold to come to.</param>
/// <param name="Tries">How often it was tried.</param>
/// <param name="Detail">What it waits for, or why it stayed.</param>
/// <param name="EndedAt">When it was settled.</param>
/// <param name="Move">Its last move; null before the first.</param>
public sealed record EvacuationItemRow(Guid MachineId, string MachineName, int MemoryMib, EvacuationItemState State, string? DestinationName, MoveForecast? Forecast, int Tries, string? Detail, DateTimeOffset? EndedAt,
    MigrationRow? Move);

/// <summary>An evacuation with every machine's turn.</summary>
/// <param name="Evacuation">The evacuation.</param>
/// <param name="Items">In the order of their turns.</param>
/// <param name="MayAct">Whether the actor may pause, resume and cancel it.</param>
/// <param name="Left">How long it still takes; null when that is not known, or nothing is left.</param>
public sealed record EvacuationDetails(EvacuationRow Evacuation, IReadOnlyList<EvacuationItemRow> Items, bool MayAct, Eta? Left = null);

/// <summary>A host that is in service again.</summary>
/// <param name="HostId">The host.</param>
/// <param name="HostName">Its name.</param>
/// <param name="Evacuation">What brings machines back; null when none are brought.</param>
public sealed record BackInService(Guid HostId, string HostName, EvacuationDetails? Evacuation);
