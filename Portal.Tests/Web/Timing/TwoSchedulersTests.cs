using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Portal.Domain;
using Portal.Tests.Postgres;
using Portal.Web.Health;
using Portal.Web.Timing;
using Quartz;

namespace Portal.Tests.Web.Timing;

/// <summary>Two portals' schedulers on one database.</summary>
public sealed class TwoSchedulersTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Each_trigger_fires_in_one_of_them_and_both_stop_cleanly()
    {
        var fired = new ConcurrentQueue<(string Node, string Trigger)>();
        await using var one = Node("one", fired);
        await using var two = Node("two", fired);
        var schedulers = new List<IScheduler>();
        foreach (var node in (ServiceProvider[])[one, two])
        {
            var scheduler = await node.GetRequiredService<ISchedulerFactory>().GetScheduler(Ct);
            await scheduler.Start(Ct);
            schedulers.Add(scheduler);
        }

        var job = JobBuilder.Create<SweepJob>().WithIdentity("count", SweepJob.Group).StoreDurably().Build();
        await schedulers[0].AddJob(job, new AddJobOptions { Replace = true }, Ct);
        const int Triggers = 40;
        for (var n = 0; n < Triggers; n++)
        {
            var trigger = TriggerBuilder.Create().WithIdentity(n.ToString(CultureInfo.InvariantCulture), SweepJob.Group).ForJob(job).StartNow().Build();
            await schedulers[n % 2].ScheduleJob(trigger, cancellationToken: Ct);
        }

        await WaitAsync(() => fired.Count >= Triggers);
        foreach (var scheduler in schedulers)
            await scheduler.Shutdown(waitForJobsToComplete: true, Ct);
        fired.Select(f => f.Trigger).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, Triggers).Select(n => n.ToString(CultureInfo.InvariantCulture)).Order(StringComparer.Ordinal));
    }

    static async Task WaitAsync(Func<bool> until)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!until())
            await tick.WaitForNextTickAsync(limit.Token);
    }

    ServiceProvider Node(string name, ConcurrentQueue<(string, string)> fired)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton(TimeProvider.System).AddQuartzCluster(Postgres.ConnectionString);
        services.AddQuartz(quartz => quartz.AddTriggerListener(new Counting(name, fired)));
        return services.BuildServiceProvider();
    }

    sealed class Counting(string node, ConcurrentQueue<(string, string)> fired) : ITriggerListener
    {
        public string Name => "counting";

        public ValueTask TriggerFired(ITrigger trigger, IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            fired.Enqueue((node, trigger.Key.Name));
            return ValueTask.CompletedTask;
        }
    }
}
