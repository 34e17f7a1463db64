using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Tests.Postgres;

/// <summary>A database of each test's own, for tests about things that are one per database: the ledger's queue, the hosts, the notices.</summary>
public abstract class FreshDatabase(PostgresCluster cluster) : IAsyncLifetime
{
    /// <summary>How long a worker of the tests holds what it claimed: longer than any test.</summary>
    protected static readonly TimeSpan LongLease = TimeSpan.FromMinutes(10);

    protected PostgresFixture Postgres { get; } = new(cluster);

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected Ledger Ledger => Get<Ledger>();

    protected MachineBooks Books => Get<MachineBooks>();

    public ValueTask InitializeAsync() => Postgres.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Postgres.DisposeAsync();
    }

    protected T Get<T>() where T : notnull => Postgres.Get<T>();

    /// <summary>Puts an operation into the ledger as a service would.</summary>
    protected async Task<Result<Operation>> EnqueueAsync(Machine machine, Actor by, OperationKind kind = OperationKind.Power, string? key = null, object? parameters = null)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await using var transaction = await db.Database.BeginTransactionAsync(Ct);
        var operation = await Ledger.EnqueueAsync(db, kind, machine, $"{kind} {machine.Name}", by, key ?? Guid.NewGuid().ToString(), parameters, Ct);
        if (operation.IsOk)
            await transaction.CommitAsync(Ct);
        return operation;
    }

    protected async Task<Claim> ClaimAsync(string worker = "worker", TimeSpan? lease = null) => (await Ledger.ClaimAsync(worker, lease ?? LongLease, Ct)).ShouldNotBeNull();

    /// <summary>A machine whose request was asked for and granted as people do it: placed, and about to be made.</summary>
    protected async Task<Machine> GrantedMachineAsync(World world, string? name = null)
    {
        var view = (await Get<RequestService>().SubmitAsync(world.Member, world.Draft(name), Guid.NewGuid().ToString(), Ct)).Value;
        (await Get<ApprovalService>().ApproveAsync(world.Admin, [view.Id], null, Ct)).Single().Refusal.ShouldBeNull();
        return await MachineAsync(view.MachineId!.Value);
    }

    /// <summary>A machine that is about to be made and has no home yet.</summary>
    protected async Task<Machine> ApprovedMachineAsync(World world, string? name = null)
    {
        var view = (await Get<RequestService>().SubmitAsync(world.Member, world.Draft(name), Guid.NewGuid().ToString(), Ct)).Value;
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await using var transaction = await db.Database.BeginTransactionAsync(Ct);
        var request = await db.Requests.SingleAsync(r => r.Id == view.Id, Ct);
        var machine = await db.Machines.SingleAsync(m => m.Id == view.MachineId, Ct);
        request.Decide(RequestStatus.Approved, world.Admin.UserId, null, Postgres.Time.GetUtcNow());
        machine.Become(MachineState.Provisioning, null, Postgres.Time.GetUtcNow());
        (await Ledger.EnqueueAsync(db, OperationKind.Provision, machine, $"Make {machine.Name}", world.Admin, $"provision-{machine.Id}", null, Ct)).IsOk.ShouldBeTrue();
        await transaction.CommitAsync(Ct);
        return machine;
    }

    protected async Task<Machine> MachineAsync(Guid id)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Machines.AsNoTracking().SingleAsync(m => m.Id == id, Ct);
    }

    /// <summary>From here on PostgreSQL refuses to write the rows of a table where a condition on <c>new</c> holds: a fault nobody thought of.</summary>
    protected Task PoisonAsync(string table, string condition) => RunAsync($"""
        create function poison() returns trigger language plpgsql as $$ begin raise exception 'a defect'; end $$;
        create trigger poison before insert or update on {table} for each row when ({condition}) execute function poison();
        """);

    /// <summary>Takes <see cref="PoisonAsync"/> back.</summary>
    protected Task HealAsync() => RunAsync("drop function poison() cascade");

    /// <summary>Used and reserved of every limit, in the order of the resources.</summary>
    protected async Task<(long[] Used, long[] Reserved)> QuotaAsync(World world)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var lines = await QuotaBooks.ReadAsync(db, world.Project.Id, Ct);
        return ([.. lines.Select(l => l.Used)], [.. lines.Select(l => l.Reserved)]);
    }

    async Task RunAsync(string statements)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await db.Database.ExecuteSqlRawAsync(statements, Ct);
    }
}
