using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Notices.Deliveries;

/// <summary>Tells those who can do something about it that deliveries do not arrive: once a day about the same webhook, or about e-mail.</summary>
static class DeliveryTrouble
{
    /// <summary>What notices about e-mail as a whole are about.</summary>
    public static readonly Guid Email = new("5b1f0000-0000-7000-8000-00000000e0a1");

    static readonly TimeSpan Silence = TimeSpan.FromDays(1);

    public static async Task TellAsync(PortalDbContext db, ClaimedDelivery claim, DeliveryStatus status, string? error, DateTimeOffset now, CancellationToken ct)
    {
        // News that bad news could not be delivered would have no end.
        if (claim.Payload.Kind is nameof(NoticeKind.DeliveryTrouble) or DeliveryPayload.Ping)
            return;
        var hook = claim is ClaimedCall call ? await db.Webhooks.Where(h => h.Id == call.WebhookId).Select(h => new { h.Id, h.Name, h.ProjectId }).SingleAsync(ct) : null;
        var (subject, since) = (hook?.Id ?? Email, now - Silence);
        // Several fail at one moment when a server is down: one of them tells, the others see that it did.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({"delivery-trouble " + subject}, 0))", ct);
        if (await db.Notices.AnyAsync(n => n.Kind == NoticeKind.DeliveryTrouble && n.SubjectId == subject && n.CreatedAt > since, ct))
            return;
        var people = await NoticePeople.AdminsAsync(db, ct);
        if (hook?.ProjectId is { } project)
            people.AddRange(await NoticePeople.OwnersAsync(db, project, ct));
        var what = (hook, status) switch
        {
            ({ } h, DeliveryStatus.Failed) => $"A call of the webhook “{h.Name}” was given up",
            ({ } h, _) => $"The webhook “{h.Name}” could not be reached for a day",
            (null, DeliveryStatus.Failed) => $"An e-mail to {((ClaimedMail)claim).Name} was refused",
            _ => "An e-mail could not be sent for a day",
        };
        var notice = new Notice(NoticeKind.DeliveryTrouble, what, $"“{claim.Payload.Title}” was not delivered. {error} More of it today is not told again; the log has each.",
            hook is null ? "/deliveries?channel=Email" : $"/webhooks/{hook.Id}", subject, hook?.ProjectId);
        await NoticeBoard.TellAsync(db, notice, people, now, ct);
    }
}
