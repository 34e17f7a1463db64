namespace Portal.Web.Controls;

/// <summary>The rows a page begins and ends with: what the pages beside it are found by where counting stopped before them.</summary>
/// <param name="First">The first row.</param>
/// <param name="Last">The last row.</param>
/// <param name="Count">How many rows the page has.</param>
/// <param name="Follows">Whether more follow it.</param>
public sealed record PageEnds(Guid First, Guid Last, int Count, bool Follows);
