using System.Linq.Expressions;
using System.Text.Json.Serialization;
using Portal.Domain.MovePolicies;
using Portal.Domain.Operations;

namespace Portal.Domain.Migrations;

/// <summary>A move as shown in lists.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="OperationId">The operation that carries it out.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="MachineName">Its name then.</param>
/// <param name="ProjectId">Its project.</param>
/// <param name="MemoryMib">Its memory then, MiB.</param>
/// <param name="SourceHostId">From.</param>
/// <param name="SourceName">From, by name.</param>
/// <param name="DestinationHostId">To.</param>
/// <param name="DestinationName">To, by name.</param>
/// <param name="Mode">How.</param>
/// <param name="Status">How it is going or ended.</param>
/// <param name="Phase">The running phase; null before and after.</param>
/// <param name="Percent">Progress, 0–100.</param>
/// <param name="ObjectiveMs">Longest silence the objective allows, ms; null: no promise.</param>
/// <param name="BlackoutMs">Measured blackout, ms; null when not measured.</param>
/// <param name="Predicted">What was foretold.</param>
/// <param name="Measured">What was measured.</param>
/// <param name="Message">What happened, what it did to the machine, and what to do now.</param>
/// <param name="RequestedByName">Who asked for it.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="StartedAt">When the move's time axis begins.</param>
/// <param name="EndedAt">When the receipt was final.</param>
/// <param name="Settled">What was found out later, when it was not known at the end where the machine runs.</param>
/// <param name="Policy">What it may do to come to its end; null where a move has only one, where an admin made it, and of moves from before there were policies.</param>
/// <param name="MadePolicy">The policy an admin made that it was ordered by, as it was then; null for those that are built in.</param>
/// <param name="ObjectivePings">Most pings that a ping each second may lose; null: no such promise.</param>
/// <param name="OverrideReason">Why it was ordered although its objective would not be kept; null where nobody had to say so.</param>
public sealed record MigrationRow(Guid Id, Guid OperationId, Guid MachineId, string MachineName, Guid ProjectId, int MemoryMib, Guid SourceHostId, string SourceName,
    Guid DestinationHostId, string DestinationName, MigrationMode Mode, MigrationStatus Status, string? Phase, double Percent, double? ObjectiveMs, double? BlackoutMs,
    Prediction? Predicted, Measurement? Measured, string? Message, string RequestedByName, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt,
    LateSettlement? Settled = null, MigrationPolicy? Policy = null, MadePolicy? MadePolicy = null, int? ObjectivePings = null, string? OverrideReason = null)
{
    /// <summary>The way memory takes; null of moves from before it could be chosen.</summary>
    public StreamTerms? Stream { get; init; }

    /// <summary>Why the portal itself ordered or proposed it; null where a person wanted it.</summary>
    public string? Reason { get; init; }

    /// <summary>How long it still takes until the machine runs there; null before that is known and once it does.</summary>
    public Eta? Eta { get; init; }

    /// <summary>Whether it waits or is on its way.</summary>
    public bool IsActive => Status is MigrationStatus.Queued or MigrationStatus.Running;

    /// <summary>Whether the objective was met; null without a move, an objective, a measurement or a valid probe.</summary>
    public bool? ObjectiveMet => Status == MigrationStatus.Moved && Measured is { } measured ? Objective?.KeptBy(measured) : null;

    /// <summary>What was promised; null: nothing.</summary>
    public Objective? Objective => Objective.Of(ObjectiveMs, ObjectivePings);

    internal static Expression<Func<Migration, MigrationRow>> From(PortalDbContext db) => m => new MigrationRow(m.Id, m.OperationId, m.MachineId, m.MachineName, m.ProjectId,
        m.MemoryMib, m.SourceHostId, m.SourceName, m.DestinationHostId, m.DestinationName, m.Mode, m.Status, m.Phase,
        db.Operations.Where(o => o.Id == m.OperationId).Select(o => o.Percent).First(), m.ObjectiveMs, m.BlackoutMs, m.Predicted, m.Measured, m.Message,
        m.RequestedByName, m.CreatedAt, m.StartedAt, m.EndedAt, m.Settled, m.Policy, m.MadePolicy, m.ObjectivePings, m.OverrideReason)
    {
        Stream = m.Stream, Reason = m.Reason, Eta = db.Operations.Where(o => o.Id == m.OperationId).Select(o => Eta.Of(o.EtaLeastSeconds, o.EtaSeconds)).First(),
    };
}

/// <summary>A move with its story: the receipt's page.</summary>
/// <param name="Migration">The move.</param>
/// <param name="Phases">The phases so far with their times.</param>
/// <param name="Decisions">Every decision the controller took.</param>
/// <param name="MayCancel">Whether the actor may ask it to stop now.</param>
public sealed record MigrationDetails(MigrationRow Migration, IReadOnlyList<PhaseTime> Phases, IReadOnlyList<Decision> Decisions, bool MayCancel);

