using Portal.Domain.Evacuations;
using Portal.Domain.Migrations;

namespace Portal.Domain.Balance;

/// <summary>A move that is worth making, with what it costs.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="MachineName">Its name.</param>
/// <param name="FromHostId">Where it is.</param>
/// <param name="From">That host's name.</param>
/// <param name="ToHostId">Where it would go.</param>
/// <param name="To">That host's name.</param>
/// <param name="Gain">What it brings, in words with figures.</param>
/// <param name="Forecast">What it is expected to come to; null when nothing was ever moved.</param>
/// <param name="Objective">The objective that stands for the machine; null for none.</param>
/// <param name="Keeps">Whether it would be kept; null without an objective, or when nothing was ever moved.</param>
public sealed record Recommendation(Guid MachineId, string MachineName, Guid FromHostId, string From, Guid ToHostId, string To, string Gain, MoveForecast? Forecast, Objective? Objective, ObjectiveOutlook? Keeps);

/// <summary>A host as balancing sees it.</summary>
/// <param name="Now">How full it is.</param>
/// <param name="Then">How full it would be once every recommendation was followed.</param>
/// <param name="Load">What it was measured to carry; null while that is not known.</param>
public sealed record BalanceHostView(HostShare Now, HostShare Then, HostLoad? Load);

/// <summary>What is worth moving now.</summary>
/// <param name="Recommendations">In the order they are worth most.</param>
/// <param name="Hosts">The hosts machines are balanced over, by name.</param>
/// <param name="LeftOut">Hosts that are not, and why.</param>
/// <param name="IsMeasured">Whether processors count: every host was measured lately.</param>
public sealed record BalanceView(IReadOnlyList<Recommendation> Recommendations, IReadOnlyList<BalanceHostView> Hosts, IReadOnlyList<string> LeftOut, bool IsMeasured);

/// <summary>Whether machines are balanced without anybody's hand.</summary>
/// <param name="Enabled">Whether it is switched on.</param>
/// <param name="Terms">When, and how much.</param>
/// <param name="RunByName">Who said so last: moves are made with that person's rights; null while nobody did.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="NextAt">When the next window opens; null while it is off.</param>
/// <param name="SaidAt">When it was said.</param>
/// <param name="Said">What came of the last look into a window.</param>
/// <param name="Version">The version to change it with; 0 while nobody said anything.</param>
public sealed record BalanceSettingsView(bool Enabled, BalanceTerms Terms, string? RunByName, DateTimeOffset? ChangedAt, DateTimeOffset? NextAt, DateTimeOffset? SaidAt, string? Said, int Version);

/// <summary>A recommendation to follow.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="ToHostId">Where it is to go.</param>
public sealed record BalanceChoice(Guid MachineId, Guid ToHostId);

/// <summary>What became of one recommendation.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="MachineName">Its name; null when there is no such recommendation.</param>
/// <param name="Move">The move that was ordered; null when none was.</param>
/// <param name="Refusal">Why not; null when it was.</param>
public sealed record BalanceOutcome(Guid MachineId, string? MachineName, MigrationRow? Move, Refusal? Refusal);

/// <summary>The move is not recommended any more.</summary>
public sealed record NotRecommended() : Refusal("not-recommended", "This move is not recommended any more: machines, hosts or what they carry have changed.", "Look at the recommendations as they are now.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
