using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Projects;

public sealed class QuotaRecountTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    QuotaService Quotas => postgres.Get<QuotaService>();

    RequestService Requests => postgres.Get<RequestService>();

    [Fact]
    public async Task Books_that_are_exact_are_said_to_be_and_stay_as_they_are()
    {
        var world = await postgres.NewWorldAsync();
        foreach (var state in new[] { MachineState.Running, MachineState.Off, MachineState.Failed, MachineState.Deleting })
            await world.AddMachineAsync(state);
        await Requests.SubmitAsync(world.Member, world.Draft(), "1", Ct);

        (await Quotas.RecountAsync(world.Admin, world.Project.Id, Ct)).Value.Drift.ShouldBeEmpty();

        var machines = (await Quotas.GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines[0];
        (machines.Used, machines.Reserved).ShouldBe((4, 1));
    }

    [Fact]
    public async Task Drift_is_told_with_limit_books_and_truth_corrected_and_kept_in_the_audit_trail()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 2));
        await world.AddMachineAsync();
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        await db.Quotas.Where(q => q.ProjectId == world.Project.Id && q.Resource == QuotaResource.Machines).ExecuteUpdateAsync(set => set.SetProperty(q => q.Used, 0).SetProperty(q => q.Limit, 0), Ct);
        await db.MemberQuotas.Where(q => q.ProjectId == world.Project.Id && q.Resource == QuotaResource.MemoryMib).ExecuteUpdateAsync(set => set.SetProperty(q => q.Reserved, 9), Ct);

        var drift = (await Quotas.RecountAsync(world.Admin, world.Project.Id, Ct)).Value.Drift;

        // The truth is written though it lies above the limit.
        drift.ShouldBe([
            new QuotaDrift(null, null, QuotaResource.Machines, Limit: 0, BooksUsed: 0, BooksReserved: 0, Used: 1, Reserved: 0),
            new QuotaDrift(world.Member.UserId, world.Member.Name, QuotaResource.MemoryMib, Limit: null, BooksUsed: 256, BooksReserved: 9, Used: 256, Reserved: 0),
        ]);
        (await Quotas.RecountAsync(world.Admin, world.Project.Id, Ct)).Value.Drift.ShouldBeEmpty();
        var told = await db.AuditEvents.Where(e => e.ProjectId == world.Project.Id && e.Action == "quota.recount").OrderBy(e => e.Id).FirstAsync(Ct);
        told.Detail.ShouldContain("booksReserved");
    }

    [Fact]
    public async Task Every_project_is_counted_and_what_was_wrong_stays_on_record()
    {
        var (one, other) = (await postgres.NewWorldAsync(), await postgres.NewWorldAsync());
        var told = 0;
        // Other tests leave books that are wrong.
        (await Quotas.RecountAllAsync(one.Admin, null, Ct)).IsOk.ShouldBeTrue();
        await using (var db = await postgres.Contexts.CreateDbContextAsync(Ct))
            await db.Quotas.Where(q => q.ProjectId == other.Project.Id && q.Resource == QuotaResource.Snapshots).ExecuteUpdateAsync(set => set.SetProperty(q => q.Used, 5), Ct);

        var counted = (await Quotas.RecountAllAsync(one.Admin, (done, all) => { told = done; all.ShouldBeGreaterThanOrEqualTo(done); return Task.CompletedTask; }, Ct)).Value;

        told.ShouldBe(counted.Projects);
        counted.Drifted.ShouldHaveSingleItem().ShouldSatisfyAllConditions(c => c.ProjectId.ShouldBe(other.Project.Id), c => c.Drift.Single().ShouldSatisfyAllConditions(d => d.BooksUsed.ShouldBe(5), d => d.Used.ShouldBe(0)));
        var last = (await Quotas.LastRecountAsync(one.Admin, Ct)).Value.ShouldNotBeNull();
        (last.By, last.Projects).ShouldBe((one.Admin.Name, counted.Projects));
        last.Drifted.Single().Drift.ShouldBe(counted.Drifted.Single().Drift);
        (await Quotas.RecountAllAsync(one.Admin, null, Ct)).Value.Drifted.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_recount_of_everything_at_a_time_and_for_admins_alone()
    {
        var world = await postgres.NewWorldAsync();

        (await Quotas.RecountAllAsync(world.Owner, null, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Quotas.LastRecountAsync(world.Owner, Ct)).Refusal.ShouldBeOfType<NotAllowed>();

        Result<FullRecount> second = default;
        await Quotas.RecountAllAsync(world.Admin, async (_, _) => second = await Quotas.RecountAllAsync(world.Admin, null, Ct), Ct);
        second.Refusal.ShouldBeOfType<RecountUnderWay>();
        (await Quotas.RecountAllAsync(world.Admin, null, Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_recount_in_a_storm_of_submits_withdrawals_resizes_and_limit_changes_finds_no_drift_and_leaves_exact_books()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 12));
        var resized = await world.AddMachineAsync();
        var calls = Enumerable.Range(0, 120).Select(n => Task.Run(async () =>
        {
            var who = n % 2 == 0 ? world.Member : world.Owner;
            var drift = 0;
            switch (n % 6)
            {
                case 0:
                    drift = (await Quotas.RecountAsync(world.Admin, world.Project.Id, Ct)).Value.Drift.Count;
                    break;
                case 1:
                    await LimitAsync(world, 8 + (n % 7));
                    break;
                case 2:
                    await ResizeAndBackAsync(world);
                    break;
                default:
                    var taken = await Requests.SubmitAsync(who, world.Draft(), $"storm-{n}", Ct);
                    if (taken.IsOk && n % 3 == 0)
                        (await Requests.WithdrawAsync(who, taken.Value.Id, Ct)).IsOk.ShouldBeTrue();
                    else if (!taken.IsOk)
                        taken.Refusal.ShouldBeOfType<QuotaExceeded>();
                    break;
            }
            return drift;
        }, Ct));

        (await Task.WhenAll(calls)).ShouldAllBe(drift => drift == 0);

        (await Quotas.RecountAsync(world.Admin, world.Project.Id, Ct)).Value.Drift.ShouldBeEmpty();
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        var waiting = await db.Requests.CountAsync(r => r.ProjectId == world.Project.Id && r.Status == RequestStatus.Waiting, Ct);
        var lines = (await Quotas.GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines;
        lines.ShouldAllBe(l => l.Reserved == waiting * QuotaAmounts.OfMachine(world.Flavor.Size).Of(l.Resource) && l.Used == QuotaAmounts.OfMachine(resized.Size).Of(l.Resource));
        var members = (await Quotas.SetupAsync(world.Admin, world.Project.Id, Ct)).Value.Members;
        members.Sum(m => m.Lines[0].Reserved).ShouldBe(waiting);
    }

    [Fact]
    public async Task A_persons_figure_that_says_less_than_is_given_back_holds_nothing_up_and_is_told()
    {
        var world = await postgres.NewWorldAsync();
        await world.AddMachineAsync();
        await world.AddMachineAsync();
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        await db.MemberQuotas.Where(q => q.ProjectId == world.Project.Id && q.Resource == QuotaResource.MemoryMib).ExecuteUpdateAsync(set => set.SetProperty(q => q.Used, 100), Ct);
        await db.MemberQuotas.Where(q => q.ProjectId == world.Project.Id && q.Resource == QuotaResource.Vcpus).ExecuteDeleteAsync(Ct);
        var one = QuotaAmounts.OfMachine(world.Flavor.Size);

        await QuotaBooks.ReleaseUsedAsync(db, world.Project.Id, world.Member.UserId, one, Ct);

        var told = await db.AuditEvents.SingleAsync(e => e.ProjectId == world.Project.Id && e.Action == "quota.drift", Ct);
        var detail = JsonDocument.Parse(told.Detail).RootElement;
        detail.GetProperty("userId").GetGuid().ShouldBe(world.Member.UserId);
        detail.GetProperty("drift").EnumerateArray().Select(d => (d.GetProperty("resource").GetString(), d.GetProperty("booksUsed").GetInt64(), d.GetProperty("used").GetInt64()))
            .ShouldBe([("MemoryMib", 100, -256), ("Vcpus", 0, -1)]);
        // Both of the person's figures are at nothing now; by the other machine, which is still there, they are wrong.
        (await Quotas.RecountAsync(world.Admin, world.Project.Id, Ct)).Value.Drift.Where(d => d.UserId == world.Member.UserId && d.BooksUsed == 0)
            .Select(d => (d.Resource, d.Used)).ShouldBe([(QuotaResource.Vcpus, 2), (QuotaResource.MemoryMib, 512)]);
    }

    [Fact]
    public async Task Figures_that_are_right_are_given_back_without_a_word()
    {
        var world = await postgres.NewWorldAsync();
        await world.AddMachineAsync();
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);

        await QuotaBooks.ReleaseUsedAsync(db, world.Project.Id, world.Member.UserId, QuotaAmounts.OfMachine(world.Flavor.Size), Ct);

        (await db.AuditEvents.AnyAsync(e => e.ProjectId == world.Project.Id && e.Action == "quota.drift", Ct)).ShouldBeFalse();
    }

    async Task LimitAsync(World world, long machines)
    {
        var version = (await Quotas.SetupAsync(world.Admin, world.Project.Id, Ct)).Value.Version;
        var answer = await Quotas.SetAsync(world.Admin, world.Project.Id, new QuotaEdit(new Dictionary<QuotaResource, long> { [QuotaResource.Machines] = machines }, new Dictionary<QuotaResource, long?>(), MachineCaps.None, 14), version, Ct);
        if (!answer.IsOk)
            answer.Refusal.ShouldBeOfType<QuotaChanged>();
    }

    /// <summary>Holds growth and lets go of it in one transaction, as a resize that fails does.</summary>
    async Task ResizeAndBackAsync(World world)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        await using var transaction = await db.Database.BeginTransactionAsync(Ct);
        var growth = QuotaAmounts.OfResize(new(1, 256, 2), new(2, 512, 4));
        (await QuotaBooks.ReserveAsync(db, world.Project.Id, world.Member.UserId, growth, Ct)).ShouldBeNull();
        await QuotaBooks.UseReservedAsync(db, world.Project.Id, world.Member.UserId, growth, Ct);
        await QuotaBooks.ReleaseUsedAsync(db, world.Project.Id, world.Member.UserId, growth, Ct);
        await transaction.CommitAsync(Ct);
    }
}
