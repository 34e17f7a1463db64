namespace Portal.Domain.Webhooks;

/// <summary>The address leads where webhooks may not.</summary>
public sealed record TargetNotAllowed(string Host) : Refusal("webhook-target-not-allowed", $"Webhooks may not lead to {Host}: it is no public address.",
    "Use a public address, or have an admin allow the network in the setting Portal__WebhookTargets.", "url");

/// <summary>There are as many webhooks as there may be.</summary>
public sealed record TooManyWebhooks(int Most) : Refusal("too-many-webhooks", $"There are {Most} webhooks here already, which is the most.", "Remove one that is not needed.");

/// <summary>Somebody else changed it since it was read.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Differences">What is there now where it differs from what was to be written, a line each.</param>
public sealed record WebhookChangedMeanwhile(string By, DateTimeOffset At, IReadOnlyList<string> Differences) : Refusal("changed-meanwhile",
    $"{By} changed this webhook at {At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, after you opened it. {(Differences.Count == 0 ? "It is now as you want it." : "Different from yours: " + string.Join("; ", Differences) + ".")}",
    "Nothing of yours was written or lost. Look at the difference, then save again to write yours.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
