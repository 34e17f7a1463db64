using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Leases;

/// <summary>A database of its own with a world, and leases to move through time.</summary>
public abstract class LeaseTest(PostgresCluster cluster) : FreshDatabase(cluster)
{
    protected LeaseSweeper Sweeper => Get<LeaseSweeper>();

    protected LeaseService Leases => Get<LeaseService>();

    protected DateTimeOffset Now => Postgres.Time.GetUtcNow();

    protected Task<LeaseSweep> SweepAsync() => Sweeper.SweepAsync(Now, Ct);

    /// <summary>Moves the clock on and sweeps.</summary>
    protected Task<LeaseSweep> AfterAsync(TimeSpan time)
    {
        Postgres.Time.Advance(time);
        return SweepAsync();
    }

    /// <summary>A machine that runs with so much left of its lease.</summary>
    protected async Task<Machine> LeasedAsync(World world, TimeSpan left, MachineState state = MachineState.Running)
    {
        var machine = await world.AddMachineAsync(state);
        await ChangeAsync(machine.Id, m => m.ExtendLease(Now + left, Now));
        await SweepAsync();
        return await MachineAsync(machine.Id);
    }

    protected async Task ChangeAsync(Guid machineId, Action<Machine> change)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        change(await db.Machines.SingleAsync(m => m.Id == machineId, Ct));
        await db.SaveChangesAsync(Ct);
    }

    protected async Task<IReadOnlyList<Operation>> OperationsAsync(Guid machineId)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Operations.AsNoTracking().Where(o => o.MachineId == machineId).OrderBy(o => o.CreatedAt).ThenBy(o => o.Id).ToListAsync(Ct);
    }

    protected async Task<IReadOnlyList<string>> AuditAsync(Guid subjectId)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.AuditEvents.AsNoTracking().Where(e => e.SubjectId == subjectId).OrderBy(e => e.At).ThenBy(e => e.Id).Select(e => e.Action).ToListAsync(Ct);
    }

    /// <summary>The one operation that waits is carried out, and the machine is in that state after.</summary>
    protected async Task CarryOutAsync(MachineState after)
    {
        var claim = await ClaimAsync();
        if (claim.Kind == OperationKind.Delete)
            await Books.DeletedAsync(claim, Ct);
        else
            await Books.PowerDoneAsync(claim, after, Ct);
    }
}
