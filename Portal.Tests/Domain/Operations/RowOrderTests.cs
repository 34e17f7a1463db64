using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Hosts;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Domain.Approvals;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Operations;

/// <summary>Different things done to the same rows at once, many times: PostgreSQL never has to undo one because two wait in a circle.</summary>
public sealed class RowOrderTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    const int Many = 20;

    static readonly WorldPlan Large = new(Machines: 200, Vcpus: 2000, MemoryMib: 1_000_000, DiskGib: 10_000, HostMemoryMib: 1_000_000);

    [Fact]
    public async Task A_machine_is_deleted_while_somebody_decides_what_was_asked_for_it()
    {
        var world = await Postgres.NewWorldAsync(Large);
        var (requests, deletions) = await GoingAsync(world);

        var refusals = await AllAtOnceAsync([.. requests.Select(id => Task.Run(() => ApproveAsync(world, id), Ct))], [.. deletions.Select(claim => Task.Run(() => Books.DeletedAsync(claim, Ct), Ct))]);

        refusals.ShouldAllBe(refusal => refusal is MachineBusy || refusal is WrongState || refusal is AlreadyDecided);
        await EverythingIsFreeAsync(world);
    }

    [Fact]
    public async Task A_machine_is_deleted_while_what_was_asked_for_it_runs_out_of_time()
    {
        var world = await Postgres.NewWorldAsync(Large);
        await new Cast(Postgres, world).RuleAsync(Cast.Ask(Cast.AsksOwners()) with { ExpiresAfterHours = 24, OnExpiry = ExpiryAction.Approve }, new RuleConditions(Kinds: [RequestKind.Resize]));
        var (_, deletions) = await GoingAsync(world);
        Postgres.Time.Advance(TimeSpan.FromHours(25));
        var expiry = Get<RequestExpiry>();

        // A sweep that could not deal with one would throw.
        await AllAtOnceAsync([.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => expiry.SweepAsync(Postgres.Time.GetUtcNow(), Ct), Ct))], [.. deletions.Select(claim => Task.Run(() => Books.DeletedAsync(claim, Ct), Ct))]);

        await EverythingIsFreeAsync(world);
    }

    [Fact]
    public async Task A_lease_is_taken_back_while_its_order_to_go_off_ends()
    {
        var world = await Postgres.NewWorldAsync(Large);
        await Get<LeaseService>().SetTermsAsync(world.Admin, world.Project.Id, LeaseTerms.BuiltIn with { DefaultDays = 30 }, 0, Ct);
        var machines = new List<Machine>();
        for (var n = 0; n < Many; n++)
            machines.Add(await world.AddMachineAsync());
        await ChangeAsync(machines, m => m.ExtendLease(Postgres.Time.GetUtcNow().AddDays(1), Postgres.Time.GetUtcNow()));
        Postgres.Time.Advance(TimeSpan.FromDays(1));
        (await Get<LeaseSweeper>().SweepAsync(Postgres.Time.GetUtcNow(), Ct)).Switched.ShouldBe(Many);
        var orders = await ClaimAllAsync();

        var kept = await AllAtOnceAsync([.. machines.Select(m => Task.Run(() => Get<LeaseService>().KeepAsync(world.Owner, m.Id, Ct), Ct))], [.. orders.Select(claim => Task.Run(() => Books.PowerDoneAsync(claim, MachineState.Off, Ct), Ct))]);

        kept.ShouldAllBe(end => end.IsOk);
    }

    [Fact]
    public async Task A_host_tells_of_machines_that_came_and_of_sizes_that_hold_now_while_new_ones_are_asked_for()
    {
        var world = await Postgres.NewWorldAsync(Large);
        await new Cast(Postgres, world).RuleAsync(new RuleOutcome(PolicyOutcome.Approve, "Small ones are fine", []));
        for (var round = 0; round < 4; round++)
        {
            var came = await world.AddMachineAsync(MachineState.Failed, world.Hosts[0]);
            var shrunk = await ShrinkingAsync(world, world.Hosts[1]);
            var seen = new[] { Seen(came), Seen(shrunk, 128) };

            var answers = await AllAtOnceAsync([.. Enumerable.Range(0, Many).Select(_ => Task.Run(() => Get<RequestService>().SubmitAsync(world.Member, world.Draft(), Guid.NewGuid().ToString(), Ct), Ct))],
                Task.Run(() => Get<HostObservations>().ObserveAsync(world.Hosts[1].Id, Later, seen, Ct), Ct));

            answers.ShouldAllBe(answer => answer.IsOk && answer.Value.Status == RequestStatus.Approved);
            (await MachineAsync(came.Id)).HostId.ShouldBe(world.Hosts[1].Id);
            (await MachineAsync(shrunk.Id)).Size.MemoryMib.ShouldBe(128);
        }
    }

    [Fact]
    public async Task Two_hosts_tell_at_once_of_sizes_in_the_same_two_projects()
    {
        var (one, two) = (await Postgres.NewWorldAsync(Large), await Postgres.NewWorldAsync(Large));
        for (var round = 0; round < Many; round++)
        {
            var (first, second) = (one.Hosts[0], one.Hosts[1]);
            MachineObservation[] there = [Seen(await ShrinkingAsync(one, first), 128), Seen(await ShrinkingAsync(two, first), 128)];
            MachineObservation[] here = [Seen(await ShrinkingAsync(two, second), 128), Seen(await ShrinkingAsync(one, second), 128)];

            await Task.WhenAll(Task.Run(() => Get<HostObservations>().ObserveAsync(first.Id, Later, there, Ct), Ct), Task.Run(() => Get<HostObservations>().ObserveAsync(second.Id, Later, here, Ct), Ct));
        }
    }

    static DateTimeOffset Later => DateTimeOffset.UtcNow.AddMinutes(1);

    static MachineObservation Seen(Machine machine, int? memoryMib = null) => new(machine.Id, MachineState.Running, null) { Size = memoryMib is { } memory ? new SeenSize(1, memory) : null };

    static async Task<T[]> AllAtOnceAsync<T>(Task<T>[] some, params Task[] others)
    {
        await Task.WhenAll([.. some, .. others]);
        return await Task.WhenAll(some);
    }

    async Task<Refusal?> ApproveAsync(World world, Guid request) => (await Get<ApprovalService>().ApproveAsync(world.Admin, [request], null, Ct)).Single().Refusal;

    /// <summary>Machines with a new size asked for each, and their deletion in a worker's hands.</summary>
    async Task<(IReadOnlyList<Guid> Requests, IReadOnlyList<Claim> Deletions)> GoingAsync(World world)
    {
        var requests = new List<Guid>();
        for (var n = 0; n < Many; n++)
        {
            var machine = await world.AddMachineAsync();
            requests.Add((await Get<RequestService>().SubmitAsync(world.Member, new ResizeDraft(machine.Id, 2, 256, 2, null), Guid.NewGuid().ToString(), Ct)).Value.Id);
            (await Get<MachineService>().DeleteAsync(world.Member, machine.Id, machine.Name, Guid.NewGuid().ToString(), Ct)).IsOk.ShouldBeTrue();
        }

        return (requests, await ClaimAllAsync());
    }

    async Task<IReadOnlyList<Claim>> ClaimAllAsync()
    {
        var claims = new List<Claim>();
        for (var n = 0; n < Many; n++)
            claims.Add(await ClaimAsync($"worker-{n}"));
        return claims;
    }

    /// <summary>A machine that runs and will have less memory when its host shows that it started anew.</summary>
    async Task<Machine> ShrinkingAsync(World world, Host host)
    {
        var machine = await world.AddMachineAsync(MachineState.Running, host);
        await ChangeAsync([machine], m => m.Resize(new ResizedTo(m.Size, m.Size with { MemoryMib = 128 }, 1, 1)));
        return machine;
    }

    async Task ChangeAsync(IReadOnlyList<Machine> machines, Action<Machine> change)
    {
        var ids = machines.Select(m => m.Id).ToList();
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        foreach (var machine in await db.Machines.Where(m => ids.Contains(m.Id)).ToListAsync(Ct))
            change(machine);
        await db.SaveChangesAsync(Ct);
    }

    async Task EverythingIsFreeAsync(World world)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.Requests.CountAsync(r => r.Status == RequestStatus.Waiting, Ct)).ShouldBe(0);
        (await db.Machines.CountAsync(m => m.State != MachineState.Deleted, Ct)).ShouldBe(0);
        var (used, reserved) = await QuotaAsync(world);
        used.Concat(reserved).ShouldAllBe(held => held == 0);
        (await Get<QuotaService>().RecountAsync(world.Admin, world.Project.Id, Ct)).Value.Drift.ShouldBeEmpty();
    }
}
