using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain;
using Portal.Domain.Operations;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Operations;

public sealed class LedgerTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    [Fact]
    public async Task Eight_workers_claim_thirty_operations_each_exactly_once()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 30));
        for (var i = 0; i < 30; i++)
            (await EnqueueAsync(await world.AddMachineAsync(), world.Member)).IsOk.ShouldBeTrue();

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() => DrainAsync($"worker-{worker}"), Ct)));

        var claimed = claims.SelectMany(c => c).Select(c => c.OperationId).ToList();
        claimed.Count.ShouldBe(30);
        claimed.Distinct().Count().ShouldBe(30);
    }

    [Fact]
    public async Task The_oldest_operation_is_claimed_first()
    {
        var world = await Postgres.NewWorldAsync();
        var first = (await EnqueueAsync(await world.AddMachineAsync(), world.Member)).Value;
        Postgres.Time.Advance(TimeSpan.FromSeconds(1));
        await EnqueueAsync(await world.AddMachineAsync(), world.Member);

        (await ClaimAsync()).OperationId.ShouldBe(first.Id);
    }

    [Fact]
    public async Task An_operation_that_is_held_goes_to_nobody_else()
    {
        await QueueOneAsync();
        await ClaimAsync("one");

        (await Ledger.ClaimAsync("two", LongLease, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task When_a_lease_runs_out_another_worker_takes_over_and_the_first_can_write_nothing_more()
    {
        await QueueOneAsync();
        var first = await ClaimAsync("one", TimeSpan.Zero);
        await first.BeginStepAsync(0, "Clone the disk", Ct);

        var second = await ClaimAsync("two");

        second.OperationId.ShouldBe(first.OperationId);
        second.Fence.ShouldBe(first.Fence + 1);
        second.Attempts.ShouldBe(2);
        await Should.ThrowAsync<LeaseLostException>(() => first.RenewAsync(Ct));
        await Should.ThrowAsync<LeaseLostException>(() => first.BeginStepAsync(1, "Start it", Ct));
        await Should.ThrowAsync<LeaseLostException>(() => first.EndStepAsync(0, StepState.Done, null, Ct));
        await Should.ThrowAsync<LeaseLostException>(() => first.ProgressAsync(50, null, Ct));
        await Should.ThrowAsync<LeaseLostException>(() => first.SucceedAsync(Ct));
        await Should.ThrowAsync<LeaseLostException>(() => first.HandBackAsync(Ct));
        (await second.RenewAsync(Ct)).ShouldBeFalse();
        (await StoredAsync(second.OperationId)).Percent.ShouldBe(0);
    }

    [Fact]
    public async Task An_operation_its_own_process_still_carries_out_is_not_taken_from_it_when_the_database_was_away_for_longer_than_the_lease()
    {
        await QueueOneAsync();
        var carried = await ClaimAsync("one/1", TimeSpan.Zero);

        (await Ledger.ClaimAsync("one/2", LongLease, [carried.OperationId], Ct)).ShouldBeNull();

        (await carried.RenewAsync(Ct)).ShouldBeFalse();
        (await Ledger.ClaimAsync("two/1", LongLease, Ct)).ShouldNotBeNull("another process does not know that it is carried on");
    }

    [Fact]
    public async Task A_worker_of_the_same_name_that_claims_again_shuts_its_former_self_out()
    {
        await QueueOneAsync();
        var before = await ClaimAsync("one", TimeSpan.Zero);
        await ClaimAsync("one");

        await Should.ThrowAsync<LeaseLostException>(() => before.FailAsync("too late", Ct));
    }

    [Fact]
    public async Task What_is_handed_back_is_claimed_at_once_and_goes_on_after_the_last_step_done()
    {
        await QueueOneAsync();
        var first = await ClaimAsync("one");
        await first.BeginStepAsync(0, "Clone the disk", Ct);
        await first.EndStepAsync(0, StepState.Done, "micro.qcow2", Ct);
        await first.BeginStepAsync(1, "Start it", Ct);

        await first.HandBackAsync(Ct);

        var second = await ClaimAsync("two");
        second.OperationId.ShouldBe(first.OperationId);
        second.Cursor.ShouldBe(1);
        await Should.ThrowAsync<LeaseLostException>(() => first.RenewAsync(Ct));
    }

    [Fact]
    public async Task A_machine_does_one_thing_at_a_time_and_the_refusal_names_what_and_who()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var first = (await EnqueueAsync(machine, world.Owner)).Value;

        var busy = (await EnqueueAsync(machine, world.Member)).Refusal.ShouldBeOfType<MachineBusy>();

        busy.OperationId.ShouldBe(first.Id);
        busy.Message.ShouldContain(first.Title);
        busy.Message.ShouldContain(world.Owner.Name);
        await (await ClaimAsync()).SucceedAsync(Ct);
        (await EnqueueAsync(machine, world.Member)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task The_database_itself_refuses_a_second_active_operation_of_a_machine()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await EnqueueAsync(machine, world.Owner);
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        db.Operations.Add(Operation.Queue(OperationKind.Delete, machine, "Past the ledger", world.Owner, "other", "{}", Postgres.Time.GetUtcNow()));

        var fault = await Should.ThrowAsync<DbUpdateException>(() => db.SaveChangesAsync(Ct));

        fault.InnerException.ShouldBeOfType<PostgresException>().ConstraintName.ShouldBe("ux_operations_one_active_per_machine");
    }

    [Fact]
    public async Task The_same_call_with_the_same_key_is_the_same_operation_even_when_it_has_ended()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var first = (await EnqueueAsync(machine, world.Member, key: "k", parameters: new { action = "Start", twice = 2 })).Value;
        (await EnqueueAsync(machine, world.Member, key: "k", parameters: new { action = "Start", twice = 2 })).Value.Id.ShouldBe(first.Id);
        await (await ClaimAsync()).SucceedAsync(Ct);

        (await EnqueueAsync(machine, world.Member, key: "k", parameters: new { twice = 2, action = "Start" })).Value.Id.ShouldBe(first.Id);
        (await EnqueueAsync(machine, world.Member, key: "k", parameters: new { action = "Reset", twice = 2 })).Refusal.ShouldBeOfType<KeyReused>();
        (await EnqueueAsync(await world.AddMachineAsync(), world.Member, key: "k", parameters: new { action = "Start", twice = 2 })).Refusal.ShouldBeOfType<KeyReused>();
        (await EnqueueAsync(machine, world.Owner, key: "k")).Value.Id.ShouldNotBe(first.Id);
    }

    [Fact]
    public async Task One_key_for_twenty_machines_at_once_makes_one_operation()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 20));
        var machines = new List<Portal.Domain.Machines.Machine>();
        for (var i = 0; i < 20; i++)
            machines.Add(await world.AddMachineAsync());

        var answers = await Task.WhenAll(machines.Select(machine => Task.Run(() => EnqueueAsync(machine, world.Member, key: "same"), Ct)));

        answers.Count(a => a.IsOk).ShouldBe(1);
        answers.Where(a => !a.IsOk).ShouldAllBe(a => a.Refusal is KeyReused);
    }

    [Fact]
    public async Task A_wish_to_cancel_is_seen_at_the_next_renewal_and_at_a_claim()
    {
        var world = await Postgres.NewWorldAsync();
        var operation = (await EnqueueAsync(await world.AddMachineAsync(), world.Member)).Value;
        var first = await ClaimAsync("one");
        (await first.RenewAsync(Ct)).ShouldBeFalse();

        (await Get<OperationService>().CancelAsync(world.Member, operation.Id, Ct)).IsOk.ShouldBeTrue();

        (await first.RenewAsync(Ct)).ShouldBeTrue();
        await first.HandBackAsync(Ct);
        (await ClaimAsync("two")).CancelRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task An_operation_that_ends_leaves_no_step_running()
    {
        await QueueOneAsync();
        var claim = await ClaimAsync();
        await claim.BeginStepAsync(0, "Clone the disk", Ct);
        await claim.ProgressAsync(140, null, Ct);

        await claim.FailAsync("The disk is full.", Ct);

        var stored = await StoredAsync(claim.OperationId);
        (stored.Status, stored.Error, stored.Percent, stored.Worker, stored.StepName).ShouldBe((OperationStatus.Failed, "The disk is full.", 100d, null, null));
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.OperationSteps.SingleAsync(Ct)).State.ShouldBe(StepState.Failed);
    }

    [Fact]
    public async Task A_step_begun_again_begins_anew()
    {
        await QueueOneAsync();
        var claim = await ClaimAsync();
        await claim.BeginStepAsync(0, "Clone the disk", Ct);
        await claim.EndStepAsync(0, StepState.Failed, "the store did not answer", Ct);
        claim.Cursor.ShouldBe(0);

        await claim.BeginStepAsync(0, "Clone the disk", Ct);

        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var step = await db.OperationSteps.SingleAsync(Ct);
        (step.State, step.Detail, step.EndedAt).ShouldBe((StepState.Running, null, null));
    }

    [Fact]
    public async Task An_end_counts_once_it_is_committed()
    {
        var world = await Postgres.NewWorldAsync();
        (await EnqueueAsync(await world.AddMachineAsync(), world.Member)).IsOk.ShouldBeTrue();
        var claim = await ClaimAsync();
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await db.Database.ExecuteSqlAsync($"create function refuse() returns trigger language plpgsql as 'begin raise exception ''not now''; end'", Ct);
        await db.Database.ExecuteSqlAsync($"create constraint trigger at_commit after update on operations deferrable initially deferred for each row execute function refuse()", Ct);

        (await Should.ThrowAsync<PostgresException>(Books.PowerFailedAsync(claim, "It did not start.", cancelled: false, null, Ct))).MessageText.ShouldBe("not now");
        await Should.ThrowAsync<PostgresException>(claim.SucceedAsync(Ct));
        claim.Ended.ShouldBeNull();

        await db.Database.ExecuteSqlAsync($"drop trigger at_commit on operations", Ct);
        await Books.PowerFailedAsync(claim, "It did not start.", cancelled: false, null, Ct);
        claim.Ended.ShouldBe(OperationStatus.Failed);
    }

    async Task QueueOneAsync()
    {
        var world = await Postgres.NewWorldAsync();
        (await EnqueueAsync(await world.AddMachineAsync(), world.Member)).IsOk.ShouldBeTrue();
    }

    async Task<List<Claim>> DrainAsync(string worker)
    {
        var claims = new List<Claim>();
        while (await Ledger.ClaimAsync(worker, LongLease, Ct) is { } claim)
            claims.Add(claim);
        return claims;
    }

    async Task<Operation> StoredAsync(Guid id)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Operations.SingleAsync(o => o.Id == id, Ct);
    }
}
