using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Affinity;

/// <summary>Affinity rules: a project's are made by its owners and by operators, those across projects by operators.</summary>
public sealed partial class AffinityService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>The most rules of one project, and the most across projects.</summary>
    public const int Most = 100;

    /// <summary>Makes a rule. Machines that are against it already stay where they are; the rule says that it is not kept.</summary>
    /// <returns>The rule, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="ProjectArchived"/>, <see cref="InvalidText"/>, <see cref="AffinityNameTaken"/>, <see cref="AffinityContradiction"/> or <see cref="TooManyAffinityRules"/>.</returns>
    public async Task<Result<AffinityRuleView>> CreateAsync(Actor actor, AffinityDraft draft, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(db, ct);
        if (await RefuseAsync(db, actor, draft.ProjectId, "make affinity rules", ct) is { } refusal)
            return refusal;
        var sound = await CheckAsync(db, actor, null, draft, ct);
        if (!sound.IsOk)
            return sound.Refusal;
        if (await db.AffinityRules.CountAsync(r => r.ProjectId == draft.ProjectId, ct) >= Most)
            return new TooManyAffinityRules(Most);
        var rule = AffinityRule.Create(sound.Value, actor, time.GetUtcNow());
        db.Add(rule);
        db.AddRange(sound.Value.Machines.Select(machine => AffinityMember.Of(rule.Id, machine)));
        await WriteAsync(db, AuditEvent.Of(actor, "affinity.create", "affinity-rule", rule.Id, rule.Name, rule.ProjectId, new { after = Told(rule, sound.Value.Machines) }, rule.ChangedAt), ct);
        await transaction.CommitAsync(ct);
        return await ViewAsync(db, actor, rule.Id, ct);
    }

    /// <summary>Says anew what a rule is called, does, weighs, and which machines it is about. Its project stays.</summary>
    /// <param name="actor">Who may make it.</param>
    /// <param name="id">The rule.</param>
    /// <param name="version">The version that was read.</param>
    /// <param name="draft">What it becomes.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>As for <see cref="CreateAsync"/>, or <see cref="ChangedMeanwhile"/>.</returns>
    public Task<Result<AffinityRuleView>> ChangeAsync(Actor actor, Guid id, uint version, AffinityDraft draft, CancellationToken ct) => WithAsync(actor, id, async (db, rule) =>
    {
        var sound = await CheckAsync(db, actor, id, draft with { ProjectId = rule.ProjectId }, ct);
        if (!sound.IsOk)
            return sound.Refusal;
        if (rule.Version != version)
            return new ChangedMeanwhile($"The rule “{rule.Name}”", rule.ChangedByName, rule.ChangedAt, Version: rule.Version);
        var members = await db.AffinityMembers.Where(m => m.RuleId == id).ToListAsync(ct);
        var before = Told(rule, members.Select(m => m.MachineId));
        rule.Say(sound.Value, actor, time.GetUtcNow());
        db.RemoveRange(members.Where(m => !sound.Value.Machines.Contains(m.MachineId)));
        db.AddRange(sound.Value.Machines.Where(machine => members.TrueForAll(m => m.MachineId != machine)).Select(machine => AffinityMember.Of(id, machine)));
        await WriteAsync(db, AuditEvent.Of(actor, "affinity.change", "affinity-rule", id, rule.Name, rule.ProjectId, before, Told(rule, sound.Value.Machines), null, rule.ChangedAt), ct);
        return null;
    }, async db => await ViewAsync(db, actor, id, ct), ct);

    /// <summary>Deletes a rule. Its machines stay where they are.</summary>
    /// <returns>Done, or <see cref="NotFound"/>, <see cref="NotAllowed"/> or <see cref="ProjectArchived"/>.</returns>
    public Task<Result<Done>> DeleteAsync(Actor actor, Guid id, CancellationToken ct) => WithAsync(actor, id, async (db, rule) =>
    {
        var members = await db.AffinityMembers.Where(m => m.RuleId == id).Select(m => m.MachineId).ToListAsync(ct);
        db.Remove(rule);
        await WriteAsync(db, AuditEvent.Of(actor, "affinity.delete", "affinity-rule", id, rule.Name, rule.ProjectId, new { before = Told(rule, members) }, time.GetUtcNow()), ct);
        return null;
    }, _ => Task.FromResult<Result<Done>>(Done.Value), ct);

    async Task<Result<T>> WithAsync<T>(Actor actor, Guid id, Func<PortalDbContext, AffinityRule, Task<Refusal?>> act, Func<PortalDbContext, Task<Result<T>>> answer, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(db, ct);
        if (await db.AffinityRules.SingleOrDefaultAsync(r => r.Id == id, ct) is not { } rule)
            return new NotFound("affinity rule");
        if (await RefuseAsync(db, actor, rule.ProjectId, "change affinity rules", ct) is { } refusal)
            return refusal;
        if (await act(db, rule) is { } no)
            return no;
        await transaction.CommitAsync(ct);
        return await answer(db);
    }

    // One at a time: of two that contradict each other and are made at once, the second finds the first.
    static Task<int> LockAsync(PortalDbContext db, CancellationToken ct) => db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended('portal affinity rules', 0))", ct);

    static async Task<Refusal?> RefuseAsync(PortalDbContext db, Actor actor, Guid? projectId, string action, CancellationToken ct)
    {
        if (projectId is not { } project)
            return actor.RefuseUnless(PlatformRoles.Operator, $"{action} across projects");
        await db.KeepOpenAsync(project, ct);
        return await db.PlaceInAsync(actor, project, ct) switch
        {
            null => new NotFound("project"),
            { IsArchived: true, ProjectName: var name } => new ProjectArchived(name),
            { Role: ProjectRole.Owner } => null,
            _ when actor.IsOperator => null,
            _ => new NotAllowed(action, "the role owner in this project, or operator"),
        };
    }

    /// <summary>The draft as it is kept; a refusal when it makes no sense. What the actor does not see is not there.</summary>
    static async Task<Result<AffinityDraft>> CheckAsync(PortalDbContext db, Actor actor, Guid? self, AffinityDraft draft, CancellationToken ct)
    {
        var name = Names.Tidy(draft.Name);
        if (Names.Check("name", name, AffinityDraft.LongestName, "An affinity rule") is { } nameless)
            return nameless;
        if (!Enum.IsDefined(draft.Kind))
            return new InvalidText("kind", "There is no such kind of rule.", "Give Together or Apart.");
        if (!Enum.IsDefined(draft.Strength))
            return new InvalidText("strength", "There is no such strength.", "Give Must or Should.");
        var machines = (draft.Machines ?? []).Distinct().ToList();
        if (machines.Count is < 2 or > AffinityDraft.MostMachines)
            return new InvalidText("machines", $"A rule is about 2 to {AffinityDraft.MostMachines} machines; this has {machines.Count}.", machines.Count < 2 ? "Add another machine." : "Take some out, or make two rules.");
        var found = await db.Machines.Where(m => machines.Contains(m.Id) && m.State != MachineState.Deleted && (draft.ProjectId == null || m.ProjectId == draft.ProjectId)).CountAsync(ct);
        if (found != machines.Count)
            return new InvalidText("machines", draft.ProjectId is null ? "One of the machines does not exist." : "One of the machines is not in this project.", "Choose machines from the list.");
        name = await Names.ComposeAsync(db, name, ct);
        var key = name.ToLowerInvariant();
        if (await db.AffinityRules.AnyAsync(r => r.Id != self && r.ProjectId == draft.ProjectId && EF.Property<string>(r, AffinityRuleConfiguration.NameKey) == key, ct))
            return new AffinityNameTaken(name);
        var all = await FleetTies.ReadAsync(db, null, ct);
        var others = all.Ties.Where(t => t.RuleId != self).ToList();
        if (FleetTies.Contradicting(others, new Tie(self ?? Guid.Empty, name, draft.Kind, draft.Strength, draft.ProjectId is null, machines)) is not { } other)
            return draft with { Name = name, Machines = machines };
        // It may be one of another project, and its name is that project's.
        var isSeen = await db.AffinityRules.AnyAsync(r => r.Id == other.RuleId, ct);
        return new AffinityContradiction(isSeen && (!other.IsShared || actor.ReadsEverything) ? other.RuleName : null);
    }

    static async Task WriteAsync(PortalDbContext db, AuditEvent told, CancellationToken ct)
    {
        db.Add(told);
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Affinity, told.SubjectId, told.ProjectId, ct);
    }

    static object Told(AffinityRule rule, IEnumerable<Guid> machines) => new { rule.Name, rule.Kind, rule.Strength, Machines = machines.Order().ToList() };
}
