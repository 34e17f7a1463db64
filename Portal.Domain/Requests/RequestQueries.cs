using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Requests;

/// <summary>How requests are read from the books.</summary>
static class RequestQueries
{
    /// <summary>Requests joined with the names people know things by.</summary>
    public static IQueryable<RequestView> Views(this PortalDbContext db, IQueryable<Request> requests) =>
        from request in requests.AsNoTracking()
        join project in db.Projects on request.ProjectId equals project.Id
        join requester in db.Users on request.RequesterId equals requester.Id
        select new RequestView(
            request.Id, request.Kind, project.Id, project.Name, requester.Id, Accounts.User.NameOf(requester.DisplayName, requester.UserName), request.MachineId, request.Subject, request.Terms,
            request.RuleName, request.Level, request.Levels, request.ExpiresAt, request.Why, request.Status, request.SubmittedAt, request.DecidedAt,
            db.Users.Where(u => u.Id == request.DecidedBy).Select(u => Accounts.User.NameOf(u.DisplayName, u.UserName)).SingleOrDefault(), request.DecisionReason, request.EndedAt, request.Outcome, request.ReplacesId);

    /// <summary>One request as a line.</summary>
    public static Task<RequestView> ViewAsync(this PortalDbContext db, Guid requestId, CancellationToken ct) =>
        db.Views(db.Requests.Where(r => r.Id == requestId)).SingleAsync(ct);

    /// <summary>
    /// A request with its row locked until the transaction ends, so that one decision is taken at a time; null when there is none. Its machine's
    /// row is taken before, as by everybody who decides about a machine.
    /// </summary>
    public static async Task<Request?> LockRequestAsync(this PortalDbContext db, Guid requestId, CancellationToken ct)
    {
        // Which machine a request is about never changes.
        await db.Database.ExecuteSqlAsync($"select 1 from machines where id = (select machine_id from requests where id = {requestId}) for no key update", ct);
        var rows = await db.Requests.FromSql($"select *, xmin from requests where id = {requestId} for no key update").ToListAsync(ct);
        return rows.SingleOrDefault();
    }

    /// <summary>Who decided a request that no longer waits, and when.</summary>
    public static async Task<AlreadyDecided> DecidedAsync(this PortalDbContext db, Request request, CancellationToken ct)
    {
        var by = request.Status == RequestStatus.Withdrawn ? request.RequesterId : request.DecidedBy;
        var name = await db.Users.Where(u => u.Id == by).Select(u => Accounts.User.NameOf(u.DisplayName, u.UserName)).SingleOrDefaultAsync(ct);
        return new AlreadyDecided(request.Status, name, request.DecidedAt ?? request.SubmittedAt);
    }
}
