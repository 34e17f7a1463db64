using Portal.Web.Health;
using Quartz;

namespace Portal.Web.Timing;

/// <summary>
/// Starts Quartz beside the pages and not before them, watches that its triggers fire, and stops it with the process. Without a database it
/// waits for one; what was due meanwhile is done then.
/// </summary>
public sealed class TimingHost(ISchedulerFactory factory, IEnumerable<Sweep> sweeps, Readiness readiness, TimingHealth health, TimeProvider time, ILogger<TimingHost> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private IScheduler? _scheduler;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            health.Problem = await LookAsync(stoppingToken);
            PortalMetrics.TimingRuns.Set(health.Problem is null ? 1 : 0);
            await Task.Delay(health.Problem is null || _scheduler is not null ? Pause * 2 : Pause / 5, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_scheduler is null)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StopPatience);
        try
        {
            await _scheduler.Shutdown(waitForJobsToComplete: true, limit.Token);
        }
        catch (OperationCanceledException)
        {
            logger.LogWarning("A sweep was still running when the process had to stop; another process carries on");
        }
    }

    private async Task<string?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await readiness.DatabaseProblemAsync(cancellationToken) is not null)
                return "The database is away, so time triggers do not run: leases and schedules wait.";
            if (_scheduler is null)
                await StartAsync(await factory.GetScheduler(cancellationToken), cancellationToken);
            return await ProblemAsync(_scheduler!, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return health.Problem;
        }
        catch (Exception fault)
        {
            // Whatever it is: a portal that no longer ends leases must say so, and try again.
            logger.LogWarning(fault, "Time triggers do not run");
            return $"Time triggers do not run ({fault.Message}): leases and schedules wait.";
        }
    }

    private async Task StartAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        foreach (var sweep in sweeps)
            await SetAsync(scheduler, sweep, cancellationToken);
        await scheduler.Start(cancellationToken);
        _scheduler = scheduler;
        logger.LogInformation("Time triggers run as {Instance}", scheduler.SchedulerInstanceId);
    }

    /// <summary>Puts a sweep's trigger into the store, in place of one that another version of the portal left there.</summary>
    private static async Task SetAsync(IScheduler scheduler, Sweep sweep, CancellationToken cancellationToken)
    {
        var job = JobBuilder.Create<SweepJob>().WithIdentity(sweep.Name, SweepJob.Group).StoreDurably().Build();
        var trigger = TriggerBuilder.Create().WithIdentity(sweep.Name, SweepJob.Group).ForJob(job).StartNow()
            .WithSimpleSchedule(every => every.WithInterval(sweep.Every).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount)).Build();
        await scheduler.ScheduleJob(job, [trigger], new ScheduleJobOptions { Replace = true }, cancellationToken);
    }

    /// <summary>Which trigger does not fire, in whatever process; one that was lost or is in error is put back.</summary>
    private async Task<string?> ProblemAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        foreach (var sweep in sweeps)
        {
            var key = new TriggerKey(sweep.Name, SweepJob.Group);
            var trigger = await scheduler.GetTrigger(key, cancellationToken);
            if (trigger is null || await scheduler.GetTriggerState(key, cancellationToken) == TriggerState.Error)
            {
                await SetAsync(scheduler, sweep, cancellationToken);
                return $"The time trigger of {sweep.Name} was lost and is put back.";
            }

            if (trigger.NextFireTimeUtc is not { } next || next + sweep.Every + Late < time.GetUtcNow())
                return $"The time trigger of {sweep.Name} does not fire: what is due waits.";
        }

        return null;
    }
}
