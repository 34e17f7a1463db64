namespace Portal.Domain.MovePolicies;

/// <summary>A policy to make, or what one is to become.</summary>
/// <param name="Name">What people call it, 1 to 40 characters.</param>
/// <param name="Terms">Its figures.</param>
public sealed record MovePolicyDraft(string Name, MovePolicyTerms Terms);

/// <summary>A policy as it is shown.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Terms">Its figures.</param>
/// <param name="RetiredAt">Since when nothing is ordered by it any more; null while it is.</param>
/// <param name="Schedules">How many schedules move by it.</param>
/// <param name="Moves">How many moves were ordered by it.</param>
/// <param name="ChangedByName">Who changed it last.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="Version">The version to change it with.</param>
public sealed record MovePolicyView(Guid Id, string Name, MovePolicyTerms Terms, DateTimeOffset? RetiredAt, int Schedules, int Moves, string ChangedByName, DateTimeOffset ChangedAt, uint Version);
