namespace Portal.Bench.Lists;

/// <summary>What is known of a list before one of its pages is measured.</summary>
/// <param name="Total">How many rows it has.</param>
/// <param name="AtLeast">Whether it was counted no further.</param>
/// <param name="After">The row in its middle, where a page beyond what is counted begins.</param>
sealed record ListsSpot(int Total = 0, bool AtLeast = false, Guid? After = null);
