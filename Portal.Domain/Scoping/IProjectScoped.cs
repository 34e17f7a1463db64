namespace Portal.Domain.Scoping;

/// <summary>
/// A row that belongs to a project: a context made for an actor (<see cref="Scopes.ForAsync"/>) shows it only to those who may see
/// the project. Every entity either is one, hangs on one, or is declared global in <see cref="Scopes"/>; a test holds the model against that.
/// </summary>
interface IProjectScoped
{
    /// <summary>The project.</summary>
    Guid ProjectId { get; }
}
