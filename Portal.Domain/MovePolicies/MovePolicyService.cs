using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Projects;

namespace Portal.Domain.MovePolicies;

/// <summary>Policies for live moves: admins make and change them, operators move by them, auditors read them.</summary>
public sealed class MovePolicyService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>The longest name, characters.</summary>
    public const int LongestName = 40;

    /// <summary>The most policies, retired ones counted.</summary>
    public const int Most = 50;

    /// <summary>How the built-in policies are called; no other may be.</summary>
    static readonly string[] BuiltIn = ["gentle", "balanced", "must move", "maintenance window"];

    /// <summary>The policies, by name; none for who neither moves machines nor audits. Sorts: <c>name changed</c>. Filters: <c>retired</c> (<c>yes</c>, <c>no</c>). Search looks at the name.</summary>
    public async Task<Page<MovePolicyView>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var policies = SeenBy(db, actor);
        if (query.LikePattern is { } like)
            policies = policies.Where(p => EF.Functions.ILike(p.Name, like, @"\"));
        policies = query.Filter("retired") switch
        {
            "yes" => policies.Where(p => p.RetiredAt != null),
            "no" => policies.Where(p => p.RetiredAt == null),
            _ => policies,
        };
        var total = await policies.CountAsync(ct);
        var sorted = query.SortField switch
        {
            "changed" => policies.SortBy(p => p.ChangedAt, query.Descending),
            "name" => policies.SortBy(p => p.Name, query.Descending),
            _ => policies.OrderBy(p => p.Name),
        };
        return new(await ViewsAsync(db, sorted.ThenBy(p => p.Id).Skip(query.SafeSkip).Take(query.SafeTake), ct), total);
    }

    /// <summary>One policy.</summary>
    public async Task<Result<MovePolicyView>> GetAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await ViewAsync(db, actor, id, ct);
    }

    /// <summary>Makes a policy.</summary>
    /// <returns>The policy, or <see cref="NotAllowed"/>, <see cref="InvalidText"/>, <see cref="PolicyNameTaken"/> or <see cref="TooManyPolicies"/>.</returns>
    public async Task<Result<MovePolicyView>> CreateAsync(Actor actor, MovePolicyDraft draft, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin("make policies for moves") is { } notAdmin)
            return notAdmin;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockNamesAsync(db, ct);
        var sound = await CheckAsync(db, null, draft, ct);
        if (!sound.IsOk)
            return sound.Refusal;
        if (await db.MovePolicies.CountAsync(ct) >= Most)
            return new TooManyPolicies(Most);
        var policy = MovePolicy.Create(sound.Value.Name, sound.Value.Terms, actor, time.GetUtcNow());
        db.Add(policy);
        await WriteAsync(db, actor, policy, "move-policy.create", new { After = Told(policy) }, ct);
        await transaction.CommitAsync(ct);
        return await ViewAsync(db, actor, policy.Id, ct);
    }

    /// <summary>Says anew what a policy is called and what it allows. Moves that were ordered by it keep what they were ordered with; schedules follow.</summary>
    /// <param name="actor">An admin.</param>
    /// <param name="id">The policy.</param>
    /// <param name="version">The version that was read.</param>
    /// <param name="draft">What it becomes.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The policy, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="InvalidText"/>, <see cref="PolicyNameTaken"/> or <see cref="ChangedMeanwhile"/>.</returns>
    public Task<Result<MovePolicyView>> ChangeAsync(Actor actor, Guid id, uint version, MovePolicyDraft draft, CancellationToken ct) => WithAsync(actor, id, async (db, policy) =>
    {
        var sound = await CheckAsync(db, id, draft, ct);
        if (!sound.IsOk)
            return sound.Refusal;
        if (policy.Version != version)
            return new ChangedMeanwhile($"The policy “{policy.Name}”", policy.ChangedByName, policy.ChangedAt, Version: policy.Version);
        var before = Told(policy);
        policy.Say(sound.Value.Name, sound.Value.Terms, actor, time.GetUtcNow());
        await WriteAsync(db, actor, policy, "move-policy.change", new { Before = before, After = Told(policy) }, ct);
        return null;
    }, ct);

    /// <summary>Retires a policy, so that nothing is ordered by it any more, or brings it back.</summary>
    /// <returns>The policy, or <see cref="NotFound"/>, <see cref="NotAllowed"/> or <see cref="PolicyInUse"/>.</returns>
    public Task<Result<MovePolicyView>> RetireAsync(Actor actor, Guid id, bool retired, CancellationToken ct) => WithAsync(actor, id, async (db, policy) =>
    {
        if (policy.RetiredAt is not null == retired)
            return null;
        if (retired && await SchedulesOf(db, id).CountAsync(ct) is > 0 and var schedules)
            return new PolicyInUse(policy.Name, schedules);
        policy.Retire(retired, actor, time.GetUtcNow());
        await WriteAsync(db, actor, policy, retired ? "move-policy.retire" : "move-policy.bring-back", new { After = Told(policy) }, ct);
        return null;
    }, ct);

    /// <summary>
    /// The policy a move is ordered by, as it is now. Held until the transaction ends, so that it is not retired meanwhile: what refers to it is found by who retires it.
    /// </summary>
    internal static async Task<Result<MadePolicy>> TakeAsync(PortalDbContext db, Guid id, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select 1 from move_policies where id = {id} for share", ct);
        return await db.MovePolicies.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct) switch
        {
            null => new InvalidText("policyId", "There is no such policy.", "Choose one from the list, or one that is built in."),
            { RetiredAt: not null, Name: var name } => new PolicyRetired(name),
            var policy => new MadePolicy(policy.Id, policy.Name, policy.Terms),
        };
    }

    async Task<Result<MovePolicyView>> WithAsync(Actor actor, Guid id, Func<PortalDbContext, MovePolicy, Task<Refusal?>> act, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockNamesAsync(db, ct);
        var policy = (await db.MovePolicies.FromSql($"select *, xmin from move_policies where id = {id} for no key update").ToListAsync(ct)).SingleOrDefault();
        if (policy is null || !actor.SeesFleet)
            return new NotFound("policy");
        if (actor.RefuseUnlessAdmin("change policies for moves") is { } notAdmin)
            return notAdmin;
        if (await act(db, policy) is { } refusal)
            return refusal;
        await transaction.CommitAsync(ct);
        return await ViewAsync(db, actor, id, ct);
    }

    // One at a time: of two that are given the same name at once, the second finds the first.
    static Task<int> LockNamesAsync(PortalDbContext db, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended('portal move policies', 0))", ct);

    static async Task<Result<MovePolicyDraft>> CheckAsync(PortalDbContext db, Guid? self, MovePolicyDraft draft, CancellationToken ct)
    {
        var name = (draft.Name ?? "").Trim();
        if (name.Length is 0 or > LongestName || !Texts.IsLine(name))
            return new InvalidText("name", $"A policy needs a name of 1 to {LongestName} visible characters.", "Name it for what it is for, e.g. “databases at night”.");
        if (draft.Terms is null)
            return new InvalidText("terms", "A policy needs its figures.", "Say what it allows.");
        if (draft.Terms.Check() is { } wrong)
            return wrong;
        if (BuiltIn.Contains(name, StringComparer.OrdinalIgnoreCase))
            return new PolicyNameTaken(name, "One that is built in");
        var key = name.ToLowerInvariant();
        if (await db.MovePolicies.AsNoTracking().Where(p => p.Id != self && EF.Property<string>(p, MovePolicyConfiguration.NameKey) == key).Select(p => new { p.RetiredAt }).FirstOrDefaultAsync(ct) is { } other)
            return new PolicyNameTaken(name, other.RetiredAt is null ? "Another policy" : "A retired policy");
        return new MovePolicyDraft(name, draft.Terms);
    }

    static async Task WriteAsync(PortalDbContext db, Actor actor, MovePolicy policy, string action, object detail, CancellationToken ct)
    {
        db.Add(AuditEvent.Of(actor, action, "move-policy", policy.Id, policy.Name, null, detail, policy.ChangedAt));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Policy, policy.Id, null, ct);
    }

    static object Told(MovePolicy policy) => new { policy.Name, policy.Terms.MaySlow, policy.Terms.Ending, policy.Terms.PatienceSeconds, policy.Terms.LongestPauseMs, policy.Terms.LongestSeconds, Retired = policy.RetiredAt is not null };

    static IQueryable<MovePolicy> SeenBy(PortalDbContext db, Actor actor) => actor.SeesFleet ? db.MovePolicies : db.MovePolicies.Where(_ => false);

    static IQueryable<Schedules.Schedule> SchedulesOf(PortalDbContext db, Guid id) => db.Schedules.IgnoreQueryFilters([Scoping.Scopes.Filter]).Where(s => s.PolicyId == id);

    static async Task<Result<MovePolicyView>> ViewAsync(PortalDbContext db, Actor actor, Guid id, CancellationToken ct) =>
        (await ViewsAsync(db, SeenBy(db, actor).Where(p => p.Id == id), ct)).SingleOrDefault() is { } view ? view : new NotFound("policy");

    static async Task<List<MovePolicyView>> ViewsAsync(PortalDbContext db, IQueryable<MovePolicy> policies, CancellationToken ct)
    {
        // How much is ordered by a policy is told whoever's it is: no more than the count.
        var (schedules, moves) = (db.Schedules.IgnoreQueryFilters([Scoping.Scopes.Filter]), db.Migrations.IgnoreQueryFilters([Scoping.Scopes.Filter]));
        return await policies.AsNoTracking().Select(p => new MovePolicyView(p.Id, p.Name, p.Terms, p.RetiredAt, schedules.Count(s => s.PolicyId == p.Id),
            moves.Count(m => m.PolicyId == p.Id), p.ChangedByName, p.ChangedAt, p.Version)).ToListAsync(ct);
    }
}
