using Microsoft.EntityFrameworkCore;
using Portal.Domain.Evacuations;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Rehoming;
using Portal.Tests.Domain.Migrations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Evacuations;

/// <summary>Hosts with machines, a driver that is asked to look, and a worker whose moves end as a test says.</summary>
public abstract class EvacuationTest(PostgresCluster cluster) : FreshDatabase(cluster)
{
    protected EvacuationService Evacuations => Get<EvacuationService>();

    /// <summary>A driver as another process has it: nothing it knew before is left.</summary>
    protected EvacuationDriver NewDriver() => new(Postgres.Contexts, Get<MoveOrders>(), Get<RehomeOrders>(), Get<OperationService>(), Postgres.Time);

    protected Task LookAsync() => NewDriver().AdvanceAllAsync(Ct);

    /// <summary>Puts the first host into maintenance, and has a driver look once.</summary>
    protected async Task<Guid> BeginAsync(World world, EvacuationOrder? order = null)
    {
        var begun = (await Evacuations.StartAsync(world.Admin, world.Hosts[0].Id, order ?? new EvacuationOrder(), Ct)).Value;
        await LookAsync();
        return begun.Evacuation.Id;
    }

    protected async Task<EvacuationDetails> SeeAsync(World world, Guid id) => (await Evacuations.GetAsync(world.Admin, id, Ct)).ShouldNotBeNull();

    protected async Task<EvacuationItemRow> ItemAsync(World world, Guid id, Machine machine) => (await SeeAsync(world, id)).Items.Single(i => i.MachineId == machine.Id);

    /// <summary>A worker takes the next move, and it ends like this.</summary>
    protected async Task<Guid> EndMoveAsync(MigrationStatus how = MigrationStatus.Moved, string message = "It runs there.")
    {
        var claim = await ClaimAsync();
        var books = Get<MigrationBooks>();
        await books.BeginAsync(claim, Postgres.Time.GetUtcNow(), Ct);
        Postgres.Time.Advance(TimeSpan.FromSeconds(5));
        if (how == MigrationStatus.Moved)
            await books.MovedAsync(claim, message, Receipts.Of(1.3, 52), MachineState.Running, Ct);
        else
            await books.StayedAsync(claim, how, message, null, how == MigrationStatus.Lost ? null : MachineState.Running, Ct);
        return claim.MachineId;
    }

    /// <summary>Every move that is ordered arrives, until nothing moves any more.</summary>
    protected async Task FinishAsync()
    {
        while (await AnyQueuedAsync())
        {
            await EndMoveAsync();
            await LookAsync();
        }
    }

    protected async Task<bool> AnyQueuedAsync()
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Operations.AnyAsync(o => o.Status == OperationStatus.Queued, Ct);
    }

    protected async Task<IReadOnlyList<Migration>> MovesAsync()
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Migrations.AsNoTracking().OrderBy(m => m.Id).ToListAsync(Ct);
    }
}
