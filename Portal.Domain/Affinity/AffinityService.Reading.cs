using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Affinity;

public sealed partial class AffinityService
{
    /// <summary>
    /// Rules the actor may see, by name. Sorts: <c>name kind project changed</c>. Filters: <c>kind strength</c> (names, commas between), <c>kept</c>
    /// (<c>yes</c>, <c>no</c>), <c>project machine</c> (ids). Search looks at the rule's name and its machines'.
    /// </summary>
    public async Task<Page<AffinityRuleView>> ListAsync(Actor actor, ListQuery query, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var rules = db.AffinityRules.AsNoTracking();
        if (query.LikePattern is { } like)
            rules = rules.Where(r => EF.Functions.ILike(r.Name, like, @"\") || db.AffinityMembers.Any(m => m.RuleId == r.Id && db.Machines.Any(x => x.Id == m.MachineId && x.State != MachineState.Deleted && EF.Functions.ILike(x.Name, like, @"\"))));
        if (query.EnumFilter<AffinityKind>("kind") is { } kinds)
            rules = rules.Where(r => kinds.Contains(r.Kind));
        if (query.EnumFilter<AffinityStrength>("strength") is { } strengths)
            rules = rules.Where(r => strengths.Contains(r.Strength));
        if (query.IdFilter("project") is { } project)
            rules = rules.Where(r => r.ProjectId == project);
        if (query.IdFilter("machine") is { } machine)
            rules = rules.Where(r => db.AffinityMembers.Any(m => m.RuleId == r.Id && m.MachineId == machine));
        var kept = Kept(db);
        rules = query.Filter("kept") switch
        {
            "yes" => rules.Where(kept),
            "no" => rules.Where(Expression.Lambda<Func<AffinityRule, bool>>(Expression.Not(kept.Body), kept.Parameters)),
            _ => rules,
        };
        var total = await rules.CountAsync(ct);
        var sorted = query.SortField switch
        {
            "kind" => rules.SortBy(r => r.Kind, query.Descending),
            "project" => rules.SortBy(r => db.Projects.Where(p => p.Id == r.ProjectId).Select(p => p.Name).FirstOrDefault(), query.Descending),
            "changed" => rules.SortBy(r => r.ChangedAt, query.Descending),
            "name" => rules.SortBy(r => r.Name, query.Descending),
            _ => rules.OrderBy(r => r.Name),
        };
        return new(await ViewsAsync(db, actor, sorted.ThenBy(r => r.Id).Skip(query.SafeSkip).Take(query.SafeTake), ct), total);
    }

    /// <summary>One rule; <see cref="NotFound"/> when there is none the actor may see.</summary>
    public async Task<Result<AffinityRuleView>> GetAsync(Actor actor, Guid id, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        return await ViewAsync(db, actor, id, ct);
    }

    /// <summary>The projects in which the actor may make rules, by name; whether those across projects too.</summary>
    public async Task<(IReadOnlyList<(Guid Id, string Name)> Projects, bool Across)> MayMakeAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        var open = db.Projects.AsNoTracking().Where(p => p.ArchivedAt == null);
        if (!actor.IsOperator)
            open = open.Where(p => db.ProjectMembers.Any(m => m.ProjectId == p.Id && m.UserId == actor.UserId && m.Role == ProjectRole.Owner));
        var rows = await open.OrderBy(p => p.Name).Select(p => new { p.Id, p.Name }).ToListAsync(ct);
        return ([.. rows.Select(p => (p.Id, p.Name))], actor.IsOperator);
    }

    /// <summary>Whether the machines of a rule live where it wants them.</summary>
    static Expression<Func<AffinityRule, bool>> Kept(PortalDbContext db) => r => r.Kind == AffinityKind.Apart
        ? !db.Placements.Where(p => p.Purpose == PlacementPurpose.Home && db.AffinityMembers.Any(m => m.RuleId == r.Id && m.MachineId == p.MachineId)).GroupBy(p => p.HostId).Any(g => g.Count() > 1)
        : db.Placements.Where(p => p.Purpose == PlacementPurpose.Home && db.AffinityMembers.Any(m => m.RuleId == r.Id && m.MachineId == p.MachineId)).Select(p => p.HostId).Distinct().Count() <= 1;

    static async Task<Result<AffinityRuleView>> ViewAsync(PortalDbContext db, Actor actor, Guid id, CancellationToken ct) =>
        (await ViewsAsync(db, actor, db.AffinityRules.AsNoTracking().Where(r => r.Id == id), ct)).SingleOrDefault() is { } view ? view : new NotFound("affinity rule");

    static async Task<List<AffinityRuleView>> ViewsAsync(PortalDbContext db, Actor actor, IQueryable<AffinityRule> rules, CancellationToken ct)
    {
        var rows = await rules.Select(r => new
        {
            Rule = r,
            ProjectName = db.Projects.Where(p => p.Id == r.ProjectId).Select(p => p.Name).FirstOrDefault(),
            IsOpen = r.ProjectId == null || db.Projects.Any(p => p.Id == r.ProjectId && p.ArchivedAt == null),
            IsOwner = db.ProjectMembers.Any(m => m.ProjectId == r.ProjectId && m.UserId == actor.UserId && m.Role == ProjectRole.Owner),
        }).ToListAsync(ct);
        var ids = rows.ConvertAll(r => r.Rule.Id);
        var kept = await db.AffinityRules.Where(r => ids.Contains(r.Id)).Where(Kept(db)).Select(r => r.Id).ToListAsync(ct);
        var members = (await (
            from member in db.AffinityMembers
            join machine in db.Machines on member.MachineId equals machine.Id
            join project in db.Projects on machine.ProjectId equals project.Id
            where ids.Contains(member.RuleId) && machine.State != MachineState.Deleted
            orderby machine.Name, machine.Id
            select new { member.RuleId, machine.Id, machine.Name, ProjectName = project.Name, HostName = db.Hosts.Where(h => h.Id == machine.HostId).Select(h => h.Name).FirstOrDefault() }).ToListAsync(ct))
            .ToLookup(m => m.RuleId, m => new AffinityMemberView(m.Id, m.Name, m.ProjectName, m.HostName));
        return rows.ConvertAll(r => new AffinityRuleView(r.Rule.Id, r.Rule.Name, r.Rule.Kind, r.Rule.Strength, r.Rule.ProjectId, r.ProjectName, kept.Contains(r.Rule.Id), r.Rule.ChangedByName, r.Rule.ChangedAt, r.Rule.Version)
        {
            Machines = [.. members[r.Rule.Id]],
            MayChange = r.IsOpen && (actor.IsOperator || r.IsOwner),
        });
    }
}
