namespace Portal.Domain.Notices;

/// <summary>What people are told of. Each can be switched per person and way.</summary>
public enum NoticeKind
{
    /// <summary>A request waits for this person's decision.</summary>
    DecisionDue,

    /// <summary>A request of this person's was decided, expired, or carried out.</summary>
    RequestDecided,

    /// <summary>Somebody wrote on a request that concerns this person.</summary>
    Comment,

    /// <summary>A machine's lease ends soon.</summary>
    LeaseEnding,

    /// <summary>A machine's lease ended: it was shut down, or is about to be deleted, or was.</summary>
    LeaseEnded,

    /// <summary>A schedule missed its time, or what it ordered failed.</summary>
    ScheduleTrouble,

    /// <summary>A project passed its soft limit, or its days of grace are over.</summary>
    QuotaPassed,

    /// <summary>A machine could not be made, is broken, or was moved.</summary>
    MachineTrouble,

    /// <summary>An e-mail or a webhook's delivery was given up.</summary>
    DeliveryTrouble,
}

/// <summary>Something people should know.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Title">What happened, one plain sentence without markup.</param>
/// <param name="Body">More about it; null when the title says all.</param>
/// <param name="Link">The page it is about, from the root: <c>/requests/…</c>.</param>
/// <param name="SubjectId">What it is about.</param>
/// <param name="ProjectId">In which project.</param>
public sealed record Notice(NoticeKind Kind, string Title, string? Body, string Link, Guid SubjectId, Guid? ProjectId);
