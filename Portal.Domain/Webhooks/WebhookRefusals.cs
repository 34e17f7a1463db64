namespace Portal.Domain.Webhooks;

/// <summary>The address leads where webhooks may not.</summary>
public sealed record TargetNotAllowed(string Host) : Refusal("webhook-target-not-allowed", $"Webhooks may not lead to {Host}: it is no public address.",
    "Use a public address, or have an admin allow the network in the setting Portal__WebhookTargets.", "url");

/// <summary>There are as many webhooks as there may be.</summary>
public sealed record TooManyWebhooks(int Most) : Refusal("too-many-webhooks", $"There are {Most} webhooks here already, which is the most.", "Remove one that is not needed.");