/// <summary>How grave a finding is.</summary>
public enum FindingLevel
{
    /// <summary>Makes it impossible.</summary>
    Error,

    /// <summary>Possible, but know this.</summary>
    Warning,

    /// <summary>Good to know.</summary>
    Info,
}

/// <summary>Something found while looking at a possible move.</summary>
/// <param name="Level">How grave.</param>
/// <param name="Text">In words, with figures.</param>
public sealed record Finding(FindingLevel Level, string Text);

/// <summary>What a mode would cost on a route.</summary>
/// <param name="Mode">How.</param>
/// <param name="WhyNot">Why the mode is not possible there; null when it is.</param>
/// <param name="Predicted">What to expect.</param>
/// <param name="Pings">What of it a ping would lose.</param>
/// <param name="Keeps">Whether it would keep the machine's objective; null without one.</param>
/// <param name="Moves">How many earlier moves that rests on.</param>
public sealed record ModeForecast(MigrationMode Mode, string? WhyNot, Prediction Predicted, PingForecast Pings, ObjectiveOutlook? Keeps, int Moves);

/// <summary>A host the machine could go to.</summary>
/// <param name="HostId">The host.</param>
/// <param name="HostName">Its name.</param>
/// <param name="Possible">Whether nothing speaks against it.</param>
/// <param name="Findings">What was found, the gravest first.</param>
/// <param name="Modes">Every mode on this route.</param>
/// <param name="Rank">Its place among the possible ones, 1 is the best; null when it is not possible.</param>
/// <param name="Why">What put it there, in words.</param>
public sealed record Destination(Guid HostId, string HostName, bool Possible, IReadOnlyList<Finding> Findings, IReadOnlyList<ModeForecast> Modes, int? Rank, string? Why);

/// <summary>Where a machine could go, and how.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="MachineName">Its name.</param>
/// <param name="SourceId">Where it is; null before it has a host.</param>
/// <param name="SourceName">That host's name.</param>
/// <param name="WhyNot">Why it cannot be moved at all now; null when it can.</param>
/// <param name="Best">The destination the portal would pick; null when there is none.</param>
/// <param name="Destinations">Every other host, the best first; none for whoever may not move machines.</param>
/// <param name="Objective">The objective a move has whose order names none; null when the machine and its project have none.</param>
public sealed record MoveChoices(Guid MachineId, string MachineName, Guid? SourceId, string? SourceName, Refusal? WhyNot, Guid? Best, IReadOnlyList<Destination> Destinations, StandingObjective? Objective = null);

/// <summary>What was asked for when a move was ordered; its operation's parameters.</summary>
/// <param name="AskedHostId">The destination asked for; null: the best.</param>
/// <param name="Mode">How.</param>
/// <param name="ObjectiveMs">Longest silence allowed, ms; null: no promise.</param>
/// <param name="Policy">What a live move may do to come to its end; null: balanced, and for every other mode.</param>
/// <param name="PolicyId">A policy an admin made, in place of one that is built in.</param>
/// <param name="ObjectivePings">Most pings that a ping each second may lose; null: no such promise.</param>
/// <param name="AnyMode">
/// Nobody looks at this machine's figures: the stricter of the order's objective and the machine's or its project's counts, and a mode that keeps it comes before the one asked for.
/// </param>
/// <param name="Override">Why the move is to be made although its objective will not be kept; null: then it is not made.</param>
public sealed record MigrationParameters(Guid? AskedHostId = null, MigrationMode Mode = MigrationMode.Live, double? ObjectiveMs = null, MigrationPolicy? Policy = null, Guid? PolicyId = null, int? ObjectivePings = null, bool AnyMode = false, string? Override = null)
{
    /// <summary>What is asked of the way memory takes; null: one connection, no limit, nothing compressed.</summary>
    public StreamWishes? Stream { get; init; }

    /// <summary>Why the portal itself ordered or proposed it, for the receipt; null where a person wanted it. It never comes from outside.</summary>
    [JsonIgnore]
    public string? Reason { get; init; }
}

/// <summary>Everything a runner needs to move a machine.</summary>
/// <param name="Migration">The move.</param>
/// <param name="Blueprint">The machine.</param>
/// <param name="Source">Where it is.</param>
/// <param name="Destination">Where it goes.</param>
public sealed record MigrationTask(MigrationRow Migration, Machines.Blueprint Blueprint, Hosts.Host Source, Hosts.Host Destination);

/// <summary>About a second of a move's frames.</summary>
/// <param name="Ordinal">Its place in the order, from 0.</param>
/// <param name="Payload">Gzip of a JSON array of frames.</param>
public sealed record ChunkRow(int Ordinal, byte[] Payload);
