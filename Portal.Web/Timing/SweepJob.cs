using Quartz;

namespace Portal.Web.Timing;

/// <summary>What a trigger fires: the sweep of its name.</summary>
public sealed class SweepJob(SweepRunner runner) : IJob
{
    /// <summary>The group of every sweep's job and trigger.</summary>
    public const string Group = "sweeps";

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await runner.RunAsync(context.JobDetail.Key.Name, cancellationToken);
}
