using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Projects;

public sealed class QuotaTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Submitting_over_the_memory_limit_is_refused_and_says_by_how_much()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(MemoryMib: 600));
        var requests = postgres.Get<RequestService>();
        await requests.SubmitAsync(world.Member, world.Draft(), "1", Ct);
        await world.AddMachineAsync();

        var refusal = (await requests.SubmitAsync(world.Member, world.Draft(), "2", Ct)).Refusal.ShouldBeOfType<QuotaExceeded>();

        refusal.Code.ShouldBe("quota-exceeded");
        refusal.Over.ShouldBe(168);
        refusal.Message.ShouldBe("This asks for 256 MiB of memory, 168 MiB of memory more than is left: the project's limit is 600 MiB of memory, of which 256 MiB of memory are used and 256 MiB of memory are held by requests.");
    }

    [Theory]
    [InlineData(QuotaResource.Machines)]
    [InlineData(QuotaResource.Vcpus)]
    [InlineData(QuotaResource.MemoryMib)]
    [InlineData(QuotaResource.DiskGib)]
    public async Task Each_limit_refuses_by_itself_and_nothing_of_the_others_stays_taken(QuotaResource tight)
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(
            Machines: tight == QuotaResource.Machines ? 0 : 9, Vcpus: tight == QuotaResource.Vcpus ? 0 : 9,
            MemoryMib: tight == QuotaResource.MemoryMib ? 255 : 999, DiskGib: tight == QuotaResource.DiskGib ? 1 : 9));

        var answer = await postgres.Get<RequestService>().SubmitAsync(world.Member, world.Draft(), "1", Ct);

        answer.Refusal.ShouldBeOfType<QuotaExceeded>().Line.Resource.ShouldBe(tight);
        (await postgres.Get<QuotaService>().GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines.ShouldAllBe(l => l.Reserved == 0);
    }

    [Fact]
    public async Task Exactly_the_limit_is_taken()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 1, Vcpus: 1, MemoryMib: 256, DiskGib: 2));

        (await postgres.Get<RequestService>().SubmitAsync(world.Member, world.Draft(), "1", Ct)).IsOk.ShouldBeTrue();

        (await postgres.Get<QuotaService>().GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines.Where(l => l.Resource is not (QuotaResource.Addresses or QuotaResource.Snapshots)).ShouldAllBe(l => l.Left == 0);
    }

    [Fact]
    public async Task A_project_without_limits_may_hold_nothing()
    {
        var world = await postgres.NewWorldAsync();
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        await db.Quotas.Where(q => q.ProjectId == world.Project.Id).ExecuteDeleteAsync(Ct);

        (await postgres.Get<RequestService>().SubmitAsync(world.Member, world.Draft(), "1", Ct)).Refusal.ShouldBeOfType<QuotaExceeded>().Line.Limit.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_held_becomes_used_when_the_machine_is_made_and_free_when_it_is_gone()
    {
        var world = await postgres.NewWorldAsync();
        var amounts = QuotaAmounts.OfMachine(world.Flavor.Size);
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);

        (await QuotaBooks.ReserveAsync(db, world.Project.Id, world.Member.UserId, amounts, Ct)).ShouldBeNull();
        await QuotaBooks.UseReservedAsync(db, world.Project.Id, world.Member.UserId, amounts, Ct);
        (await QuotaBooks.ReadAsync(db, world.Project.Id, Ct)).ShouldAllBe(l => l.Reserved == 0 && l.Used == amounts.Of(l.Resource));

        await QuotaBooks.ReleaseUsedAsync(db, world.Project.Id, world.Member.UserId, amounts, Ct);
        (await QuotaBooks.ReadAsync(db, world.Project.Id, Ct)).ShouldAllBe(l => l.Reserved == 0 && l.Used == 0);
    }

    [Fact]
    public async Task Giving_back_more_than_is_held_is_a_fault_and_changes_nothing()
    {
        var world = await postgres.NewWorldAsync();
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);

        await Should.ThrowAsync<Exception>(() => QuotaBooks.ReleaseUsedAsync(db, world.Project.Id, world.Member.UserId, QuotaAmounts.OfMachine(world.Flavor.Size), Ct));

        (await QuotaBooks.ReadAsync(db, world.Project.Id, Ct)).ShouldAllBe(l => l.Used == 0);
    }

    [Fact]
    public async Task Only_people_of_the_project_and_admins_read_its_limits()
    {
        var world = await postgres.NewWorldAsync();
        var quota = postgres.Get<QuotaService>();

        (await quota.GetAsync(world.Viewer, world.Project.Id, Ct)).IsOk.ShouldBeTrue();
        (await quota.GetAsync(world.Admin, world.Project.Id, Ct)).IsOk.ShouldBeTrue();
        (await quota.GetAsync(world.Stranger, world.Project.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await quota.GetAsync(world.Admin, Guid.CreateVersion7(), Ct)).Refusal.ShouldBeOfType<NotFound>();
    }
}
