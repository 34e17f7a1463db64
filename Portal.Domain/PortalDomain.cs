using System.Data.Common;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Accounts;
using Portal.Domain.Affinity;
using Portal.Domain.Approvals;
using Portal.Domain.Audit;
using Portal.Domain.Balance;
using Portal.Domain.Catalog;
using Portal.Domain.Changes;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Migrations.History;
using Portal.Domain.MovePolicies;
using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Operations;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Domain.Rehoming;
using Portal.Domain.Schedules;
using Portal.Domain.Webhooks;
using Portal.Domain.Snapshots;

namespace Portal.Domain;

/// <summary>Composition of the domain.</summary>
public static class PortalDomain
{
    /// <summary>The assembly that holds the schema migrations.</summary>
    public const string MigrationsAssembly = "Portal.Migrations";

    /// <summary>Registers the context factory and every service of the domain.</summary>
    public static IServiceCollection AddPortalDomain(this IServiceCollection services, string connectionString)
    {
        services.AddDbContextFactory<PortalDbContext>(options => Configure(options, connectionString));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DatabaseListener>();
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton<WorkSignal>();
        services.AddSingleton<Ledger>();
        services.AddSingleton<OperationService>();
        services.AddSingleton<HostService>();
        services.AddSingleton<HostObservations>();
        services.AddSingleton<MachineService>();
        services.AddSingleton<MachineBooks>();
        services.TryAddSingleton<IMoveSurveyor, NoSurveyor>();
        services.AddSingleton<MoveOrders>();
        services.AddSingleton<ObjectiveService>();
        services.AddSingleton<MovePolicyService>();
        services.AddSingleton<AffinityService>();
        services.TryAddSingleton<IHostLoads, NoLoads>();
        services.AddSingleton<BalanceService>();
        services.AddSingleton<BalanceSweeper>();
        services.AddSingleton<MoveHistory>();
        services.AddSingleton<MigrationService>();
        services.AddSingleton<MigrationNetworkService>();
        services.AddSingleton<RehomeOrders>();
        services.AddSingleton<EvacuationService>();
        services.AddSingleton<EvacuationDriver>();
        services.AddSingleton<MigrationBooks>();
        services.AddSingleton<SnapshotService>();
        services.AddSingleton<SnapshotBooks>();
        services.AddSingleton<LastResort>();
        services.AddSingleton<MachineStrays>();
        services.AddSingleton<LostMoves>();
        services.AddSingleton<ApiTokens>();
        services.AddSingleton<SignInSessions>();
        services.AddSingleton<People>();
        services.AddSingleton<AccountService>();
        services.AddSingleton<ProjectService>();
        services.AddSingleton<ProjectChanges>();
        services.AddSingleton<MemberService>();
        services.AddSingleton<QuotaService>();
        services.AddSingleton<AuditService>();
        services.AddSingleton<AuditChain>();
        services.AddSingleton<AuditVerifier>();
        services.AddSingleton<AuditExport>();
        services.AddSingleton<CatalogService>();
        services.AddDataProtection().SetApplicationName("portal").PersistKeysToDbContext<PortalDbContext>();
        services.TryAddSingleton(WebhookTargets.PublicOnly);
        services.AddSingleton<Outbox>();
        services.AddSingleton<LeaseService>();
        services.AddSingleton<LeaseSweeper>();
        services.TryAddSingleton(ScheduleSettings.Usual);
        services.AddSingleton<ScheduleService>();
        services.AddSingleton<ScheduleOrders>();
        services.AddSingleton<ScheduleSweeper>();
        services.AddSingleton<NoticeService>();
        services.AddSingleton<NoticePreferences>();
        services.AddSingleton<DeliveryService>();
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<WebhookService>();
        services.AddSingleton<PolicyBook>();
        services.AddSingleton(s => new PolicyService(s.GetRequiredService<IDbContextFactory<PortalDbContext>>(), s.GetRequiredService<PolicyBook>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DelegationService>();
        services.AddSingleton<ApprovalTrends>();
        services.AddSingleton(s => new RequestExpiry(s.GetRequiredService<IDbContextFactory<PortalDbContext>>(), s.GetRequiredService<Granting>()));
        services.AddSingleton<RequestAction, CreateAction>();
        services.AddSingleton<RequestAction, ResizeAction>();
        services.AddSingleton<RequestAction, ExtendAction>();
        services.AddSingleton<RequestAction, QuotaAction>();
        services.AddSingleton<RequestAction, DeleteAction>();
        services.AddSingleton<RequestActions>();
        services.AddSingleton<Granting>();
        services.AddSingleton(s => new RequestService(s.GetRequiredService<IDbContextFactory<PortalDbContext>>(), s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<RequestActions>(), s.GetRequiredService<PolicyBook>(), s.GetRequiredService<Granting>()));
        services.AddSingleton(s => new ApprovalService(s.GetRequiredService<IDbContextFactory<PortalDbContext>>(), s.GetRequiredService<RequestActions>(),
            s.GetRequiredService<Granting>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<ApprovalService>>()));
        return services;
    }

    /// <summary>PostgreSQL with snake_case names; the same for the portal, the tools and the tests.</summary>
    public static DbContextOptionsBuilder Configure(DbContextOptionsBuilder options, string connectionString) =>
        options.UseNpgsql(Prepared(connectionString), npgsql => npgsql.MigrationsAssembly(MigrationsAssembly)).UseSnakeCaseNamingConvention();

    /// <summary>What is asked again and again is planned once per connection, unless the connection string says otherwise.</summary>
    static string Prepared(string connectionString)
    {
        var said = new DbConnectionStringBuilder { ConnectionString = connectionString };
        return said.ContainsKey("Max Auto Prepare") || said.ContainsKey("MaxAutoPrepare") ? connectionString
            : new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 200 }.ConnectionString;
    }
}
