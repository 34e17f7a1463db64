namespace Portal.Domain.Affinity;

/// <summary>An affinity rule to make, or what one is to become.</summary>
/// <param name="Name">What people call it, 1 to 60 characters.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Strength">How much it weighs.</param>
/// <param name="ProjectId">The project all its machines belong to; null for one across projects. It stays what it was made with.</param>
/// <param name="Machines">Its machines, 2 to 50.</param>
public sealed record AffinityDraft(string Name, AffinityKind Kind, AffinityStrength Strength, Guid? ProjectId, IReadOnlyList<Guid> Machines)
{
    /// <summary>The longest name, characters.</summary>
    public const int LongestName = 60;

    /// <summary>The most machines of one rule.</summary>
    public const int MostMachines = 50;
}

/// <summary>A machine of a rule as it is shown.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="MachineName">Its name.</param>
/// <param name="ProjectName">Its project's name.</param>
/// <param name="HostName">The host it lives on; null before it has one.</param>
public sealed record AffinityMemberView(Guid MachineId, string MachineName, string ProjectName, string? HostName);

/// <summary>An affinity rule as it is shown.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Strength">How much it weighs.</param>
/// <param name="ProjectId">Its project; null for one across projects.</param>
/// <param name="ProjectName">That project's name.</param>
/// <param name="IsKept">Whether its machines are where it wants them.</param>
/// <param name="ChangedByName">Who changed it last.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="Version">The version to change it with.</param>
public sealed record AffinityRuleView(Guid Id, string Name, AffinityKind Kind, AffinityStrength Strength, Guid? ProjectId, string? ProjectName, bool IsKept,
    string ChangedByName, DateTimeOffset ChangedAt, uint Version)
{
    /// <summary>Its machines, by name; those that were deleted are not among them.</summary>
    public IReadOnlyList<AffinityMemberView> Machines { get; init; } = [];

    /// <summary>Whether the actor may change or delete it.</summary>
    public bool MayChange { get; init; }
}
