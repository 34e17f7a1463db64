using Microsoft.Extensions.Logging;
using Portal.Hypervisor.Hosts;

namespace Portal.Hypervisor.Migrations;

/// <summary>Moves machines between hosts.</summary>
public sealed class MigrationEngine(ILogger? logger = null, TimeProvider? time = null)
{
    private readonly ILogger? _logger = logger;
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Makes a move and tells everything that happens. The last update is always <see cref="Finished"/>.</summary>
    /// <param name="plan">The move.</param>
    /// <param name="stop">Cancels: the machine stays at the source if that is still possible.</param>
    public IAsyncEnumerable<MigrationUpdate> RunAsync(MigrationPlan plan, CancellationToken stop)
        => throw new NotSupportedException($"Not built yet. {_logger} {_time}");

    /// <summary>After a crash: asks both hosts, ends a job left running or waits it out, and cleans up the loser.</summary>
    public Task<Settlement> SettleAsync(Guid machine, HostConnection source, HostConnection destination, CancellationToken cancellationToken)
        => throw new NotSupportedException($"Not built yet. {_logger} {_time}");
}
