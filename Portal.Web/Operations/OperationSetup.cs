using Microsoft.Extensions.DependencyInjection.Extensions;
using Portal.Hypervisor.Migrations;
using Portal.Web.Operations.Moving;
using Portal.Web.Operations.Provisioning;
using Portal.Web.Operations.Snapshots;

namespace Portal.Web.Operations;

/// <summary>Registers the fleet, the workers and what they carry out.</summary>
public static class OperationSetup
{
    /// <summary>Registers them.</summary>
    public static IServiceCollection AddPortalOperations(this IServiceCollection services)
    {
        services.AddSingleton<DatabasePatience>();
        services.TryAddSingleton<HostFleet>();
        services.AddSingleton<LoadBoard>();
        services.AddSingleton<Domain.Balance.IHostLoads>(provider => provider.GetRequiredService<LoadBoard>());
        services.AddSingleton<HostReporter>();
        services.AddSingleton<CarriedDisks>();
        services.AddSingleton<Leftovers>();
        services.AddHostedService<FleetFollower>();
        services.AddHostedService<FleetProbe>();
        services.AddSingleton<CancelRequests>();
        services.AddHostedService(provider => provider.GetRequiredService<CancelRequests>());
        services.AddSingleton(provider => new MigrationEngine(provider.GetRequiredService<ILogger<MigrationEngine>>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Setup.Settings>().EncryptMemory));
        services.AddSingleton<Domain.Migrations.IMoveSurveyor, MoveSurveyor>();
        services.AddSingleton<IOperationRunner, ProvisionRunner>();
        services.AddSingleton<IOperationRunner, PowerRunner>();
        services.AddSingleton<IOperationRunner, DeleteRunner>();
        services.AddSingleton<IOperationRunner, ResizeRunner>();
        services.AddSingleton<IOperationRunner, MigrateRunner>();
        services.AddSingleton<IOperationRunner, RehomeRunner>();
        services.AddSingleton<IOperationRunner, SnapshotRunner>();
        services.AddHostedService<OperationWorker>();
        services.AddHostedService<EvacuationWorker>();
        return services;
    }
}
