namespace Portal.Web.Layout;

/// <summary>Which project a person looks at: one, or all they may see. Kept per browser; a <c>project</c> in the address wins.</summary>
public sealed class ProjectScope
{
    /// <summary>The cookie that keeps the choice between visits.</summary>
    public const string Cookie = "portal-project";

    /// <summary>The chosen project; null for all.</summary>
    public Guid? ProjectId { get; private set; }

    /// <summary>Raised after <see cref="ProjectId"/> changed.</summary>
    public event Action? Changed;

    /// <summary>Starts from the cookie; anything that is no id means all projects.</summary>
    public void Begin(string? cookie) => ProjectId = Guid.TryParse(cookie, out var id) ? id : null;

    /// <summary>Looks at one project, or at all with null.</summary>
    public void Choose(Guid? projectId)
    {
        if (projectId == ProjectId)
            return;
        ProjectId = projectId;
        Changed?.Invoke();
    }
}
