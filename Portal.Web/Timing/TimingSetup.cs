using Npgsql;
using Portal.Domain.Approvals;
using Portal.Domain.Balance;
using Portal.Domain.Evacuations;
using Portal.Domain.Leases;
using Portal.Domain.Projects;
using Portal.Domain.Schedules;
using Portal.Web.Setup;
using Quartz;

namespace Portal.Web.Timing;

/// <summary>Registers Quartz on the portal's database and what it wakes.</summary>
public static class TimingSetup
{
    /// <summary>The scheduler's name, the same in every process: that makes them one cluster.</summary>
    public const string Cluster = "portal";

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Seldom = TimeSpan.FromMinutes(1);

    /// <summary>Every sweep there is; another one is another line here.</summary>
    private static readonly Sweep[] All =
    [
        new("leases", Often, (services, now, stop) => services.GetRequiredService<LeaseSweeper>().SweepAsync(now, stop)),
        new("schedules", Often, (services, now, stop) => services.GetRequiredService<ScheduleSweeper>().SweepAsync(now, stop)),
        new("evacuations", Often, (services, _, stop) => services.GetRequiredService<EvacuationDriver>().AdvanceAllAsync(stop)),
        new("balance", Seldom, (services, now, stop) => services.GetRequiredService<BalanceSweeper>().SweepAsync(now, stop)),
        new("requests", Seldom, (services, now, stop) => services.GetRequiredService<RequestExpiry>().SweepAsync(now, stop)),
        new("grace", Seldom, (services, _, stop) => services.GetRequiredService<QuotaService>().TellGraceOverAsync(stop)),
    ];

    /// <summary>Registers them.</summary>
    public static IServiceCollection AddPortalTiming(this IServiceCollection services, Settings settings)
    {
        foreach (var sweep in All)
            services.AddSingleton(sweep);
        services.AddSingleton(new ScheduleSettings(settings.ScheduleWindow));
        return services.AddQuartzCluster(settings.ConnectionString).AddSingleton<TimingHealth>().AddHostedService<TimingHost>();
    }

    /// <summary>Quartz with its triggers in PostgreSQL, one node of a cluster.</summary>
    internal static IServiceCollection AddQuartzCluster(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton<SweepRunner>();
        services.AddTransient<SweepJob>();
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = Cluster;
                scheduler.InstanceId = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString()[..8]}";
            });
            quartz.UseDefaultThreadPool(4);
            quartz.AddTriggerListener<MisfireListener>();
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(NpgsqlFactory.Instance, connectionString);
                store.UseClustering();
                store.ConfigureStore(options =>
                {
                    options.TablePrefix = "qrtz_";
                    // A sweep that is late by more than this is told of; it runs all the same.
                    options.MisfireThreshold = TimeSpan.FromSeconds(30);
                    options.StoreJobDataAsStrings = true;
                });
            });
        });
        return services;
    }
}
