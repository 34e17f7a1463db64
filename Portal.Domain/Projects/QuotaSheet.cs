namespace Portal.Domain.Projects;

/// <summary>Everything that decides what a project, or one person in it, can still ask for.</summary>
/// <param name="Lines">Every limit, in the order of <see cref="QuotaBooks.Order"/>; with the person's own beside it, where there is one.</param>
/// <param name="Caps">The largest a single machine may be.</param>
public sealed record QuotaSheet(IReadOnlyList<QuotaLine> Lines, MachineCaps Caps)
{
    /// <summary>The line of a resource.</summary>
    public QuotaLine Of(QuotaResource resource) => Lines.Single(line => line.Resource == resource);
}
