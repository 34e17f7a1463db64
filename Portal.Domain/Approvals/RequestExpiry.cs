using Microsoft.EntityFrameworkCore;
using Portal.Domain.Operations;
using Portal.Domain.Policies;
using Portal.Domain.Requests;

namespace Portal.Domain.Approvals;

/// <summary>What a sweep did.</summary>
/// <param name="Approved">Requests granted because nobody decided in time.</param>
/// <param name="Denied">Requests turned down for that.</param>
/// <param name="Escalated">Requests that admins are asked about for that.</param>
/// <param name="Handed">Requests that admins are asked about because nobody of the level is left, and those that got an end because no admin is.</param>
public sealed record ExpirySweep(int Approved, int Denied, int Escalated, int Handed)
{
    /// <summary>Requests that were dealt with.</summary>
    public int Done => Approved + Denied + Escalated + Handed;
}

/// <summary>
/// Deals with requests whose time has run out, as their rule says, and with those whose level has lost everybody it asked. Any number of
/// processes may sweep at once: each request is dealt with once, in a transaction of its own.
/// </summary>
public sealed class RequestExpiry
{
    readonly IDbContextFactory<PortalDbContext> contexts;
    readonly Granting granting;

    internal RequestExpiry(IDbContextFactory<PortalDbContext> contexts, Granting granting) => (this.contexts, this.granting) = (contexts, granting);

    /// <summary>Deals with everything that is due at <paramref name="now"/>.</summary>
    /// <exception cref="AggregateException">Requests that could not be dealt with; all others were.</exception>
    public async Task<ExpirySweep> SweepAsync(DateTimeOffset now, CancellationToken ct)
    {
        var (done, faults) = (new List<ExpiryAction>(), new SweepFaults("requests that wait", ct));
        await faults.InBatchesAsync(1, async (_, passed, taken) =>
        {
            if (await NextAsync(now, passed, taken, ct) is { } action)
                done.Add(action);
        });
        var handed = await HandOverAsync(faults, now, ct) + await GiveEndAsync(faults, now, ct);
        faults.Tell();
        return new ExpirySweep(done.Count(a => a == ExpiryAction.Approve), done.Count(a => a == ExpiryAction.Deny), done.Count(a => a == ExpiryAction.Escalate), handed);
    }

