namespace Portal.Domain.Projects;

/// <summary>A project's limits as those who set them see them.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="ProjectName">Its name.</param>
/// <param name="Lines">The limits, and what is held of them.</param>
/// <param name="Caps">The largest a single machine may be.</param>
/// <param name="GraceDays">How long a soft figure may be passed, days.</param>
/// <param name="Members">What each person holds and may hold, by name.</param>
/// <param name="Version">The version that a change names; it moves when somebody edits, not when somebody asks for a machine.</param>
/// <param name="ChangedBy">Who edited last; null when nobody did.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="MaySetLimits">Whether the actor may set limits and caps.</param>
/// <param name="MaySetMembers">Whether the actor may set members' own limits.</param>
public sealed record QuotaSetup(
    Guid ProjectId, string ProjectName, IReadOnlyList<QuotaLine> Lines, MachineCaps Caps, int GraceDays, IReadOnlyList<MemberLimits> Members,
    uint Version, string? ChangedBy, DateTimeOffset? ChangedAt, bool MaySetLimits, bool MaySetMembers);

/// <summary>What one person holds of a project, and may hold.</summary>
/// <param name="UserId">The person.</param>
/// <param name="Name">That person's name.</param>
/// <param name="Role">The role in the project; null when the person left and something is still held.</param>
/// <param name="Lines">Each resource.</param>
public sealed record MemberLimits(Guid UserId, string Name, ProjectRole? Role, IReadOnlyList<MemberLine> Lines);

/// <summary>What one person holds of one resource.</summary>
/// <param name="Resource">What is limited.</param>
/// <param name="Limit">The person's own limit; null: as much as the project has.</param>
/// <param name="Used">Held by machines.</param>
/// <param name="Reserved">Held by requests.</param>
public sealed record MemberLine(QuotaResource Resource, long? Limit, long Used, long Reserved);

/// <summary>What an admin sets for a project.</summary>
/// <param name="Limits">Limits; those left out stay.</param>
/// <param name="Soft">Soft figures, null for none; those left out stay.</param>
/// <param name="Caps">The largest a single machine may be.</param>
/// <param name="GraceDays">How long a soft figure may be passed, days.</param>
public sealed record QuotaEdit(IReadOnlyDictionary<QuotaResource, long> Limits, IReadOnlyDictionary<QuotaResource, long?> Soft, MachineCaps Caps, int GraceDays);

/// <summary>Somebody else edited limits of the project meanwhile. Nothing was changed.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Now">The limits as they are, to be held against those the form was opened with.</param>
public sealed record QuotaChanged(string? By, DateTimeOffset At, QuotaSetup Now) : ChangedMeanwhile($"The quota of {Now.ProjectName}", By, At);

/// <summary>A figure cannot be what was typed.</summary>
/// <param name="OfField">The field, e.g. <c>limits.memoryMib</c>.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Fix">What is allowed.</param>
public sealed record InvalidQuota(string OfField, string Problem, string Fix) : Refusal("invalid-quota", Problem, Fix, OfField);
