using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Domain.Machines;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Approvals;

/// <summary>A decision and something else at the same moment: one of the two holds, and quota, machine, operation and address agree with it.</summary>
public sealed class DecisionRaceTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    const int Rounds = 12;

    RequestService Requests => Get<RequestService>();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_changed_and_sent_anew_while_it_is_decided(bool approve)
    {
        var (world, cast) = await BeginAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var request = await cast.SubmitAsync();

            var anew = Task.Run(() => Requests.ResubmitAsync(world.Member, request.Id, world.Draft(request.Subject), Guid.NewGuid().ToString(), Ct), Ct);
            var said = Task.Run(() => approve ? cast.ApproveAsync(world.Admin, request) : cast.DenyAsync(world.Admin, request), Ct);
            var (sent, refusal) = (await anew, await said);

            var before = await cast.ReadAsync(request);
            if (refusal is null && approve)
            {
                // It was approved first: there is nothing left to change.
                sent.Refusal.ShouldBeOfType<NotReplaceable>();
                before.Status.ShouldBe(RequestStatus.Approved);
            }
            else
            {
                // Denied or taken back, one that came to nothing can be sent anew.
                sent.IsOk.ShouldBeTrue(sent.Refusal?.Message);
                before.Status.ShouldBe(refusal is null ? RequestStatus.Denied : RequestStatus.Withdrawn);
                if (refusal is not null)
                    refusal.ShouldBeOfType<AlreadyDecided>();
                (await MachineAsync(request.MachineId!.Value)).State.ShouldBe(MachineState.Deleted);
                sent.Value.Status.ShouldBe(RequestStatus.Waiting);
            }

            await BooksAgreeAsync(world);
        }
    }

    [Theory]
    [InlineData(ExpiryAction.Approve, false)]
    [InlineData(ExpiryAction.Deny, true)]
    [InlineData(ExpiryAction.Escalate, true)]
    public async Task A_request_whose_time_is_over_while_somebody_decides_it(ExpiryAction then, bool approve)
    {
        var (world, cast) = await BeginAsync();
        await cast.RuleAsync(Cast.Ask(Cast.AsksOwners()) with { ExpiresAfterHours = 24, OnExpiry = then });
        for (var round = 0; round < Rounds; round++)
        {
            var request = await cast.SubmitAsync();
            Postgres.Time.Advance(TimeSpan.FromHours(25));

            var sweep = Task.Run(() => Get<RequestExpiry>().SweepAsync(Postgres.Time.GetUtcNow(), Ct), Ct);
            var said = Task.Run(() => approve ? cast.ApproveAsync(world.Owner, request) : cast.DenyAsync(world.Owner, request), Ct);
            var (swept, refusal) = (await sweep, await said);

            var after = await cast.ReadAsync(request);
            if (refusal is null)
                after.ShouldSatisfyAllConditions(r => r.Status.ShouldBe(approve ? RequestStatus.Approved : RequestStatus.Denied), r => r.DecidedBy.ShouldBe(world.Owner.UserId), _ => (swept.Approved + swept.Denied).ShouldBe(0));
            else
            {
                refusal.ShouldBeOfType<AlreadyDecided>();
                after.ShouldSatisfyAllConditions(r => r.Status.ShouldBe(then == ExpiryAction.Approve ? RequestStatus.Approved : RequestStatus.Denied), r => r.DecidedBy.ShouldBe(Actor.System.UserId), _ => swept.Done.ShouldBe(1));
            }

            (await cast.DecisionsAsync(request)).Count.ShouldBe(1);
            await BooksAgreeAsync(world);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_project_put_away_while_its_last_request_is_decided(bool approve)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (world, cast) = await BeginAsync();
            var request = await cast.SubmitAsync();
            var version = (await Get<ProjectService>().GetAsync(world.Admin, world.Project.Id, Ct))!.Project.Version;

            var archive = Task.Run(() => Get<ProjectChanges>().ArchiveAsync(world.Admin, world.Project.Id, version, Ct), Ct);
            var said = Task.Run(() => approve ? cast.ApproveAsync(world.Admin, request) : cast.DenyAsync(world.Admin, request), Ct);
            var archived = await archive;

            (await said).ShouldBeNull();
            if (!archived.IsOk)
                archived.Refusal.ShouldBeOfType<ProjectNotEmpty>();
            else
                approve.ShouldBeFalse("what was approved is being made: the project is not empty");
            await BooksAgreeAsync(world);
        }
    }

    [Fact]
    public async Task Two_approvers_of_a_level_and_who_asked_all_at_once()
    {
        var (world, cast) = await BeginAsync();
        var (ann, bob) = (await cast.PersonAsync("Ann"), await cast.PersonAsync("Bob"));
        await cast.RuleAsync(Cast.Ask(Cast.Asks(ann, bob)));
        for (var round = 0; round < Rounds; round++)
        {
            var request = await cast.SubmitAsync();

            var answers = await Task.WhenAll(
                Task.Run(() => cast.ApproveAsync(ann, request), Ct),
                Task.Run(() => cast.DenyAsync(bob, request), Ct),
                Task.Run(async () => (await Requests.WithdrawAsync(world.Member, request.Id, Ct)).Refusal, Ct));

            answers.Count(refusal => refusal is null).ShouldBe(1);
            answers.OfType<Refusal>().ShouldAllBe(refusal => refusal is AlreadyDecided);
            var status = (await cast.ReadAsync(request)).Status;
            status.ShouldBe(answers switch { [null, ..] => RequestStatus.Approved, [_, null, _] => RequestStatus.Denied, _ => RequestStatus.Withdrawn });
            (await cast.DecisionsAsync(request)).Count.ShouldBe(status == RequestStatus.Withdrawn ? 0 : 1);
            await BooksAgreeAsync(world);
        }
    }

    /// <summary>What is held is what requests that wait or are carried out hold, to the last unit; each machine, operation and address fits its request.</summary>
    async Task BooksAgreeAsync(World world)
    {
        (await Get<QuotaService>().RecountAsync(world.Admin, world.Project.Id, Ct)).Value.Drift.ShouldBeEmpty();
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        foreach (var request in await db.Requests.AsNoTracking().Where(r => r.ProjectId == world.Project.Id).ToListAsync(Ct))
        {
            var machine = await db.Machines.AsNoTracking().SingleAsync(m => m.Id == request.MachineId, Ct);
            machine.State.ShouldBe(request.Status switch { RequestStatus.Waiting => MachineState.Waiting, RequestStatus.Approved => MachineState.Provisioning, _ => MachineState.Deleted });
            (await db.Operations.CountAsync(o => o.MachineId == machine.Id, Ct)).ShouldBe(request.Status == RequestStatus.Approved ? 1 : 0);
            (await db.Placements.CountAsync(p => p.MachineId == machine.Id, Ct)).ShouldBe(request.Status == RequestStatus.Approved ? 1 : 0);
            (await db.ApprovalSeats.AnyAsync(s => s.RequestId == request.Id, Ct)).ShouldBe(request.Status == RequestStatus.Waiting);
        }
    }

    async Task<(World, Cast)> BeginAsync()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Machines: 100, Vcpus: 1000, MemoryMib: 1_000_000, DiskGib: 10_000));
        // Somebody else looks after the platform, so that what is escalated waits for him.
        await new Cast(Postgres, world).PersonAsync("Chief", PlatformRoles.Admin);
        return (world, new Cast(Postgres, world));
    }
}
