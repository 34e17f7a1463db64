using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Tests.Postgres;
using Portal.Web.Answers;
using Portal.Web.Operations;

namespace Portal.Tests.Fleet;

/// <summary>Whether machines answer, as told by a real guest.</summary>
[Collection(LabCollection.Name)]
public sealed class FleetProbeTests(PostgresCluster cluster, LabFixture lab) : FreshDatabase(cluster)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly AnswerBoard board = new(TimeProvider.System);

    [Fact]
    public async Task A_machine_answers_falls_silent_answers_again_and_is_asked_no_more_when_it_is_off()
    {
        var host = lab.Hosts[0];
        await using var guest = await LabMachine.StartAsync(lab, host);
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Running, address: guest.Address);
        using var probe = new FleetProbe(
            Postgres.Contexts, Get<ChangeFeed>(), board, new DatabasePatience(NullLogger<DatabasePatience>.Instance, TimeProvider.System), TimeProvider.System, NullLogger<FleetProbe>.Instance);
        await probe.StartAsync(Ct);

        await UntilAsync(machine.Id, answer => answer is { Answers: true, RttMs: > 0 });
        await guest.PauseAsync(host);
        await UntilAsync(machine.Id, answer => answer is { IsSilent: true, LastAt: not null });
        await host.Machines.ResumeAsync(guest.Id, Ct);
        await UntilAsync(machine.Id, answer => answer is { Answers: true, Missed: 0 });
        await SwitchOffAsync(machine.Id);
        await UntilAsync(machine.Id, answer => answer is null);

        await probe.StopAsync(Ct);
    }

    /// <summary>Looks after each round of pings.</summary>
    async Task UntilAsync(Guid machine, Func<MachineAnswer?, bool> isSo)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        board.RoundEnded += Look;
        try
        {
            await seen.Task.WaitAsync(Patience, Ct);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"Not within {Patience.TotalSeconds} s; last heard: {board.Of(machine)}", late);
        }
        finally
        {
            board.RoundEnded -= Look;
        }

        void Look()
        {
            if (isSo(board.Of(machine)))
                seen.TrySetResult();
        }
    }

    /// <summary>In the books, as a worker would.</summary>
    async Task SwitchOffAsync(Guid id)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await using var transaction = await db.Database.BeginTransactionAsync(Ct);
        var machine = await db.Machines.SingleAsync(m => m.Id == id, Ct);
        machine.Become(MachineState.Off, null, DateTimeOffset.UtcNow);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, id, machine.ProjectId, Ct);
        await db.SaveChangesAsync(Ct);
        await transaction.CommitAsync(Ct);
    }
}
