using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Requests;

public sealed class OtherKindsTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    RequestService Requests => Get<RequestService>();

    MachineService Machines => Get<MachineService>();

    [Fact]
    public async Task A_lease_is_longer_by_what_was_asked_once_it_is_granted()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, TimeSpan.FromDays(3));
        var request = (await Requests.SubmitAsync(world.Member, new ExtendDraft(machine.Id, 30, "Still in use"), "k", Ct)).Value;

        (await Requests.SubmitAsync(world.Owner, new ExtendDraft(machine.Id, 1, null), "k2", Ct)).Refusal.ShouldBeOfType<OtherWaits>();
        await ApproveAsync(world, request.Id);

        (await MachineAsync(machine.Id)).LeaseEndsAt.ShouldBe(machine.LeaseEndsAt!.Value.AddDays(30));
        (await Requests.GetAsync(world.Member, request.Id, Ct)).Value.Request.ShouldSatisfyAllConditions(r => r.Status.ShouldBe(RequestStatus.Fulfilled), r => r.Outcome!.ShouldContain("The lease ends on"));
    }

    [Fact]
    public async Task Who_decides_and_who_asked_are_told_what_it_is_about_and_not_the_machine_alone()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, TimeSpan.FromDays(3));
        await ApproveAsync(world, (await Requests.SubmitAsync(world.Member, new ExtendDraft(machine.Id, 30, null), "k", Ct)).Value.Id);
        await Requests.SubmitAsync(world.Member, new ResizeDraft(machine.Id, machine.Vcpus + 1, machine.MemoryMib, machine.DiskGib, null), "k2", Ct);

        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.Notices.Select(n => n.Title).Distinct().ToListAsync(Ct)).ShouldBe(
            [$"The longer lease of {machine.Name} waits for your decision", $"The longer lease of {machine.Name} was approved", $"The new size of {machine.Name} waits for your decision"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_yes_that_came_after_the_new_end_counts_its_days_from_now()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, TimeSpan.FromDays(1));
        var request = (await Requests.SubmitAsync(world.Member, new ExtendDraft(machine.Id, 2, null), "k", Ct)).Value;
        Postgres.Time.Advance(TimeSpan.FromDays(10));

        await ApproveAsync(world, request.Id);

        (await MachineAsync(machine.Id)).LeaseEndsAt.ShouldBe(Postgres.Time.GetUtcNow().AddDays(2));
    }

    [Fact]
    public async Task A_yes_never_brings_an_end_nearer_that_was_moved_further_meanwhile()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, TimeSpan.FromDays(3));
        var request = (await Requests.SubmitAsync(world.Member, new ExtendDraft(machine.Id, 2, null), "k", Ct)).Value;
        var further = await ExtendAsync(machine, TimeSpan.FromDays(40));

        await ApproveAsync(world, request.Id);

        (await MachineAsync(machine.Id)).LeaseEndsAt.ShouldBe(further.LeaseEndsAt);
    }

    [Fact]
    public async Task A_yes_that_came_late_gives_no_more_than_a_machine_may_have_in_all()
    {
        var world = await Postgres.NewWorldAsync();
        var terms = await Get<LeaseService>().TermsAsync(world.Admin, world.Project.Id, Ct);
        (await Get<LeaseService>().SetTermsAsync(world.Admin, world.Project.Id, LeaseTerms.BuiltIn with { TotalDays = 20 }, terms.Value.Version, Ct)).IsOk.ShouldBeTrue();
        var machine = await LeasedAsync(world, TimeSpan.FromDays(1));
        var request = (await Requests.SubmitAsync(world.Member, new ExtendDraft(machine.Id, 15, null), "k", Ct)).Value;
        Postgres.Time.Advance(TimeSpan.FromDays(17));

        await ApproveAsync(world, request.Id);

        (await MachineAsync(machine.Id)).LeaseEndsAt.ShouldBe(machine.LeaseStartedAt!.Value.AddDays(20));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(3651)]
    [InlineData(int.MaxValue)]
    public async Task A_lease_is_not_extended_by_days_that_are_none(int days)
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await LeasedAsync(world, TimeSpan.FromDays(1));

        (await Requests.SubmitAsync(world.Member, new ExtendDraft(machine.Id, days, null), "k", Ct)).Refusal!.Field.ShouldBe("days");
    }

    [Fact]
    public async Task A_machine_without_a_lease_has_none_to_extend()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        (await Requests.SubmitAsync(world.Member, new ExtendDraft(machine.Id, 3, null), "k", Ct)).Refusal.ShouldBeOfType<NoLeaseToExtend>();
    }

    [Fact]
    public async Task Limits_are_at_least_what_was_asked_and_the_answer_says_what_changed_meanwhile()
    {
        var world = await Postgres.NewWorldAsync();
        var draft = new QuotaDraft(world.Project.Id, new Dictionary<QuotaResource, long> { [QuotaResource.Machines] = 20, [QuotaResource.Vcpus] = 200, [QuotaResource.DiskGib] = 2000 }, "Growing");
        var request = (await Requests.SubmitAsync(world.Member, draft, "k", Ct)).Value;
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
        {
            await db.Quotas.Where(q => q.ProjectId == world.Project.Id && q.Resource == QuotaResource.Machines).ExecuteUpdateAsync(set => set.SetProperty(q => q.Limit, 30), Ct);
            await db.Quotas.Where(q => q.ProjectId == world.Project.Id && q.Resource == QuotaResource.Vcpus).ExecuteUpdateAsync(set => set.SetProperty(q => q.Limit, 150), Ct);
        }

        await ApproveAsync(world, request.Id);

        var lines = (await Get<QuotaService>().GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines.ToDictionary(l => l.Resource, l => l.Limit);
        (lines[QuotaResource.Machines], lines[QuotaResource.Vcpus], lines[QuotaResource.DiskGib], lines[QuotaResource.MemoryMib]).ShouldBe((30, 200, 2000, 100_000));
        var outcome = (await Requests.GetAsync(world.Member, request.Id, Ct)).Value.Request.Outcome!;
        outcome.ShouldContain("30 machines was the limit already");
        outcome.ShouldContain("it was 150 by then, not 100");
        outcome.ShouldContain("2000 GiB of disk, 1000 more.");
    }

    [Theory]
    [InlineData(10, "not-higher")]
    [InlineData(-1, "not-higher")]
    [InlineData(long.MaxValue, "invalid-limits")]
    public async Task A_limit_that_is_not_higher_is_refused(long machines, string code)
    {
        var world = await Postgres.NewWorldAsync();

        (await Requests.SubmitAsync(world.Member, new QuotaDraft(world.Project.Id, new Dictionary<QuotaResource, long> { [QuotaResource.Machines] = machines }, null), "k", Ct)).Refusal!.Code.ShouldBe(code);
        (await Requests.SubmitAsync(world.Member, new QuotaDraft(world.Project.Id, new Dictionary<QuotaResource, long>(), null), "k", Ct)).Refusal!.Code.ShouldBe("invalid-limits");
    }

    [Fact]
    public async Task Members_and_owners_ask_for_higher_limits_and_viewers_and_strangers_do_not()
    {
        var world = await Postgres.NewWorldAsync();
        var draft = new QuotaDraft(world.Project.Id, new Dictionary<QuotaResource, long> { [QuotaResource.Machines] = 11 }, null);

        (await Requests.SubmitAsync(world.Viewer, draft, "k", Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Requests.SubmitAsync(world.Stranger, draft, "k", Ct)).Refusal.ShouldBe(new NotFound("project"));
        (await Requests.SubmitAsync(world.Owner, draft, "k", Ct)).IsOk.ShouldBeTrue();
        var asked = await Requests.SubmitAsync(world.Member, draft, "k", Ct);
        asked.IsOk.ShouldBeTrue();
        (await Requests.SubmitAsync(world.Member, draft, "k", Ct)).Value.Id.ShouldBe(asked.Value.Id);
        (await Requests.SubmitAsync(world.Member, draft, "other", Ct)).Refusal.ShouldBeOfType<OtherWaits>();
    }

    [Fact]
    public async Task A_protected_machine_is_deleted_only_by_a_request_that_is_granted()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        (await Requests.SubmitAsync(world.Member, new DeleteDraft(machine.Id, machine.Name, null), "k", Ct)).Refusal.ShouldBeOfType<NotProtected>();
        (await Machines.ProtectAsync(world.Owner, machine.Id, true, Ct)).Value.ShouldBeTrue();
        (await Machines.DeleteAsync(world.Owner, machine.Id, machine.Name, "d", Ct)).Refusal.ShouldBe(new ProtectedMachine(machine.Name));
        (await Requests.SubmitAsync(world.Member, new DeleteDraft(machine.Id, "other", null), "k", Ct)).Refusal.ShouldBeOfType<NameNotConfirmed>();
        var request = (await Requests.SubmitAsync(world.Member, new DeleteDraft(machine.Id, machine.Name, "Over"), "k", Ct)).Value;

        await ApproveAsync(world, request.Id);
        (await MachineAsync(machine.Id)).State.ShouldBe(MachineState.Deleting);
        var claim = await ClaimAsync();
        claim.Kind.ShouldBe(OperationKind.Delete);
        await Books.DeletedAsync(claim, Ct);

        (await Requests.GetAsync(world.Member, request.Id, Ct)).Value.ShouldSatisfyAllConditions(d => d.Request.Status.ShouldBe(RequestStatus.Fulfilled), d => d.OperationId.ShouldBe(claim.OperationId));
        (await QuotaAsync(world)).Used.Sum().ShouldBe(0);
    }

    [Fact]
    public async Task A_deletion_that_failed_fails_its_request_and_can_be_asked_for_again()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await Machines.ProtectAsync(world.Owner, machine.Id, true, Ct);
        var request = (await Requests.SubmitAsync(world.Member, new DeleteDraft(machine.Id, machine.Name, null), "k", Ct)).Value;
        await ApproveAsync(world, request.Id);

        await Books.DeleteFailedAsync(await ClaimAsync(), "The disk is in use.", Ct);

        (await Requests.GetAsync(world.Member, request.Id, Ct)).Value.Request.Status.ShouldBe(RequestStatus.Failed);
        (await Requests.SubmitAsync(world.Member, new DeleteDraft(machine.Id, machine.Name, null), "k2", Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task Owners_and_admins_switch_the_protection_and_each_switch_is_in_the_audit_trail_once()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();

        (await Machines.ProtectAsync(world.Member, machine.Id, true, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Machines.ProtectAsync(world.Stranger, machine.Id, true, Ct)).Refusal.ShouldBe(new NotFound("machine"));
        await Machines.ProtectAsync(world.Owner, machine.Id, true, Ct);
        await Machines.ProtectAsync(world.Admin, machine.Id, true, Ct);
        await Machines.ProtectAsync(world.Admin, machine.Id, false, Ct);

        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.AuditEvents.Where(e => e.SubjectId == machine.Id).Select(e => e.Action).ToListAsync(Ct)).ShouldBe(["machine.protect", "machine.unprotect"], ignoreOrder: true);
        (await Machines.DeleteAsync(world.Member, machine.Id, machine.Name, "d", Ct)).IsOk.ShouldBeTrue();
    }

    async Task<Machine> LeasedAsync(World world, TimeSpan left)
    {
        return await ExtendAsync(await world.AddMachineAsync(), left);
    }

    async Task<Machine> ExtendAsync(Machine machine, TimeSpan left)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var row = await db.Machines.SingleAsync(m => m.Id == machine.Id, Ct);
        row.ExtendLease(Postgres.Time.GetUtcNow() + left, Postgres.Time.GetUtcNow());
        await db.SaveChangesAsync(Ct);
        return row;
    }

    async Task ApproveAsync(World world, Guid request) => (await Get<ApprovalService>().ApproveAsync(world.Admin, [request], null, Ct)).Single().Refusal.ShouldBeNull();
}
