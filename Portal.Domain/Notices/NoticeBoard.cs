using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Changes;
using Portal.Domain.Notices.Deliveries;

namespace Portal.Domain.Notices;

/// <summary>
/// Tells people, in the transaction of the change itself: what is undone was never told. However many notices and people, it is one
/// statement: what shows in the pages, the e-mails and the calls of webhooks that are to go out, and the word to open pages.
/// </summary>
public static class NoticeBoard
{
    /// <summary>The longest title; what is longer is cut.</summary>
    public const int MostTitle = 200;

    /// <summary>The longest text beside it; what is longer is cut.</summary>
    public const int MostBody = 2000;

    /// <summary>The longest link.</summary>
    public const int MostLink = 300;

    /// <summary>A UUIDv7 of the moment @ms, which PostgreSQL 15 cannot make by itself: random, but for its first six bytes and version.</summary>
    const string NewId = "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing substring(int8send(@ms) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid";

    static readonly string Statement = $$"""
        with told as (
            select * from unnest(@numbers, @kinds, @titles, @bodies, @links, @subjects, @projects, @page, @mail) as t (number, kind, title, body, link, subject_id, project_id, in_page, by_email)
        ), document as (
            select number, kind, project_id, jsonb_build_object('kind', kind, 'at', @at::text, 'title', title, 'body', body, 'link', link, 'subject', subject_id, 'project', project_id) as payload from told
        ), whom as (
            select distinct number, user_id from unnest(@who_number, @who_user) as w (number, user_id)
        ), wanted as (
            select t.*, w.user_id, u.email, coalesce(p.in_page, t.in_page) as page_wanted, coalesce(p.by_email, t.by_email) and u.disabled_at is null as mail_wanted
            from whom w join told t on t.number = w.number join "AspNetUsers" u on u.id = w.user_id left join notice_preferences p on p.user_id = w.user_id and p.kind = t.kind
        ), shown as (
            insert into notices (id, user_id, kind, title, body, link, subject_id, project_id, created_at)
            select {{NewId}}, user_id, kind, title, body, link, subject_id, project_id, @now from wanted where page_wanted returning user_id
        ), mailed as (
            insert into deliveries (id, channel, user_id, payload, status, attempts, created_at, next_attempt_at, give_up_at)
            select {{NewId}}, 'Email', w.user_id, d.payload, 'Queued', 0, @now, @now, @give_up from wanted w join document d on d.number = w.number
            where w.mail_wanted and coalesce(w.email, '') <> '' and exists (select 1 from outlets where channel = 'Email' and is_on) returning 1
        ), called as (
            insert into deliveries (id, channel, webhook_id, payload, status, attempts, created_at, next_attempt_at, give_up_at)
            select {{NewId}}, 'Webhook', h.id, d.payload, 'Queued', 0, @now, @now, @give_up
            from document d join webhooks h on h.is_enabled and d.kind = any(h.kinds) and (h.project_id is null or h.project_id = d.project_id) returning 1
        )
        select pg_notify('{{ChangeNotice.Channel}}', json_build_object('kind', 'Notice', 'id', user_id, 'projectId', null)::text) from (select distinct user_id from shown) s
        union all select pg_notify('{{ChangeNotice.Channel}}', change) from unnest(@changes) change
        union all select pg_notify('{{ChangeNotice.DeliveryChannel}}', '') where exists (select 1 from mailed) or exists (select 1 from called)
        """;

    /// <summary>Tells each of some people once, and the webhooks that want to know. Nobody to tell is fine: a webhook may.</summary>
    internal static Task TellAsync(PortalDbContext db, Notice notice, IReadOnlyCollection<Guid> people, DateTimeOffset now, CancellationToken ct, IReadOnlyList<Change>? changes = null) =>
        TellAllAsync(db, [(notice, people)], now, ct, changes);

    /// <summary>Tells many things at once: still one statement, and what changed with it for open pages.</summary>
    /// <exception cref="ArgumentException">A link is no path of ours: a defect of the caller, for nothing a person wrote is ever a link.</exception>
    internal static async Task TellAllAsync(PortalDbContext db, IReadOnlyList<(Notice Notice, IReadOnlyCollection<Guid> People)> told, DateTimeOffset now, CancellationToken ct, IReadOnlyList<Change>? changes = null)
    {
        if (told.Count == 0)
            return;
        if (told.FirstOrDefault(t => !IsOurs(t.Notice.Link)) is { Notice: { } astray })
            throw new ArgumentException($"“{astray.Link}” is no path of ours.", nameof(told));
        var whom = told.SelectMany((t, number) => t.People.Select(user => (number, user))).ToArray();
        await db.Database.ExecuteSqlRawAsync(Statement,
        [
            Many("numbers", NpgsqlDbType.Integer, Enumerable.Range(0, told.Count)),
            Many("kinds", NpgsqlDbType.Text, told.Select(t => t.Notice.Kind.ToString())),
            Many("titles", NpgsqlDbType.Text, told.Select(t => Texts.OneLine(t.Notice.Title).Cut(MostTitle))),
            Many("bodies", NpgsqlDbType.Text, told.Select(t => t.Notice.Body?.Replace("\0", "", StringComparison.Ordinal).Cut(MostBody))),
            Many("links", NpgsqlDbType.Text, told.Select(t => t.Notice.Link)),
            Many("subjects", NpgsqlDbType.Uuid, told.Select(t => t.Notice.SubjectId)),
            Many("projects", NpgsqlDbType.Uuid, told.Select(t => t.Notice.ProjectId)),
            Many("page", NpgsqlDbType.Boolean, told.Select(t => NoticeDefaults.Of(t.Notice.Kind).InPage)),
            Many("mail", NpgsqlDbType.Boolean, told.Select(t => NoticeDefaults.Of(t.Notice.Kind).ByEmail)),
            Many("who_number", NpgsqlDbType.Integer, whom.Select(w => w.number)),
            Many("changes", NpgsqlDbType.Text, (changes ?? []).Select(ChangeNotice.Write)),
            Many("who_user", NpgsqlDbType.Uuid, whom.Select(w => w.user)),
            new NpgsqlParameter("at", now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
            new NpgsqlParameter("now", now.ToUniversalTime()),
            new NpgsqlParameter("ms", now.ToUnixTimeMilliseconds()),
            new NpgsqlParameter("give_up", now.ToUniversalTime() + Backoff.GiveUpAfter),
        ], ct);
    }

    /// <summary>Whether a link is a path of ours: nothing else is ever followed from a notice.</summary>
    public static bool IsOurs(string link) => link.Length <= MostLink && Texts.IsOwnPath(link);

    static NpgsqlParameter Many<T>(string name, NpgsqlDbType type, IEnumerable<T> values) => new(name, NpgsqlDbType.Array | type) { Value = values.ToArray() };
}
