using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Fleet;

/// <summary>Everything a move told, and its outcome.</summary>
public sealed record MoveRecord(IReadOnlyList<MigrationUpdate> Updates)
{
    public MigrationOutcome Outcome => ((Finished)Updates[^1]).Outcome;

    public IReadOnlyList<MigrationPhase> Phases => [.. Updates.OfType<PhaseStarted>().Select(p => p.Phase)];

    /// <summary>The story in lines, for a failing test's message.</summary>
    public string Story => string.Join('\n', Updates.Where(u => u is not Pings and not Progress).Select(u => u.ToString()));
}

/// <summary>Makes moves between the lab's hosts.</summary>
public static class LabMoves
{
    public static MigrationPlan Plan(
        this LabFixture lab, LabMachine machine, HostConnection source, HostConnection destination, MigrationMode mode, MigrationOptions? options = null)
        => new(machine.Id, source, destination, mode, machine.Address, machine.Pool, machine.Volumes, options ?? MigrationOptions.Default);

    /// <summary>Runs a move to its end, three minutes at most; <paramref name="onUpdate"/> sees every update as it comes.</summary>
    public static async Task<MoveRecord> RunAsync(this MigrationPlan plan, CancellationToken stop, Action<MigrationUpdate>? onUpdate = null, TimeProvider? time = null)
    {
        var updates = new List<MigrationUpdate>();
        await Wait.WithinAsync("a move to end", TimeSpan.FromMinutes(3), FollowAsync());
        var record = new MoveRecord(updates);
        TestContext.Current.TestOutputHelper?.WriteLine(record.Story);
        return record;

        async Task FollowAsync()
        {
            await foreach (var update in new MigrationEngine(time: time).RunAsync(plan, abandon: CancellationToken.None, stop))
            {
                updates.Add(update);
                onUpdate?.Invoke(update);
            }
        }
    }
}
