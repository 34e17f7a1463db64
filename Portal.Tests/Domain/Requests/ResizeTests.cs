using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Requests;

public sealed class ResizeTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    static readonly MachineSize Small = new(1, 256, 2);

    RequestService Requests => Get<RequestService>();

    [Fact]
    public async Task Growth_is_held_from_the_moment_it_is_asked_and_used_when_it_is_done()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var request = await AskAsync(world, machine, new(3, 512, 4));

        await HoldsAsync(world, used: Small, reserved: new(2, 256, 2));
        await ApproveAsync(world, request);
        (await PlacementAsync(machine)).ShouldBe((3, 512));
        await Books.ResizedAsync(await ClaimAsync(), new(new(3, 256, 4), new(3, 512, 4), 8, 8), Ct);

        await HoldsAsync(world, used: new(3, 512, 4), reserved: new(0, 0, 0));
        var after = await MachineAsync(machine.Id);
        (after.Size, after.Pending, after.HotVcpus).ShouldBe((new(3, 512, 4), new PendingSize(new(3, 256, 4), new(3, 512, 4), 8), 8));
        var ended = (await Requests.GetAsync(world.Member, request, Ct)).Value;
        ended.Request.Status.ShouldBe(RequestStatus.Fulfilled);
        ended.Request.Outcome.ShouldBe("3 vCPU and 4 GiB of disk now; 512 MiB of memory after it was shut down and started again.");
        ended.Timeline.Select(e => e.What).ShouldBe(["Submitted", "No rule matches: people are asked", "Approved", "Resizing began", "Resized"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_size_that_waits_is_settled_when_its_host_shows_it_after_a_start_and_what_shrank_is_free_only_then()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 1));
        var machine = await world.AddMachineAsync();
        await ResizeAsync(world, machine, new(1, 512, 2), new ResizedTo(new(1, 512, 2), new(1, 512, 2), 1, 1));
        await ResizeAsync(world, machine, new(1, 128, 2), new ResizedTo(new(1, 512, 2), new(1, 128, 2), 1, 1));
        await HoldsAsync(world, used: new(1, 512, 2), reserved: new(0, 0, 0));

        await ObserveAsync(world, machine, MachineState.Running, new SeenSize(1, 512));
        (await MachineAsync(machine.Id)).Pending.ShouldNotBeNull();
        await ObserveAsync(world, machine, MachineState.Running, new SeenSize(1, 128));

        (await MachineAsync(machine.Id)).ShouldSatisfyAllConditions(m => m.Pending.ShouldBeNull(), m => m.Size.ShouldBe(new(1, 128, 2)));
        await HoldsAsync(world, used: new(1, 128, 2), reserved: new(0, 0, 0));
        (await PlacementAsync(machine)).ShouldBe((1, 128));
    }

    [Fact]
    public async Task A_start_by_the_portal_settles_the_size_at_once()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await ResizeAsync(world, machine, new(2, 256, 2), new ResizedTo(Small, new(2, 256, 2), 1, 8));
        (await Get<MachineService>().PowerAsync(world.Member, machine.Id, PowerAction.ShutDown, "off", Ct)).IsOk.ShouldBeTrue();

        await Books.PowerDoneAsync(await ClaimAsync(), MachineState.Off, Ct, new SeenSize(2, 256));

        (await MachineAsync(machine.Id)).ShouldSatisfyAllConditions(m => m.Pending.ShouldBeNull(), m => m.Size.ShouldBe(new(2, 256, 2)), m => m.HotVcpus.ShouldBe(8));
    }

    [Fact]
    public async Task What_a_machine_gave_back_while_its_growth_waited_is_held_again_by_the_yes()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 1));
        var machine = await world.AddMachineAsync();
        await ResizeAsync(world, machine, new(4, 256, 2), new ResizedTo(new(4, 256, 2), new(4, 256, 2), 8, 8));
        await ResizeAsync(world, machine, new(1, 256, 2), new ResizedTo(new(4, 256, 2), new(1, 256, 2), 8, 8));
        // Booked with four still, it asks for nothing new.
        var back = await AskAsync(world, machine, new(4, 256, 2));
        await HoldsAsync(world, used: new(4, 256, 2), reserved: new(0, 0, 0));
        await ObserveAsync(world, machine, MachineState.Running, new SeenSize(1, 256));
        await HoldsAsync(world, used: new(1, 256, 2), reserved: new(0, 0, 0));

        await ApproveAsync(world, back);
        await HoldsAsync(world, used: new(1, 256, 2), reserved: new(3, 0, 0));
        await Books.ResizedAsync(await ClaimAsync(), new(new(4, 256, 2), new(4, 256, 2), 8, 8), Ct);

        await HoldsAsync(world, used: new(4, 256, 2), reserved: new(0, 0, 0));
        (await Get<QuotaService>().RecountAsync(world.Admin, world.Project.Id, Ct)).Value.Drift.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_resize_that_failed_or_was_cancelled_gives_everything_back(bool cancelled)
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var request = await AskAsync(world, machine, new(2, 512, 8));
        await ApproveAsync(world, request);

        await Books.ResizeFailedAsync(await ClaimAsync(), "The store is full.", cancelled, Ct);

        await HoldsAsync(world, used: Small, reserved: new(0, 0, 0));
        (await PlacementAsync(machine)).ShouldBe((1, 256));
        (await MachineAsync(machine.Id)).Size.ShouldBe(Small);
        (await Requests.GetAsync(world.Member, request, Ct)).Value.Request.ShouldSatisfyAllConditions(r => r.Status.ShouldBe(RequestStatus.Failed), r => r.Outcome.ShouldBe("The store is full."));
    }

    [Fact]
    public async Task A_resize_given_up_half_way_keeps_the_larger_size_until_its_host_shows_the_truth()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 1));
        var machine = await world.AddMachineAsync();
        var request = await AskAsync(world, machine, new(2, 512, 2));
        await ApproveAsync(world, request);

        await Get<LastResort>().GiveUpAsync(await ClaimAsync(), "Nobody foresaw this.", Ct);

        await HoldsAsync(world, used: new(2, 512, 2), reserved: new(0, 0, 0));
        await ObserveAsync(world, machine, MachineState.Off, new SeenSize(1, 256));
        await ObserveAsync(world, machine, MachineState.Off, new SeenSize(1, 256));
        await HoldsAsync(world, used: Small, reserved: new(0, 0, 0));
        (await MachineAsync(machine.Id)).Pending.ShouldBeNull();
    }

    [Fact]
    public async Task A_denied_resize_gives_back_what_it_held_and_so_does_the_machines_deletion()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await Get<ApprovalService>().DenyAsync(world.Admin, [await AskAsync(world, machine, new(2, 256, 2))], "No.", Ct);
        await HoldsAsync(world, used: Small, reserved: new(0, 0, 0));
        var request = await AskAsync(world, machine, new(4, 256, 2));
        (await Get<MachineService>().DeleteAsync(world.Member, machine.Id, machine.Name, "bye", Ct)).IsOk.ShouldBeTrue();

        await Books.DeletedAsync(await ClaimAsync(), Ct);

        await HoldsAsync(world, used: new(0, 0, 0), reserved: new(0, 0, 0));
        (await Requests.GetAsync(world.Member, request, Ct)).Value.Request.ShouldSatisfyAllConditions(r => r.Status.ShouldBe(RequestStatus.Denied), r => r.DecisionReason!.ShouldContain("was deleted"));
    }

    [Theory]
    [InlineData(1, 256, 2, "same-size")]
    [InlineData(1, 256, 1, "disk-shrinks")]
    [InlineData(1, 95, 2, "below-image")]
    [InlineData(0, 256, 2, "invalid-vcpus")]
    [InlineData(129, 256, 2, "invalid-vcpus")]
    [InlineData(-1, 256, 2, "invalid-vcpus")]
    [InlineData(1, int.MaxValue, 2, "invalid-memorymib")]
    [InlineData(1, 256, int.MaxValue, "invalid-diskgib")]
    [InlineData(101, 256, 2, "quota-exceeded")]
    public async Task A_size_nobody_can_have_is_refused_and_holds_nothing(int vcpus, int memory, int disk, string code)
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var draft = new ResizeDraft(machine.Id, vcpus, memory, disk, null);

        (await Requests.SubmitAsync(world.Member, draft, "k", Ct)).Refusal!.Code.ShouldBe(code);

        (await Requests.PreviewAnyAsync(world.Member, draft, Ct)).Value.Refusals.ShouldContain(r => r.Code == code);
        await HoldsAsync(world, used: Small, reserved: new(0, 0, 0));
    }

    [Fact]
    public async Task Whoever_asks_the_preview_shows_the_limits_of_the_person_in_whose_name_the_machine_is_held()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        (await Get<QuotaService>().SetMemberAsync(world.Owner, world.Project.Id, world.Member.UserId, new Dictionary<QuotaResource, long?> { [QuotaResource.Vcpus] = 2 }, 0, Ct)).IsOk.ShouldBeTrue();
        var (fits, large) = (new ResizeDraft(machine.Id, 2, 256, 2, null), new ResizeDraft(machine.Id, 3, 256, 2, null));

        var preview = (await Requests.PreviewAnyAsync(world.Owner, large, Ct)).Value;

        preview.Quota.Single(line => line.Resource == QuotaResource.Vcpus).Own.ShouldNotBeNull().ShouldSatisfyAllConditions(own => own.Limit.ShouldBe(2), own => own.Used.ShouldBe(1), own => own.Over.ShouldBe(1));
        preview.Refusals.ShouldHaveSingleItem().ShouldBeOfType<QuotaExceeded>();
        (await Requests.SubmitAsync(world.Owner, large, "large", Ct)).Refusal.ShouldBeOfType<QuotaExceeded>();
        var request = (await Requests.SubmitAsync(world.Owner, fits, "fits", Ct)).Value;
        (await Get<ApprovalService>().PreviewAsync(world.Admin, request.Id, Ct)).Value.Quota.Single(line => line.Resource == QuotaResource.Vcpus).Own.ShouldNotBeNull().Left.ShouldBe(0);
    }

    [Fact]
    public async Task A_second_resize_waits_for_the_first_even_when_both_are_sent_at_once()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        var answers = await Task.WhenAll(Enumerable.Range(2, 6).Select(n => Requests.SubmitAsync(world.Member, new ResizeDraft(machine.Id, n, 256, 2, null), $"k{n}", Ct)));

        answers.Count(a => a.IsOk).ShouldBe(1);
        answers.Where(a => !a.IsOk).ShouldAllBe(a => a.Refusal is OtherWaits);
    }

    [Theory]
    [InlineData(MachineState.Unknown)]
    [InlineData(MachineState.Failed)]
    [InlineData(MachineState.Deleting)]
    [InlineData(MachineState.Provisioning)]
    public async Task Only_a_machine_that_runs_or_is_off_is_resized(MachineState state)
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(state);

        (await Requests.SubmitAsync(world.Member, new ResizeDraft(machine.Id, 2, 256, 2, null), "k", Ct)).Refusal.ShouldBeOfType<WrongState>();
    }

    [Fact]
    public async Task A_yes_is_refused_while_its_host_has_no_room_and_nothing_is_decided()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 1, HostMemoryMib: 1024));
        var machine = await world.AddMachineAsync();
        var request = await AskAsync(world, machine, new(1, 1024, 2));

        var decision = (await Get<ApprovalService>().ApproveAsync(world.Admin, [request], null, Ct)).Single();

        decision.Refusal.ShouldBeOfType<NoRoomToGrow>().Message.ShouldContain("lacks");
        (await Get<ApprovalService>().PreviewAsync(world.Admin, request, Ct)).Value.Problems.ShouldHaveSingleItem().ShouldBeOfType<NoRoomToGrow>();
        (await Requests.GetAsync(world.Member, request, Ct)).Value.Request.Status.ShouldBe(RequestStatus.Waiting);
        (await PlacementAsync(machine)).ShouldBe((1, 256));
    }

    [Fact]
    public async Task A_machine_that_is_busy_is_not_resized_yet()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var request = await AskAsync(world, machine, new(2, 256, 2));
        await Get<MachineService>().PowerAsync(world.Member, machine.Id, PowerAction.Reset, "r", Ct);

        (await Get<ApprovalService>().ApproveAsync(world.Admin, [request], null, Ct)).Single().Refusal.ShouldBeOfType<MachineBusy>();
    }

    [Fact]
    public async Task Strangers_see_no_machine_and_viewers_may_not_ask()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var draft = new ResizeDraft(machine.Id, 2, 256, 2, null);

        (await Requests.SubmitAsync(world.Stranger, draft, "k", Ct)).Refusal.ShouldBe(new NotFound("machine"));
        (await Requests.PreviewAnyAsync(world.Stranger, draft, Ct)).Refusal.ShouldBe(new NotFound("machine"));
        (await Requests.SubmitAsync(world.Viewer, draft, "k", Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Requests.SubmitAsync(world.Member, draft with { MachineId = Guid.CreateVersion7() }, "k", Ct)).Refusal.ShouldBe(new NotFound("machine"));
    }

    [Fact]
    public void What_holds_at_once_is_told_before_with_the_reason_for_what_does_not()
    {
        var parts = ResizeRules.Parts(new(2, 256, 2), new(4, 512, 8), running: true, hotVcpus: 8);
        parts.Select(p => (p.Part, p.Now)).ShouldBe([(QuotaResource.Vcpus, true), (QuotaResource.MemoryMib, false), (QuotaResource.DiskGib, true)]);
        parts[1].Why!.ShouldContain("balloon");
        ResizeRules.Parts(new(2, 256, 2), new(9, 256, 2), running: true, hotVcpus: 8).ShouldHaveSingleItem().ShouldSatisfyAllConditions(p => p.Now.ShouldBeFalse(), p => p.Why!.ShouldContain("8 vCPU"));
        ResizeRules.Parts(new(2, 256, 2), new(1, 256, 2), running: true, hotVcpus: 8).ShouldHaveSingleItem().Now.ShouldBeFalse();
        ResizeRules.Parts(new(1, 256, 2), new(2, 128, 4), running: false, hotVcpus: 0).ShouldAllBe(p => p.Now && p.Why == null);
    }

    async Task<Guid> AskAsync(World world, Machine machine, MachineSize to) =>
        (await Requests.SubmitAsync(world.Member, new ResizeDraft(machine.Id, to.Vcpus, to.MemoryMib, to.DiskGib, "More work"), Guid.NewGuid().ToString(), Ct)).Value.Id;

    async Task ApproveAsync(World world, Guid request) => (await Get<ApprovalService>().ApproveAsync(world.Admin, [request], null, Ct)).Single().Refusal.ShouldBeNull();

    async Task ResizeAsync(World world, Machine machine, MachineSize to, ResizedTo became)
    {
        await ApproveAsync(world, await AskAsync(world, machine, to));
        await Books.ResizedAsync(await ClaimAsync(), became, Ct);
    }

    async Task ObserveAsync(World world, Machine machine, MachineState state, SeenSize size)
    {
        Postgres.Time.Advance(TimeSpan.FromHours(1));
        await Get<HostObservations>().ObserveOneAsync(world.Hosts[0].Id, Postgres.Time.GetUtcNow(), new MachineObservation(machine.Id, state, null, size), Ct);
    }

    async Task HoldsAsync(World world, MachineSize used, MachineSize reserved)
    {
        var lines = (await Get<QuotaService>().GetAsync(world.Admin, world.Project.Id, Ct)).Value.Lines.ToDictionary(l => l.Resource);
        (lines[QuotaResource.Vcpus].Used, lines[QuotaResource.MemoryMib].Used, lines[QuotaResource.DiskGib].Used).ShouldBe((used.Vcpus, used.MemoryMib, used.DiskGib));
        (lines[QuotaResource.Vcpus].Reserved, lines[QuotaResource.MemoryMib].Reserved, lines[QuotaResource.DiskGib].Reserved).ShouldBe((reserved.Vcpus, reserved.MemoryMib, reserved.DiskGib));
    }

    async Task<(int Vcpus, int MemoryMib)> PlacementAsync(Machine machine)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var home = await db.Placements.SingleAsync(p => p.MachineId == machine.Id, Ct);
        return (home.Vcpus, home.MemoryMib);
    }
}
