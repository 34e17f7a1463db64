using Portal.Domain.Migrations;

namespace Portal.Domain.Machines;

/// <content>What its users may at most notice of a move.</content>
public sealed partial class Machine
{
    /// <summary>Longest silence a move may cost, ms; null: no such objective of its own.</summary>
    public double? ObjectiveMs { get; private set; }

    /// <summary>Most pings lost at 1 Hz; null: no such objective of its own.</summary>
    public int? ObjectivePings { get; private set; }

    /// <summary>Its own objective; null: its project's counts.</summary>
    public Objective? Objective => Objective.Of(ObjectiveMs, ObjectivePings);

    internal void Promise(Objective? objective) => (ObjectiveMs, ObjectivePings) = (objective?.BlackoutMs, objective?.LostPings);
}
