namespace Portal.Domain.Changes;

/// <summary>What kind of thing changed.</summary>
public enum ChangeKind
{
    /// <summary>A machine.</summary>
    Machine,

    /// <summary>A request.</summary>
    Request,

    /// <summary>An operation or one of its steps.</summary>
    Operation,

    /// <summary>A move's row, not its frames.</summary>
    Migration,

    /// <summary>A host or the room on it.</summary>
    Host,

    /// <summary>A project, its members or its quota.</summary>
    Project,

    /// <summary>A schedule, or a run of one.</summary>
    Schedule,

    /// <summary>A sign-in that was ended.</summary>
    Session,

    /// <summary>What a person was told; the identifier is the person's.</summary>
    Notice,

    /// <summary>A webhook or one of its deliveries.</summary>
    Webhook,

    /// <summary>The rules of approval, or prices.</summary>
    Policy,

    /// <summary>An account, the platform roles it holds, or its place in a project.</summary>
    Account,

    /// <summary>The emptying of a host, or one of its machines' turns.</summary>
    Evacuation,

    /// <summary>An affinity rule.</summary>
    Affinity,

    /// <summary>How machines are balanced over hosts.</summary>
    Balance,

    /// <summary>Changes may have been missed: read everything anew.</summary>
    Everything,
}

/// <summary>Says that something changed, not what: whoever shows it reads it again, with its own rights.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Id">Which one.</param>
/// <param name="ProjectId">Its project, where it belongs to one.</param>
public sealed record Change(ChangeKind Kind, Guid Id, Guid? ProjectId)
{
    /// <summary>Changes may have been missed: read everything anew.</summary>
    public static Change Everything { get; } = new(ChangeKind.Everything, Guid.Empty, null);

    /// <summary>Whether this is about the thing, or about everything.</summary>
    public bool Concerns(ChangeKind kind, Guid id) => Kind == ChangeKind.Everything || (Kind == kind && Id == id);

    /// <summary>Whether this is about a thing of that kind, or about everything.</summary>
    public bool Concerns(ChangeKind kind) => Kind == ChangeKind.Everything || Kind == kind;
}
