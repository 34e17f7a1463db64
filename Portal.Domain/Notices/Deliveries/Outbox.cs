using Microsoft.EntityFrameworkCore;
using Portal.Domain.Changes;

namespace Portal.Domain.Notices.Deliveries;

/// <summary>A delivery in the hands of one who tries it.</summary>
/// <param name="Id">The delivery.</param>
/// <param name="Attempt">Which try this is, from 1.</param>
/// <param name="Payload">What it says.</param>
/// <param name="CreatedAt">When it was written.</param>
public abstract record ClaimedDelivery(Guid Id, int Attempt, DeliveryPayload Payload, DateTimeOffset CreatedAt);

/// <summary>An e-mail to send.</summary>
public sealed record ClaimedMail(Guid Id, int Attempt, DeliveryPayload Payload, DateTimeOffset CreatedAt, string Address, string Name) : ClaimedDelivery(Id, Attempt, Payload, CreatedAt);

/// <summary>A webhook to call. The secrets are those its receiver may check with now, protected as they are kept.</summary>
public sealed record ClaimedCall(Guid Id, int Attempt, DeliveryPayload Payload, DateTimeOffset CreatedAt, Guid WebhookId, string Url, IReadOnlyList<string> ProtectedSecrets) : ClaimedDelivery(Id, Attempt, Payload, CreatedAt);

/// <summary>How a try went.</summary>
/// <param name="Ok">Whether the other side has it.</param>
/// <param name="Error">What was wrong.</param>
/// <param name="IsFinal">Whether trying again would change nothing.</param>
/// <param name="ResponseCode">What the other side answered, where it did.</param>
/// <param name="Took">How long the try took.</param>
public sealed record DeliveryOutcome(bool Ok, string? Error, bool IsFinal, int? ResponseCode, TimeSpan Took);

