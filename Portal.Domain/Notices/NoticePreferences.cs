using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Notices.Deliveries;

namespace Portal.Domain.Notices;

/// <summary>How people want to be told. Everybody chooses for themselves and nobody for others.</summary>
public sealed class NoticePreferences(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>How the actor is told of each kind of thing.</summary>
    public async Task<PreferencesView> GetAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var chosen = await db.NoticePreferences.AsNoTracking().Where(p => p.UserId == actor.UserId).ToDictionaryAsync(p => p.Kind, ct);
        var address = await db.Users.Where(u => u.Id == actor.UserId).Select(u => u.Email).SingleOrDefaultAsync(ct);
        var isOn = await db.Outlets.AnyAsync(o => o.Channel == DeliveryChannel.Email && o.IsOn, ct);
        var kinds = Enum.GetValues<NoticeKind>().Select(kind => chosen.TryGetValue(kind, out var mine)
            ? new PreferenceView(kind, mine.InPage, mine.ByEmail, false)
            : new PreferenceView(kind, NoticeDefaults.Of(kind).InPage, NoticeDefaults.Of(kind).ByEmail, true));
        return new([.. kinds], isOn, string.IsNullOrEmpty(address) ? null : address);
    }

    /// <summary>Chooses how the actor is told of one kind of thing from now on; what was told stays.</summary>
    public async Task<Result<PreferenceView>> ChooseAsync(Actor actor, NoticeKind kind, bool inPage, bool byEmail, CancellationToken ct)
    {
        if (!Enum.IsDefined(kind))
            return new NotFound("kind of notice");
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await db.Users.AnyAsync(u => u.Id == actor.UserId, ct))
            return new NotFound("account");
        var before = await db.NoticePreferences.AsNoTracking().SingleOrDefaultAsync(p => p.UserId == actor.UserId && p.Kind == kind, ct);
        var was = before is null ? NoticeDefaults.Of(kind) : (before.InPage, before.ByEmail);
        await db.Database.ExecuteSqlAsync($"""
            insert into notice_preferences (user_id, kind, in_page, by_email) values ({actor.UserId}, {kind.ToString()}, {inPage}, {byEmail})
            on conflict (user_id, kind) do update set in_page = excluded.in_page, by_email = excluded.by_email
            """, ct);
        if (was != (inPage, byEmail))
        {
            var detail = new { Kind = kind, Before = new { was.InPage, was.ByEmail }, After = new { InPage = inPage, ByEmail = byEmail } };
            db.Add(AuditEvent.Of(actor, "notice.choose", "account", actor.UserId, actor.Name, null, detail, time.GetUtcNow()));
            await db.SaveChangesAsync(ct);
        }
        await ChangeNotice.NotifyAsync(db, ChangeKind.Notice, actor.UserId, null, ct);
        await transaction.CommitAsync(ct);
        return new PreferenceView(kind, inPage, byEmail, false);
    }
}
