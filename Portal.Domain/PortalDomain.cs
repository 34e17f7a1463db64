using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Domain.Audit;
using Portal.Domain.Catalog;
using Portal.Domain.Changes;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

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
        services.AddSingleton<MoveOrders>();
        services.AddSingleton<MigrationService>();
        services.AddSingleton<MigrationBooks>();
        services.AddSingleton<LastResort>();
        services.AddSingleton<MachineStrays>();
        services.AddSingleton<LostMoves>();
        services.AddSingleton<ApiTokens>();
        services.AddSingleton<SignInSessions>();
        services.AddSingleton<People>();
        services.AddSingleton<ProjectService>();
        services.AddSingleton<QuotaService>();
        services.AddSingleton<AuditService>();
        services.AddSingleton<AuditChain>();
        services.AddSingleton<AuditVerifier>();
        services.AddSingleton<AuditExport>();
        services.AddSingleton<CatalogService>();
        services.AddSingleton<PolicyBook>();
        services.AddSingleton<RequestAction, CreateAction>();
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
        options.UseNpgsql(connectionString, npgsql => npgsql.MigrationsAssembly(MigrationsAssembly)).UseSnakeCaseNamingConvention();
}
