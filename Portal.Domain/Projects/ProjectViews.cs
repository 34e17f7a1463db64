namespace Portal.Domain.Projects;

/// <summary>A project as its people see it.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">Name.</param>
/// <param name="Role">The actor's role in it; an admin's is owner.</param>
/// <param name="Machines">Machines in it that are made and not deleted.</param>
/// <param name="Waiting">Requests that wait for a decision.</param>
public sealed record ProjectView(Guid Id, string Name, ProjectRole Role, int Machines, int Waiting)
{
    /// <summary>Whether the actor may ask for machines and work with them, and not only read.</summary>
    public bool MayAct => Role != ProjectRole.Viewer;
}

/// <summary>A project as a line of the list.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">Name.</param>
/// <param name="Role">The actor's role in it: an admin's is owner, and whoever reads everything is at least viewer.</param>
/// <param name="Owners">The names of those who look after it, at most three.</param>
/// <param name="Members">How many people belong to it.</param>
/// <param name="Machines">Machines in it that are made and not deleted.</param>
/// <param name="Waiting">Requests that wait for a decision.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ArchivedAt">When it was archived; null while it is in use.</param>
/// <param name="Version">The row's version, to send back with a change.</param>
public sealed record ProjectRow(Guid Id, string Name, ProjectRole Role, IReadOnlyList<string> Owners, int Members, int Machines, int Waiting, DateTimeOffset CreatedAt, DateTimeOffset? ArchivedAt, uint Version)
{
    /// <summary>Whether the actor may ask for machines and work with them, and not only read.</summary>
    public bool MayAct => Role != ProjectRole.Viewer && ArchivedAt is null;
}

/// <summary>A project with what the actor may do with it.</summary>
/// <param name="Project">The project.</param>
/// <param name="MayManage">Whether the actor may rename it and say who belongs to it.</param>
/// <param name="MayArchive">Whether the actor may archive it and bring it back.</param>
/// <param name="WhyNotArchive">Why it cannot be archived now; null when it can.</param>
public sealed record ProjectDetails(ProjectRow Project, bool MayManage, bool MayArchive, string? WhyNotArchive);

/// <summary>A person in a project.</summary>
/// <param name="UserId">The person.</param>
/// <param name="Name">The name shown.</param>
/// <param name="UserName">What they sign in with.</param>
/// <param name="Role">What they may do in it.</param>
/// <param name="Machines">Machines in it that they asked for and that are not deleted.</param>
/// <param name="Waiting">Requests of theirs that wait.</param>
/// <param name="IsDisabled">Whether the account is shut.</param>
/// <param name="Version">The row's version, to send back with a change.</param>
public sealed record MemberRow(Guid UserId, string Name, string UserName, ProjectRole Role, int Machines, int Waiting, bool IsDisabled, uint Version);

/// <summary>What a person who left a project leaves in it, and who looks after that now.</summary>
/// <param name="Name">The person.</param>
/// <param name="Machines">Machines they asked for; they stay, and so does their quota.</param>
/// <param name="Waiting">Requests of theirs that still wait for a decision.</param>
/// <param name="LookedAfterBy">The project's owners.</param>
public sealed record MemberLeft(string Name, int Machines, int Waiting, IReadOnlyList<string> LookedAfterBy)
{
    /// <summary>The same in a sentence; null when nothing is left.</summary>
    public string? Words => Machines + Waiting == 0 ? null
        : $"{string.Join(" and ", new[] { Count(Machines, "machine"), Count(Waiting, "waiting request") }.OfType<string>())} of {Name} {(Machines + Waiting == 1 ? "stays" : "stay")} in the project; "
            + $"{(LookedAfterBy.Count == 0 ? "an admin" : string.Join(", ", LookedAfterBy))} can work with {(Machines + Waiting == 1 ? "it" : "them")}.";

    static string? Count(int count, string one) => count == 0 ? null : ProjectNotEmpty.Count(count, one);
}

/// <summary>A project to make.</summary>
/// <param name="Name">Its name, 1 to 60 characters; no other project has it.</param>
/// <param name="Limits">How much of each resource it may hold; what is left out is 0.</param>
/// <param name="OwnerId">Who looks after it first; null: nobody yet.</param>
public sealed record ProjectDraft(string Name, IReadOnlyDictionary<QuotaResource, long> Limits, Guid? OwnerId = null);
