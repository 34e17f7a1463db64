namespace Portal.Domain.Projects;

/// <summary>Another project has the name.</summary>
public sealed record ProjectNameTaken(string Name) : Refusal("project-name-taken", $"There is a project “{Name}” already.", "Choose another name.", "name")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The project was put away: it can be read, and nothing can be done in it.</summary>
public sealed record ProjectArchived(string Name) : Refusal("project-archived", $"The project “{Name}” is archived: nothing can be done in it.", "Use another project, or ask an admin to bring this one back.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Something is still in the project, so it cannot be archived.</summary>
/// <param name="Name">The project.</param>
/// <param name="Machines">Machines that are not deleted.</param>
/// <param name="Waiting">Requests that wait.</param>
public sealed record ProjectNotEmpty(string Name, int Machines, int Waiting) : Refusal(
    "project-not-empty", $"“{Name}” is not empty: it has {Count(Machines, "machine")} and {Count(Waiting, "request")} waiting for a decision.",
    "Delete the machines, decide or withdraw the requests, then archive it.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;

    internal static string Count(int count, string one) => count == 1 ? $"1 {one}" : $"{count} {one}s";
}

/// <summary>The person belongs to the project already.</summary>
public sealed record MemberAlready(string Name, ProjectRole Role) : Refusal("member-already", $"{Name} is {MemberWords.Of(Role)} of this project already.", "Change the role in the list instead.", "userId")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The project would be left without an owner.</summary>
public sealed record LastOwner(string Name) : Refusal("last-owner", $"{Name} is the project's last owner: somebody must look after it.", "Make somebody else owner first.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The account is shut: it can be given nothing to do.</summary>
public sealed record AccountDisabled(string Name) : Refusal("account-disabled", $"The account of {Name} is disabled.", "Choose somebody else, or ask an admin to enable the account.", "userId")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Roles in a project as words.</summary>
public static class MemberWords
{
    /// <summary>The role with its article: <c>an owner</c>.</summary>
    public static string Of(ProjectRole role) => role switch
    {
        ProjectRole.Owner => "an owner",
        ProjectRole.Member => "a member",
        ProjectRole.Viewer => "a viewer",
    };
}
