using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Affinity;
using Portal.Domain.Audit;
using Portal.Domain.Balance;
using Portal.Domain.Catalog;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Leases;
using Portal.Domain.Migrations;
using Portal.Domain.MovePolicies;
using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Schedules;
using Portal.Domain.Webhooks;

namespace Portal.Domain.Scoping;

/// <summary>What a context made for an actor shows: of everything that belongs to a project, only what that actor may see.</summary>
static class Scopes
{
    /// <summary>The filter's name, to lift it where a rule spans projects: <c>IgnoreQueryFilters([Scopes.Filter])</c>.</summary>
    public const string Filter = "project";

    /// <summary>Entities that belong to no project, and why each may be read without one; the services decide who may.</summary>
    public static IReadOnlyDictionary<Type, string> Global { get; } = new Dictionary<Type, string>
    {
        [typeof(User)] = "People belong to several projects.",
        [typeof(IdentityRole<Guid>)] = "Platform roles.",
        [typeof(IdentityUserRole<Guid>)] = "Platform roles.",
        [typeof(IdentityUserClaim<Guid>)] = "Identity's own.",
        [typeof(IdentityUserLogin<Guid>)] = "Identity's own.",
        [typeof(IdentityUserToken<Guid>)] = "Identity's own.",
        [typeof(IdentityRoleClaim<Guid>)] = "Identity's own.",
        [typeof(DataProtectionKey)] = "Keys of the platform.",
        [typeof(ApiToken)] = "A person's own.",
        [typeof(ApiReply)] = "A person's own.",
        [typeof(SignInSession)] = "A person's own.",
        [typeof(ProjectMember)] = "What the filter itself reads.",
        [typeof(Image)] = "The catalog is everybody's.",
        [typeof(Flavor)] = "The catalog is everybody's.",
        [typeof(Network)] = "The catalog is everybody's.",
        [typeof(NetworkAddress)] = "Addresses are given to machines of every project.",
        [typeof(Host)] = "Hosts carry machines of every project.",
        [typeof(Evacuation)] = "Hosts carry machines of every project; read by those who look after hosts.",
        [typeof(EvacuationItem)] = "As its evacuation.",
        [typeof(MigrationNetwork)] = "Networks join hosts, which carry machines of every project.",
        [typeof(MovePolicy)] = "Policies for moves are the platform's; who moves machines and who audits reads them.",
        [typeof(LeaseSettings)] = "The platform's own terms, for every project.",
        [typeof(BalanceSettings)] = "Hosts carry machines of every project; read by those who look after hosts.",
        [typeof(Placement)] = "Room on hosts is shared by every project.",
        [typeof(NoticeEntry)] = "A person's own.",
        [typeof(NoticePreference)] = "A person's own.",
        [typeof(Outlet)] = "Ways out of the platform.",
        [typeof(Policies.ApprovalRule)] = "One policy for the platform; admins and auditors read it.",
        [typeof(Policies.PolicyRevision)] = "One policy for the platform.",
        [typeof(Policies.PriceList)] = "One price list for the platform.",
        [typeof(Approvals.Delegation)] = "A person's own.",
        [typeof(AuditEvent)] = "Read by auditors only, across projects.",
        [typeof(AuditSeal)] = "The chain spans projects; read by auditors only.",
        [typeof(AuditHead)] = "The chain spans projects; read by auditors only.",
        [typeof(AuditPending)] = "The chain spans projects; read by auditors only.",
    };

    /// <summary>A context that shows what the actor may see, and nothing else.</summary>
    public static async Task<PortalDbContext> ForAsync(this IDbContextFactory<PortalDbContext> contexts, Actor actor, CancellationToken ct)
    {
        var db = await contexts.CreateDbContextAsync(ct);
        db.ShowTo(actor);
        return db;
    }

    /// <summary>Puts the filter on every entity that is scoped, by itself or by what it hangs on.</summary>
    public static void Configure(ModelBuilder builder, PortalDbContext db)
    {
        builder.Entity<Project>().HasQueryFilter(Filter, p => db.ShowsAll || db.ProjectMembers.Any(m => m.UserId == db.Viewer && m.ProjectId == p.Id));
        builder.Entity<OperationStep>().HasQueryFilter(Filter, s => db.ShowsAll || db.Operations.Any(o => o.Id == s.OperationId));
        builder.Entity<MigrationChunk>().HasQueryFilter(Filter, c => db.ShowsAll || db.Migrations.Any(m => m.Id == c.MigrationId));
        builder.Entity<AffinityRule>().HasQueryFilter(Filter, r => db.ShowsAll || db.ProjectMembers.Any(m => m.UserId == db.Viewer && m.ProjectId == r.ProjectId));
        builder.Entity<AffinityMember>().HasQueryFilter(Filter, m => db.ShowsAll || db.AffinityRules.Any(r => r.Id == m.RuleId));
        builder.Entity<Webhook>().HasQueryFilter(Filter, h => db.ShowsAll || db.ProjectMembers.Any(m => m.UserId == db.Viewer && m.ProjectId == h.ProjectId));
        builder.Entity<Delivery>().HasQueryFilter(Filter, d => db.ShowsAll || db.Webhooks.Any(h => h.Id == d.WebhookId));
        builder.Entity<Schedule>().HasQueryFilter(Filter, s => db.ShowsAll || db.ProjectMembers.Any(m => m.UserId == db.Viewer && m.ProjectId == s.ProjectId));
        builder.Entity<ScheduleRun>().HasQueryFilter(Filter, r => db.ShowsAll || db.ProjectMembers.Any(m => m.UserId == db.Viewer && m.ProjectId == r.ProjectId));
        foreach (var type in builder.Model.GetEntityTypes().Select(e => e.ClrType).Where(typeof(IProjectScoped).IsAssignableFrom).ToList())
            typeof(Scopes).GetMethod(nameof(Scope), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, [builder, db]);
    }

    static void Scope<T>(ModelBuilder builder, PortalDbContext db) where T : class, IProjectScoped =>
        builder.Entity<T>().HasQueryFilter(Filter, row => db.ShowsAll || db.ProjectMembers.Any(m => m.UserId == db.Viewer && m.ProjectId == row.ProjectId));
}
