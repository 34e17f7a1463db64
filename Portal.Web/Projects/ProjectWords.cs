using Portal.Domain.Projects;

namespace Portal.Web.Projects;

/// <summary>Projects in the words of the screen.</summary>
public static class ProjectWords
{
    /// <summary>Each role in a project and what it may do, in a sentence.</summary>
    public static IReadOnlyList<(ProjectRole Role, string Word, string May)> Roles { get; } =
    [
        (ProjectRole.Owner, "Owner", "looks after its people"),
        (ProjectRole.Member, "Member", "works with machines"),
        (ProjectRole.Viewer, "Viewer", "reads"),
    ];

    /// <summary>A role as a word.</summary>
    public static string Of(ProjectRole role) => role switch
    {
        ProjectRole.Owner => "Owner",
        ProjectRole.Member => "Member",
        ProjectRole.Viewer => "Viewer",
    };

    /// <summary>The unit a limit is typed in.</summary>
    public static string Unit(QuotaResource resource) => resource switch
    {
        QuotaResource.MemoryMib => "MiB",
        QuotaResource.DiskGib => "GiB",
        _ => "",
    };
}
