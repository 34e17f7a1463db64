using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Affinity;
using Portal.Domain.Audit;
using Portal.Domain.Balance;
using Portal.Domain.Catalog;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.MovePolicies;
using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Domain.Schedules;
using Portal.Domain.Scoping;
using Portal.Domain.Webhooks;
using Portal.Domain.Snapshots;

namespace Portal.Domain;

/// <summary>The books of the portal on PostgreSQL. Services make one per call from the factory; none is shared.</summary>
public sealed class PortalDbContext(DbContextOptions<PortalDbContext> options)
    : IdentityDbContext<User, IdentityRole<Guid>, Guid>(options), IDataProtectionKeyContext
{
    /// <summary>Keys that protect cookies and antiforgery tokens, shared by every replica.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>Bearer tokens.</summary>
    public DbSet<ApiToken> ApiTokens => Set<ApiToken>();

    /// <summary>Projects.</summary>
    public DbSet<Project> Projects => Set<Project>();

    /// <summary>Who belongs to which project.</summary>
    public DbSet<ProjectMember> ProjectMembers => Set<ProjectMember>();

    /// <summary>Limits and what is held of them.</summary>
    public DbSet<Quota> Quotas => Set<Quota>();

    /// <summary>What each person holds of a project, and limits of their own.</summary>
    public DbSet<MemberQuota> MemberQuotas => Set<MemberQuota>();

    /// <summary>Caps and days of grace.</summary>
    public DbSet<QuotaSettings> QuotaSettings => Set<QuotaSettings>();

    /// <summary>Images.</summary>
    public DbSet<Image> Images => Set<Image>();

    /// <summary>Flavors.</summary>
    public DbSet<Flavor> Flavors => Set<Flavor>();

    /// <summary>Guest networks.</summary>
    public DbSet<Network> Networks => Set<Network>();

    /// <summary>Policies for moves that admins made.</summary>
    public DbSet<MovePolicy> MovePolicies => Set<MovePolicy>();

    /// <summary>What keeps machines together or apart.</summary>
    public DbSet<AffinityRule> AffinityRules => Set<AffinityRule>();

    /// <summary>Their machines.</summary>
    public DbSet<AffinityMember> AffinityMembers => Set<AffinityMember>();

    /// <summary>Whether machines are balanced without anybody's hand.</summary>
    public DbSet<BalanceSettings> BalanceSettings => Set<BalanceSettings>();

    /// <summary>Hypervisor hosts.</summary>
    public DbSet<Host> Hosts => Set<Host>();

    /// <summary>Room taken on hosts.</summary>
    public DbSet<Placement> Placements => Set<Placement>();

    /// <summary>Machines.</summary>
    public DbSet<Machine> Machines => Set<Machine>();

    /// <summary>Requests.</summary>
    public DbSet<Request> Requests => Set<Request>();

    /// <summary>What people wrote on requests.</summary>
    public DbSet<RequestComment> RequestComments => Set<RequestComment>();

    /// <summary>The ledger.</summary>
    public DbSet<Operation> Operations => Set<Operation>();

    /// <summary>Steps of operations.</summary>
    public DbSet<OperationStep> OperationSteps => Set<OperationStep>();

    /// <summary>Moves of machines.</summary>
    public DbSet<Migration> Migrations => Set<Migration>();

    /// <summary>Their charts.</summary>
    public DbSet<MigrationChunk> MigrationChunks => Set<MigrationChunk>();

    /// <summary>Addresses that moves use.</summary>
    public DbSet<MigrationNetwork> MigrationNetworks => Set<MigrationNetwork>();

    /// <summary>Hosts that are or were emptied.</summary>
    public DbSet<Evacuation> Evacuations => Set<Evacuation>();

    /// <summary>The turns of their machines.</summary>
    public DbSet<EvacuationItem> EvacuationItems => Set<EvacuationItem>();

    /// <summary>The platform's lease terms.</summary>
    public DbSet<LeaseSettings> LeaseSettings => Set<LeaseSettings>();

    /// <summary>Lease terms of projects that have their own.</summary>
    public DbSet<ProjectLease> ProjectLeases => Set<ProjectLease>();

    /// <summary>Schedules.</summary>
    public DbSet<Schedule> Schedules => Set<Schedule>();

    /// <summary>What became of each of their times.</summary>
    public DbSet<ScheduleRun> ScheduleRuns => Set<ScheduleRun>();
    /// <summary>The rules of approval.</summary>
    public DbSet<Policies.ApprovalRule> ApprovalRules => Set<Policies.ApprovalRule>();

    /// <summary>How often rules and prices were changed.</summary>
    public DbSet<Policies.PolicyRevision> PolicyRevisions => Set<Policies.PolicyRevision>();

    /// <summary>What machines cost.</summary>
    public DbSet<Policies.PriceList> PriceLists => Set<Policies.PriceList>();

    /// <summary>Every yes and no to a request.</summary>
    public DbSet<Approvals.RequestDecision> RequestDecisions => Set<Approvals.RequestDecision>();

    /// <summary>Whom requests that wait ask.</summary>
    public DbSet<Approvals.ApprovalSeat> ApprovalSeats => Set<Approvals.ApprovalSeat>();

    /// <summary>Who decides for whom.</summary>
    public DbSet<Approvals.Delegation> Delegations => Set<Approvals.Delegation>();
    /// <summary>Snapshots of machines.</summary>
    public DbSet<Snapshot> Snapshots => Set<Snapshot>();

    /// <summary>The audit trail.</summary>
    public DbSet<AuditEvent> AuditEvents => Set<AuditEvent>();

    /// <summary>What people were told in the pages.</summary>
    public DbSet<NoticeEntry> Notices => Set<NoticeEntry>();

    /// <summary>How people want to be told.</summary>
    public DbSet<NoticePreference> NoticePreferences => Set<NoticePreference>();

    /// <summary>E-mails and calls of webhooks that go out.</summary>
    public DbSet<Delivery> Deliveries => Set<Delivery>();

    /// <summary>Ways out that are open.</summary>
    public DbSet<Outlet> Outlets => Set<Outlet>();

    /// <summary>Addresses outside that are called.</summary>
    public DbSet<Webhook> Webhooks => Set<Webhook>();

    /// <summary>Whose view this context gives; without one, or with one who reads everything, it shows all.</summary>
    internal Guid Viewer { get; private set; }

    /// <summary>Whether rows of every project are shown.</summary>
    internal bool ShowsAll { get; private set; } = true;

    /// <summary>Shows what the actor may see from here on.</summary>
    internal void ShowTo(Actor actor) => (Viewer, ShowsAll) = (actor.UserId, actor.ReadsEverything);

    /// <summary>The names of the platform roles a person holds.</summary>
    internal IQueryable<string?> RoleNamesOf(Guid userId) => UserRoles.Where(held => held.UserId == userId).Join(Roles, held => held.RoleId, role => role.Id, (_, role) => role.Name);

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(20);

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        // Searches; a trusted extension, which a database's owner may create.
        builder.HasPostgresExtension("pg_trgm");
        builder.ApplyConfigurationsFromAssembly(typeof(PortalDbContext).Assembly);
        AddressOrder.Configure(builder);
        UserConfiguration.Name(builder);
        Scopes.Configure(builder, this);
        RefuseUnknownEnumNames(builder);
    }

    /// <summary>An enum's column holds one of its names and nothing else, whoever writes it.</summary>
    static void RefuseUnknownEnumNames(ModelBuilder builder)
    {
        foreach (var entity in builder.Model.GetEntityTypes().ToList())
        {
            foreach (var property in entity.GetProperties().ToList())
            {
                var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
                if (!type.IsEnum)
                    continue;
                var names = string.Join(", ", Enum.GetNames(type).Select(name => $"'{name}'"));
                entity.AddCheckConstraint($"ck_{entity.GetTableName()}_{property.GetColumnName()}", $"{property.GetColumnName()} in ({names})");
            }
        }
    }
}
