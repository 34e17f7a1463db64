namespace Portal.Domain.Notices;

/// <summary>A notice as the person it is for sees it.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Kind">Of what kind of thing.</param>
/// <param name="Title">What happened.</param>
/// <param name="Body">More about it.</param>
/// <param name="Link">The page it is about: a path of ours.</param>
/// <param name="SubjectId">What it is about.</param>
/// <param name="ProjectId">In which project.</param>
/// <param name="ProjectName">That project's name.</param>
/// <param name="CreatedAt">When it was told.</param>
/// <param name="ReadAt">When it was read.</param>
public sealed record NoticeView(Guid Id, NoticeKind Kind, string Title, string? Body, string Link, Guid SubjectId, Guid? ProjectId, string? ProjectName, DateTimeOffset CreatedAt, DateTimeOffset? ReadAt);

/// <summary>What the bell shows.</summary>
/// <param name="Unread">Notices that were not read.</param>
/// <param name="Latest">The newest ones.</param>
public sealed record NoticeSummary(int Unread, IReadOnlyList<NoticeView> Latest);

/// <summary>How a person is told of one kind of thing.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="InPage">Whether it shows in the pages.</param>
/// <param name="ByEmail">Whether it comes by e-mail.</param>
/// <param name="IsDefault">Whether the person left it as it came.</param>
public sealed record PreferenceView(NoticeKind Kind, bool InPage, bool ByEmail, bool IsDefault);

/// <summary>How a person is told.</summary>
/// <param name="Kinds">One per kind, in their order.</param>
/// <param name="IsEmailOn">Whether the portal sends e-mail at all.</param>
/// <param name="Address">Where the person's e-mail goes; null without an address.</param>
public sealed record PreferencesView(IReadOnlyList<PreferenceView> Kinds, bool IsEmailOn, string? Address);
