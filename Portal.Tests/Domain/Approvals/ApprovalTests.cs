using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Approvals;

public sealed class ApprovalTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    ApprovalService Approvals => postgres.Get<ApprovalService>();

    RequestService Requests => postgres.Get<RequestService>();

    [Fact]
    public async Task An_approval_places_the_machine_and_writes_the_operation_that_makes_it()
    {
        var world = await postgres.NewWorldAsync();
        var request = await SubmitAsync(world);

        var decision = (await Approvals.ApproveAsync(world.Admin, [request.Id], "Fine", Ct)).ShouldHaveSingleItem();

        decision.Request.ShouldNotBeNull().Status.ShouldBe(RequestStatus.Approved);
        decision.Request.DecidedByName.ShouldBe(world.Admin.Name);
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        var machine = await db.Machines.SingleAsync(m => m.Id == request.MachineId, Ct);
        machine.State.ShouldBe(MachineState.Provisioning);
        (await db.Placements.SingleAsync(p => p.MachineId == machine.Id, Ct)).HostId.ShouldBe(machine.HostId.ShouldNotBeNull());
        (await db.Operations.SingleAsync(o => o.MachineId == machine.Id, Ct)).ShouldSatisfyAllConditions(
            o => o.Kind.ShouldBe(OperationKind.Provision), o => o.Status.ShouldBe(OperationStatus.Queued));
        // Held until the machine is made.
        (await QuotaAsync(world)).ShouldBe((0, 1));
        (await db.AuditEvents.Where(e => e.SubjectId == request.Id).OrderBy(e => e.Id).Select(e => e.Action).ToListAsync(Ct)).ShouldBe(["request.submit", "request.approve"]);
    }

    [Fact]
    public async Task A_stranger_learns_nothing_of_a_request_that_was_decided()
    {
        var world = await postgres.NewWorldAsync();
        var request = await SubmitAsync(world);
        (await Approvals.ApproveAsync(world.Admin, [request.Id], null, Ct)).Single().Refusal.ShouldBeNull();

        (await Approvals.ApproveAsync(world.Stranger, [request.Id], null, Ct)).Single().Refusal.ShouldBe(new NotFound("request"));
        (await Approvals.DenyAsync(world.Stranger, [request.Id], "No", Ct)).Single().Refusal.ShouldBe(new NotFound("request"));
        (await Approvals.PreviewAsync(world.Stranger, request.Id, Ct)).Refusal.ShouldBe(new NotFound("request"));
        (await Approvals.ApproveAsync(world.Member, [request.Id], null, Ct)).Single().Refusal.ShouldBeOfType<AlreadyDecided>();
    }

    [Fact]
    public async Task A_denial_needs_a_reason_frees_what_was_held_and_the_requester_reads_why()
    {
        var world = await postgres.NewWorldAsync();
        var request = await SubmitAsync(world);

        (await Approvals.DenyAsync(world.Admin, [request.Id], "  ", Ct)).Single().Refusal.ShouldNotBeNull().Field.ShouldBe("reason");
        (await QuotaAsync(world)).ShouldBe((0, 1));

        (await Approvals.DenyAsync(world.Admin, [request.Id], "Use db-01 instead", Ct)).Single().IsOk.ShouldBeTrue();
        (await QuotaAsync(world)).ShouldBe((0, 0));
        var details = (await Requests.GetAsync(world.Member, request.Id, Ct)).Value;
        details.Request.DecisionReason.ShouldBe("Use db-01 instead");
        details.Timeline.Select(e => (e.What, e.By)).ShouldBe([("Submitted", world.Member.Name), ("No rule matches: people are asked", null), ("Denied", world.Admin.Name)]);
        // The name is free again.
        (await Requests.SubmitAsync(world.Member, world.Draft(request.Subject), "again", Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task Of_two_approvers_at_once_one_wins_and_the_other_is_told_who_and_when()
    {
        var world = await postgres.NewWorldAsync();
        var other = world.Admin with { UserId = world.Owner.UserId, Name = world.Owner.Name };
        var request = await SubmitAsync(world);

        var answers = await Task.WhenAll(
            Task.Run(async () => (await Approvals.ApproveAsync(world.Admin, [request.Id], null, Ct)).Single(), Ct),
            Task.Run(async () => (await Approvals.DenyAsync(other, [request.Id], "No", Ct)).Single(), Ct));

        var winner = answers.Single(a => a.IsOk).Request.ShouldNotBeNull();
        var told = answers.Single(a => !a.IsOk).Refusal.ShouldBeOfType<AlreadyDecided>();
        told.By.ShouldBe(winner.DecidedByName);
        told.At.ShouldBe(winner.DecidedAt.ShouldNotBeNull());
        told.Message.ShouldContain($"{(winner.Status == RequestStatus.Denied ? "denied" : "approved")} by {winner.DecidedByName} on {told.At.UtcDateTime:yyyy-MM-dd}");
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.Operations.CountAsync(o => o.MachineId == request.MachineId, Ct)).ShouldBe(winner.Status == RequestStatus.Approved ? 1 : 0);
    }

    [Fact]
    public async Task A_withdrawal_and_an_approval_at_once_end_as_one_of_the_two_and_the_books_agree()
    {
        var world = await postgres.NewWorldAsync();
        for (var round = 0; round < 10; round++)
        {
            var request = await SubmitAsync(world);
            var before = await QuotaAsync(world);

            var withdraw = Task.Run(() => Requests.WithdrawAsync(world.Member, request.Id, Ct), Ct);
            var approve = Task.Run(async () => (await Approvals.ApproveAsync(world.Admin, [request.Id], null, Ct)).Single(), Ct);

            (await withdraw).IsOk.ShouldBe(!(await approve).IsOk);
            await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
            var approved = (await approve).IsOk;
            (await db.Machines.SingleAsync(m => m.Id == request.MachineId, Ct)).State.ShouldBe(approved ? MachineState.Provisioning : MachineState.Deleted);
            (await QuotaAsync(world)).ShouldBe(approved ? before : (before.Used, before.Reserved - 1));
        }
    }

    [Fact]
    public async Task Approving_what_was_withdrawn_is_refused_and_says_so()
    {
        var world = await postgres.NewWorldAsync();
        var request = await SubmitAsync(world);
        (await Requests.WithdrawAsync(world.Member, request.Id, Ct)).IsOk.ShouldBeTrue();

        var refusal = (await Approvals.ApproveAsync(world.Admin, [request.Id], null, Ct)).Single().Refusal.ShouldBeOfType<AlreadyDecided>();

        refusal.Message.ShouldContain($"withdrawn by {world.Member.Name}");
        refusal.Kind.ShouldBe(RefusalKind.Conflict);
    }

    [Fact]
    public async Task Several_are_decided_one_by_one_and_each_has_its_own_answer()
    {
        var world = await postgres.NewWorldAsync();
        var (one, gone, two) = (await SubmitAsync(world), await SubmitAsync(world), await SubmitAsync(world));
        await Requests.WithdrawAsync(world.Member, gone.Id, Ct);
        var unknown = Guid.CreateVersion7();

        var decisions = await Approvals.ApproveAsync(world.Admin, [one.Id, gone.Id, unknown, two.Id, one.Id], null, Ct);

        decisions.Select(d => d.RequestId).ShouldBe([one.Id, gone.Id, unknown, two.Id]);
        decisions.Select(d => d.Refusal?.Code).ShouldBe([null, "already-decided", "not-found", null]);
    }

    [Fact]
    public async Task Without_room_on_any_host_the_request_keeps_waiting_and_the_admin_is_told_the_nearest()
    {
        var world = await postgres.NewWorldAsync();
        var request = await SubmitAsync(world);
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        await db.Hosts.ExecuteUpdateAsync(set => set.SetProperty(h => h.State, HostState.Unreachable), Ct);

        (await Approvals.PreviewAsync(world.Admin, request.Id, Ct)).Value.Problems.ShouldHaveSingleItem().ShouldBeOfType<NoHostWithRoom>();
        (await Approvals.ApproveAsync(world.Admin, [request.Id], null, Ct)).Single().Refusal.ShouldBeOfType<NoHostWithRoom>();

        (await Requests.GetAsync(world.Member, request.Id, Ct)).Value.Request.Status.ShouldBe(RequestStatus.Waiting);
        await db.Hosts.ExecuteUpdateAsync(set => set.SetProperty(h => h.State, HostState.Online), Ct);
        (await Approvals.ApproveAsync(world.Admin, [request.Id], null, Ct)).Single().IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_machine_whose_image_is_gone_cannot_be_approved_but_denied()
    {
        var world = await postgres.NewWorldAsync();
        var request = await SubmitAsync(world);
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.Images.SingleAsync(i => i.Id == world.Image.Id, Ct)).Withdraw();
        await db.SaveChangesAsync(Ct);

        (await Approvals.ApproveAsync(world.Admin, [request.Id], null, Ct)).Single().Refusal.ShouldNotBeNull().Code.ShouldBe("image-gone");
        (await Approvals.DenyAsync(world.Admin, [request.Id], "The image is gone", Ct)).Single().IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_is_not_asked_decides_nothing_and_sees_nothing_of_the_queue()
    {
        var world = await postgres.NewWorldAsync();
        var request = await SubmitAsync(world);

        (await Approvals.QueueAsync(world.Owner, Ct)).Value.Items.ShouldBeEmpty();
        (await Approvals.PreviewAsync(world.Owner, request.Id, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Approvals.ApproveAsync(world.Owner, [request.Id], null, Ct)).Single().Refusal.ShouldBeOfType<NotAllowed>();
        (await Approvals.DenyAsync(world.Owner, [request.Id], "No", Ct)).Single().Refusal.ShouldBeOfType<NotAllowed>();
        (await Approvals.PreviewAsync(world.Stranger, request.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Approvals.ApproveAsync(world.Stranger, [request.Id], null, Ct)).Single().Refusal.ShouldBeOfType<NotFound>();
        (await Approvals.QueueAsync(world.Admin, Ct)).Value.Items.ShouldContain(r => r.Id == request.Id);
    }

    [Fact]
    public async Task The_queue_is_oldest_first()
    {
        var world = await postgres.NewWorldAsync();
        var names = new List<string>();
        for (var n = 0; n < 3; n++)
        {
            names.Add((await SubmitAsync(world)).Subject);
            postgres.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var queue = (await Approvals.QueueAsync(world.Admin, Ct)).Value;

        queue.Items.Where(r => r.ProjectId == world.Project.Id).Select(r => r.Subject).ShouldBe(names);
    }

    async Task<RequestView> SubmitAsync(World world) => (await Requests.SubmitAsync(world.Member, world.Draft(), Guid.NewGuid().ToString(), Ct)).Value;

    async Task<(long Used, long Reserved)> QuotaAsync(World world)
    {
        var line = (await postgres.Get<QuotaService>().GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines[0];
        return (line.Used, line.Reserved);
    }
}