/// <summary>
/// What is to go out. At least once, and hardly ever twice: a try is counted before it begins and its outcome is written after it ended. A
/// process that dies in between leaves the delivery claimed until its lease runs out; it is then tried again under the same identifier,
/// which the other side may know already (the Message-ID of an e-mail, the header <c>Portal-Delivery</c> of a call).
/// </summary>
public sealed class Outbox(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>The longest error kept.</summary>
    public const int MostError = 500;

    /// <summary>How long what was sent is kept in the log.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>How long notices are kept that were read.</summary>
    public static readonly TimeSpan NoticesKept = TimeSpan.FromDays(90);

    /// <summary>Opens or shuts e-mail, as the settings say. What waits when it is shut is given up: it would be old when it is opened again.</summary>
    public async Task OpenEmailAsync(bool isOn, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.ExecuteSqlAsync($"""
            with set_now as (insert into outlets (channel, is_on) values ('Email', {isOn}) on conflict (channel) do update set is_on = excluded.is_on)
            update deliveries set status = 'GivenUp', claimed_until = null, last_error = 'E-mail was switched off.' where channel = 'Email' and status = 'Queued' and not {isOn}
            """, ct);
    }

    /// <summary>Whether e-mail goes out.</summary>
    public async Task<bool> IsEmailOnAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Outlets.AnyAsync(o => o.Channel == DeliveryChannel.Email && o.IsOn, ct);
    }

    /// <summary>
    /// Takes the delivery that is due longest; null when there is none. No two get the same one, and none waits for another. A webhook
    /// that is being called is left alone meanwhile, so that a receiver that hangs has one caller at a time waiting for it and not all.
    /// </summary>
    /// <param name="channel">The way out.</param>
    /// <param name="lease">How long the try may take, by the database's clock: longer than its deadline.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<ClaimedDelivery?> ClaimAsync(DeliveryChannel channel, TimeSpan lease, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var way = channel.ToString();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await db.Deliveries.FromSql($"""
            update deliveries set attempts = attempts + 1, claimed_until = clock_timestamp() + {lease} where id = (
                select d.id from deliveries d where d.channel = {way} and d.status = 'Queued' and d.next_attempt_at <= {now}
                    and (d.claimed_until is null or d.claimed_until < clock_timestamp())
                    and not exists (select 1 from deliveries b where b.webhook_id = d.webhook_id and b.claimed_until > clock_timestamp())
                order by d.next_attempt_at limit 1 for update skip locked)
            returning *
            """).IgnoreQueryFilters().AsNoTracking().ToListAsync(ct);
        if (rows is not [var row])
            return null;
        if (row.UserId is { } userId)
        {
            var to = await db.Users.Where(u => u.Id == userId).Select(u => new { u.Email, Name = Accounts.User.NameOf(u.DisplayName, u.UserName) }).SingleOrDefaultAsync(ct);
            return to is null ? null : new ClaimedMail(row.Id, row.Attempts, row.Payload, row.CreatedAt, row.Payload.To ?? to.Email ?? "", to.Name);
        }
        // Who removes a webhook or an account takes its deliveries along: then there is nothing to do.
        var hook = await db.Webhooks.AsNoTracking().SingleOrDefaultAsync(h => h.Id == row.WebhookId, ct);
        return hook is null ? null : new ClaimedCall(row.Id, row.Attempts, row.Payload, row.CreatedAt, hook.Id, hook.Url, hook.SecretsAt(now));
    }

    /// <summary>Writes how a try went, and gives how far the delivery is; null when somebody else claimed it meanwhile: then what that one finds out counts.</summary>
    public async Task<DeliveryStatus?> EndAsync(ClaimedDelivery claim, DeliveryOutcome outcome, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var row = (await db.Deliveries.FromSql($"select * from deliveries where id = {claim.Id} and attempts = {claim.Attempt} and status = 'Queued' for no key update").AsNoTracking().ToListAsync(ct)).SingleOrDefault();
        if (row is null)
            return null;
        var status = outcome switch
        {
            { Ok: true } => DeliveryStatus.Sent,
            { IsFinal: true } => DeliveryStatus.Failed,
            _ => now >= row.GiveUpAt ? DeliveryStatus.GivenUp : DeliveryStatus.Queued,
        };
        var (next, error, took) = (now + Backoff.After(claim.Attempt, Random.Shared.NextDouble()), outcome.Error?.Cut(MostError), (int)outcome.Took.TotalMilliseconds);
        await db.Deliveries.Where(d => d.Id == claim.Id).ExecuteUpdateAsync(set => set.SetProperty(d => d.Status, status).SetProperty(d => d.ClaimedUntil, (DateTimeOffset?)null)
            .SetProperty(d => d.NextAttemptAt, next).SetProperty(d => d.TriedAt, now).SetProperty(d => d.LastError, error)
            .SetProperty(d => d.ResponseCode, outcome.ResponseCode).SetProperty(d => d.DurationMs, took), ct);
        if (status is DeliveryStatus.Failed or DeliveryStatus.GivenUp)
            await DeliveryTrouble.TellAsync(db, claim, status, error, now, ct);
        if (row.WebhookId is { } hook)
            await ChangeNotice.NotifyAsync(db, ChangeKind.Webhook, hook, null, ct);
        await transaction.CommitAsync(ct);
        return status;
    }

    /// <summary>Gives a delivery back untried, because the process stops: another takes it at once.</summary>
    public async Task HandBackAsync(ClaimedDelivery claim, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Deliveries.Where(d => d.Id == claim.Id && d.Attempts == claim.Attempt && d.Status == DeliveryStatus.Queued)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.ClaimedUntil, (DateTimeOffset?)null), ct);
    }

    /// <summary>Removes what nobody looks for any more: old deliveries that ended, and old notices that were read.</summary>
    public async Task<int> SweepAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var (sent, read) = (now - Kept, now - NoticesKept);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Deliveries.Where(d => d.Status != DeliveryStatus.Queued && d.CreatedAt < sent).ExecuteDeleteAsync(ct)
            + await db.Notices.Where(n => n.ReadAt != null && n.CreatedAt < read).ExecuteDeleteAsync(ct);
    }
}
