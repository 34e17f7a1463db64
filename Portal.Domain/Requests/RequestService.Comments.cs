using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Notices;
using Portal.Domain.Operations;
using Portal.Domain.Policies;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <content>What people write on requests.</content>
public sealed partial class RequestService
{
    /// <summary>Writes on a request, whatever became of it; the others it concerns are told. The same key and text write once.</summary>
    /// <returns>The comment as a line of the timeline, <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="InvalidText"/> or <see cref="KeyReused"/>.</returns>
    public async Task<Result<RequestEvent>> CommentAsync(Actor actor, Guid requestId, string text, string idempotencyKey, CancellationToken ct)
    {
        if (CallKey.Refuse(idempotencyKey) is { } noKey)
            return noKey;
        var said = (text ?? "").Trim();
        if (said.Length == 0)
            return new InvalidText("text", "The comment is empty.", "Write something first.");
        if (Texts.CheckProse("text", said, RequestComment.MostText) is { } bad)
            return bad;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({actor.UserId.ToString() + idempotencyKey}, 1))", ct);
        var view = await db.Views(db.Requests.Where(r => r.Id == requestId)).SingleOrDefaultAsync(ct);
        if (view is null || await RequestAccess.OfAsync(db, actor, view, time.GetUtcNow(), ct) is not { } access)
            return new NotFound("request");
        if (!access.MayWrite)
            return new NotAllowed("write on this request", "the role member or owner in its project, or being one of those who decide");
        if (await db.RequestComments.AsNoTracking().SingleOrDefaultAsync(c => c.AuthorId == actor.UserId && c.IdempotencyKey == idempotencyKey, ct) is { } before)
            return before.RequestId == requestId && before.Text == said ? Line(before, actor) : new KeyReused(idempotencyKey);

        var now = time.GetUtcNow();
        var request = await db.Requests.AsNoTracking().SingleAsync(r => r.Id == requestId, ct);
        var comment = RequestComment.Write(request, actor.UserId, said, idempotencyKey, now);
        db.Add(comment);
        db.Add(AuditEvent.Of(actor, "request.comment", "request", requestId, request.Subject, request.ProjectId, new { comment = comment.Id }, now));
        await db.SaveChangesAsync(ct);
        await NoticeBoard.TellAsync(db, new Notice(NoticeKind.Comment, $"{actor.Name} wrote on the request for {request.Subject}.", said, $"/requests/{requestId}", requestId, request.ProjectId),
            await OthersAsync(db, request, actor.UserId, ct), now, ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Request, requestId, request.ProjectId, ct);
        await transaction.CommitAsync(ct);
        return Line(comment, actor);
    }

    static RequestEvent Line(RequestComment comment, Actor author) => new(comment.WrittenAt, "Comment", author.Name, comment.Text, RequestEventTone.Comment);

    /// <summary>Everybody else in the conversation: who asked, the project's owners, who wrote before, who decided, and the people a level names. Whoever may not read it any more is not told.</summary>
    static async Task<IReadOnlyCollection<Guid>> OthersAsync(PortalDbContext db, Request request, Guid author, CancellationToken ct)
    {
        var people = new HashSet<Guid> { request.RequesterId };
        people.UnionWith(await db.ProjectMembers.Where(m => m.ProjectId == request.ProjectId && m.Role == ProjectRole.Owner).Select(m => m.UserId).ToListAsync(ct));
        people.UnionWith(await db.RequestComments.Where(c => c.RequestId == request.Id).Select(c => c.AuthorId).Distinct().ToListAsync(ct));
        if (request.DecidedBy is { } decider)
            people.Add(decider);
        people.IntersectWith(await NoticePeople.WhoReadAsync(db, request.ProjectId, people, ct));
        people.UnionWith(request.Levels.SelectMany(level => level.Approvers).Where(a => a.Kind == ApproverKind.Person).Select(a => a.UserId).OfType<Guid>());
        people.ExceptWith([author, Guid.Empty]);
        return people;
    }
}