    /// <summary>Takes one that is due, that is not to be passed over and that nobody else has in hand; null when there is none left.</summary>
    async Task<ExpiryAction?> NextAsync(DateTimeOffset now, Guid[] passed, List<Guid> taken, CancellationToken ct)
    {
        var inHand = new List<Guid>();
        while (true)
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            Guid[] others = [.. passed, .. inHand];
            var due = await db.Requests.FromSql($"select *, xmin from requests where status = 'Waiting' and expires_at <= {now} and not (id = any({others})) order by expires_at, id limit 1 for no key update skip locked")
                .IgnoreQueryFilters().ToListAsync(ct);
            if (due is not [var request])
                return null;
            // The request was found first, so its machine is not waited for: who has it in hand may wait for this request.
            if (request.MachineId is { } machine && !await Ledger.TryLockMachineAsync(db, machine, ct))
            {
                inHand.Add(request.Id);
                continue;
            }

            taken.Add(request.Id);
            var action = await DealAsync(db, request, now, ct);
            await RequestService.NotifyAsync(db, request, ct);
            await transaction.CommitAsync(ct);
            return action;
        }
    }

    async Task<ExpiryAction> DealAsync(PortalDbContext db, Request request, DateTimeOffset now, CancellationToken ct)
    {
        var waited = $"Nobody decided in time; the rule “{request.RuleName}” says that then";
        switch (request.OnExpiry)
        {
            case ExpiryAction.Deny:
                db.Add(RequestDecision.Of(request, null, null, false, DecisionVerdict.Deny, $"{waited} it is denied.", now));
                await granting.DenyAsync(db, Actor.System, request, $"{waited} it is denied.", now, ct);
                return ExpiryAction.Deny;
            case ExpiryAction.Approve:
                return await ApproveAsync(db, request, $"{waited} it is approved", now, ct);
            case ExpiryAction.Escalate when request.AdminsAsked && !await Granting.HasAdminAsync(db, request, ct):
                const string nobody = "Nobody decided it: whom its rule asks is not there or did not, and the only admin asked for it himself. Make somebody else an admin or approver, and send it anew.";
                db.Add(RequestDecision.Of(request, null, null, false, DecisionVerdict.Deny, nobody, now));
                await granting.DenyAsync(db, Actor.System, request, nobody, now, ct);
                return ExpiryAction.Deny;
            case ExpiryAction.Escalate:
                await EscalateAsync(db, request, "Nobody decided in time", now, ct);
                return ExpiryAction.Escalate;
            default:
                throw new InvalidOperationException($"{request.OnExpiry} is no way to end.");
        }
    }

    async Task<ExpiryAction> ApproveAsync(PortalDbContext db, Request request, string reason, DateTimeOffset now, CancellationToken ct)
    {
        const string point = "on_expiry";
        var transaction = db.Database.CurrentTransaction!;
        await transaction.CreateSavepointAsync(point, ct);
        db.Add(RequestDecision.Of(request, null, null, false, DecisionVerdict.Approve, $"{reason}.", now));
        if (await granting.GrantAsync(db, Actor.System, request, $"{reason}.", now, ct) is not { } cannot)
            return ExpiryAction.Approve;
        await transaction.RollbackToSavepointAsync(point, ct);
        db.ChangeTracker.Clear();
        var again = await db.LockRequestAsync(request.Id, ct) ?? throw new InvalidOperationException($"Request {request.Id} was just there.");
        await EscalateAsync(db, again, $"{reason}, but that cannot be done now ({cannot.Message.TrimEnd('.')})", now, ct);
        return ExpiryAction.Escalate;
    }

    static Task EscalateAsync(PortalDbContext db, Request request, string why, DateTimeOffset now, CancellationToken ct)
    {
        request.WaitOn();
        return Granting.AskAdminsAsync(db, request, why, now, ct);
    }

    /// <summary>Asks admins about every request whose level has nobody left: its approver was removed, locked, or is away with a stand-in who is.</summary>
    async Task<int> HandOverAsync(SweepFaults faults, DateTimeOffset now, CancellationToken ct)
    {
        await using var look = await contexts.CreateDbContextAsync(ct);
        // Many requests wait for the same few: who is behind each of those is looked up once.
        var open = from seat in look.ApprovalSeats
                   join request in look.Requests on seat.RequestId equals request.Id
                   where seat.SaidBy == null && request.Status == RequestStatus.Waiting && !request.AdminsAsked
                   select new { seat.Kind, seat.UserId, seat.Role, ProjectId = seat.Kind == ApproverKind.ProjectOwners ? seat.ProjectId : Guid.Empty, request.Id, request.RequesterId, request.MayDecideOwn };
        var suspects = new HashSet<Guid>();
        foreach (var target in await open.Select(s => new { s.Kind, s.UserId, s.Role, s.ProjectId }).Distinct().ToListAsync(ct))
        {
            var approver = new Approver(target.Kind, target.UserId, target.Role);
            var there = (await LevelPeople.HoldersAsync(look, [approver], target.ProjectId, now, ct)).Where(holder => holder.Holds(approver) && holder.IsThere(Guid.Empty, mayDecideOwn: false)).ToList();
            if (there.Count > 1)
                continue;
            var alone = there is [var one] ? one.StandIn?.Id ?? one.Id : (Guid?)null;
            suspects.UnionWith(await open.Where(s => s.Kind == target.Kind && s.UserId == target.UserId && s.Role == target.Role && s.ProjectId == target.ProjectId)
                .Where(s => alone == null || (s.RequesterId == alone && !s.MayDecideOwn)).Select(s => s.Id).ToListAsync(ct));
        }

        var handed = 0;
        foreach (var id in suspects.Order())
            await faults.TryAsync(id, async () => handed += await HandOverAsync(id, now, ct) ? 1 : 0);
        return handed;
    }

    async Task<bool> HandOverAsync(Guid id, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var request = (await db.Requests.FromSql($"select *, xmin from requests where id = {id} and status = 'Waiting' and not admins_asked for no key update skip locked").IgnoreQueryFilters().ToListAsync(ct)).SingleOrDefault();
        if (request is null || request.Level >= request.Levels.Count)
            return false;
        var open = await db.ApprovalSeats.Where(s => s.RequestId == id && s.SaidBy == null).Select(s => new Approver(s.Kind, s.UserId, s.Role)).ToListAsync(ct);
        var level = new ApprovalLevel(open, request.Levels[request.Level].All);
        if (LevelPeople.IsLeft(level, await LevelPeople.HoldersAsync(db, open, request.ProjectId, now, ct), request.RequesterId, request.MayDecideOwn))
            return false;
        await Granting.AskAdminsAsync(db, request, Granting.NobodyLeft(request), now, ct);
        await RequestService.NotifyAsync(db, request, ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Gives an end to every request that admins are asked about and that none of them may decide any more, because only the one who asked for it is left.</summary>
    async Task<int> GiveEndAsync(SweepFaults faults, DateTimeOffset now, CancellationToken ct)
    {
        await using var look = await contexts.CreateDbContextAsync(ct);
        if (await LevelPeople.AdminsAsync(look, ct) is not [var only])
            return 0;
        var stuck = await look.Requests.Where(r => r.Status == RequestStatus.Waiting && r.AdminsAsked && r.ExpiresAt == null && r.RequesterId == only && !r.MayDecideOwn).OrderBy(r => r.Id).Select(r => r.Id).ToListAsync(ct);
        var ended = 0;
        foreach (var id in stuck)
            await faults.TryAsync(id, async () => ended += await GiveEndAsync(id, now, ct) ? 1 : 0);
        return ended;
    }

    async Task<bool> GiveEndAsync(Guid id, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var request = (await db.Requests.FromSql($"select *, xmin from requests where id = {id} and status = 'Waiting' and admins_asked and expires_at is null for no key update skip locked").IgnoreQueryFilters().ToListAsync(ct)).SingleOrDefault();
        if (request is null)
            return false;
        await Granting.AskAdminsAsync(db, request, "Whom its rule asks has not decided", now, ct);
        await RequestService.NotifyAsync(db, request, ct);
        await transaction.CommitAsync(ct);
        return true;
    }
}
