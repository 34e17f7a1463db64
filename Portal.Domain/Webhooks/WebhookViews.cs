using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;

namespace Portal.Domain.Webhooks;

/// <summary>A webhook to make, or what it is to become.</summary>
/// <param name="Name">What people call it, 1 to 80 characters.</param>
/// <param name="Url">What is called.</param>
/// <param name="Kinds">With which kinds of notices.</param>
/// <param name="IsEnabled">Whether it is called.</param>
public sealed record WebhookDraft(string Name, string Url, IReadOnlyList<NoticeKind> Kinds, bool IsEnabled = true);

/// <summary>A webhook as those see it who look after it: everything but its secret.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="ProjectId">Its project; null for the whole platform.</param>
/// <param name="ProjectName">That project's name.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Url">What is called; without its path for those who only read, since the path may be a secret of its own.</param>
/// <param name="Kinds">With which kinds of notices.</param>
/// <param name="IsEnabled">Whether it is called.</param>
/// <param name="OldSecretUntil">Until when calls are signed with the secret before as well; null when they are not.</param>
/// <param name="ChangedByName">Who changed it last.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="Waiting">Deliveries that wait for a try.</param>
/// <param name="LastStatus">How the newest delivery went.</param>
/// <param name="LastAt">When it was written.</param>
/// <param name="MayChange">Whether the actor may change it.</param>
/// <param name="Version">Give it back with a change.</param>
public sealed record WebhookView(Guid Id, Guid? ProjectId, string? ProjectName, string Name, string Url, IReadOnlyList<NoticeKind> Kinds, bool IsEnabled, DateTimeOffset? OldSecretUntil,
    string ChangedByName, DateTimeOffset ChangedAt, int Waiting, DeliveryStatus? LastStatus, DateTimeOffset? LastAt, bool MayChange, uint Version);

/// <summary>A webhook with a secret just made. <see cref="Secret"/> is shown this once.</summary>
public sealed record NewWebhookSecret(WebhookView Webhook, string Secret);
