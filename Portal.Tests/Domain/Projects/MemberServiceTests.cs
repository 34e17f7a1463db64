using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Projects;

public sealed class MemberServiceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    MemberService Members => postgres.Get<MemberService>();

    [Fact]
    public async Task An_owner_adds_a_person_who_sees_the_project_from_then_on()
    {
        var world = await postgres.NewWorldAsync();

        var added = (await Members.AddAsync(world.Owner, world.Project.Id, world.Stranger.UserId, ProjectRole.Member, Ct)).Value;

        (added.Name, added.Role).ShouldBe((world.Stranger.Name, ProjectRole.Member));
        (await postgres.Get<RequestService>().SubmitAsync(world.Stranger, world.Draft(), "k", Ct)).IsOk.ShouldBeTrue();
        (await Members.ListAsync(world.Viewer, world.Project.Id, Ct))!.Select(m => m.Role).ShouldBe([ProjectRole.Owner, ProjectRole.Member, ProjectRole.Member, ProjectRole.Viewer]);
        (await EventAsync(world, world.Stranger)).ShouldSatisfyAllConditions(e => e.Action.ShouldBe("member.add"), e => e.Detail.ShouldContain("Member"), e => e.ProjectId.ShouldBe(world.Project.Id));
    }

    [Fact]
    public async Task Nobody_is_added_twice_and_nobody_who_is_not_there_or_is_shut_out()
    {
        var world = await postgres.NewWorldAsync();
        await postgres.Get<AccountService>().DisableAsync(world.Admin, world.Stranger.UserId, Ct);

        (await Members.AddAsync(world.Owner, world.Project.Id, world.Viewer.UserId, ProjectRole.Member, Ct)).Refusal.ShouldBe(new MemberAlready(world.Viewer.Name, ProjectRole.Viewer));
        (await Members.AddAsync(world.Owner, world.Project.Id, Guid.CreateVersion7(), ProjectRole.Member, Ct)).Refusal.ShouldBe(new NotFound("person"));
        (await Members.AddAsync(world.Owner, world.Project.Id, world.Stranger.UserId, ProjectRole.Member, Ct)).Refusal.ShouldBe(new AccountDisabled(world.Stranger.Name));
    }

    [Fact]
    public async Task A_double_press_adds_once()
    {
        var world = await postgres.NewWorldAsync();

        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Members.AddAsync(world.Owner, world.Project.Id, world.Stranger.UserId, ProjectRole.Member, Ct), Ct)));

        both.Count(r => r.IsOk).ShouldBe(1);
        both.Single(r => !r.IsOk).Refusal.ShouldBeOfType<MemberAlready>();
    }

    [Fact]
    public async Task The_last_owner_neither_goes_nor_becomes_something_else_whoever_asks()
    {
        var world = await postgres.NewWorldAsync();
        var owner = await RowAsync(world, world.Owner);

        foreach (var actor in (Actor[])[world.Owner, world.Admin])
        {
            (await Members.RemoveAsync(actor, world.Project.Id, owner.UserId, owner.Version, Ct)).Refusal.ShouldBe(new LastOwner(world.Owner.Name));
            (await Members.ChangeRoleAsync(actor, world.Project.Id, owner.UserId, ProjectRole.Member, owner.Version, Ct)).Refusal.ShouldBe(new LastOwner(world.Owner.Name));
        }
        (await Members.ChangeRoleAsync(world.Owner, world.Project.Id, owner.UserId, ProjectRole.Owner, owner.Version, Ct)).IsOk.ShouldBeTrue("nothing changes");
    }

    [Fact]
    public async Task Two_owners_who_take_each_other_out_at_once_leave_one()
    {
        for (var round = 0; round < 10; round++)
        {
            var world = await postgres.NewWorldAsync();
            var second = (await Members.AddAsync(world.Admin, world.Project.Id, world.Stranger.UserId, ProjectRole.Owner, Ct)).Value;
            var first = await RowAsync(world, world.Owner);

            var went = await Task.WhenAll(
                Task.Run(() => Members.RemoveAsync(world.Owner, world.Project.Id, second.UserId, second.Version, Ct), Ct),
                Task.Run(() => Members.RemoveAsync(world.Stranger, world.Project.Id, first.UserId, first.Version, Ct), Ct));

            went.Count(w => w.IsOk).ShouldBe(1);
            (await Members.ListAsync(world.Admin, world.Project.Id, Ct))!.Count(m => m.Role == ProjectRole.Owner).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_member_who_goes_leaves_machines_and_requests_and_it_is_said_who_looks_after_them()
    {
        var world = await postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        var request = (await postgres.Get<RequestService>().SubmitAsync(world.Member, world.Draft(), "k", Ct)).Value;
        var member = await RowAsync(world, world.Member);
        (member.Machines, member.Waiting).ShouldBe((1, 1));

        var left = (await Members.RemoveAsync(world.Owner, world.Project.Id, member.UserId, member.Version, Ct)).Value;

        left.Words.ShouldBe($"1 machine and 1 waiting request of {world.Member.Name} stay in the project; {world.Owner.Name} can work with them.");
        (await postgres.Get<global::Portal.Domain.Machines.MachineService>().GetAsync(world.Member, machine.Id, Ct)).ShouldBeNull();
        (await postgres.Get<RequestService>().GetAsync(world.Member, request.Id, Ct)).Refusal.ShouldBe(new NotFound("request"));
        (await postgres.Get<RequestService>().WithdrawAsync(world.Owner, request.Id, Ct)).IsOk.ShouldBeTrue();
        (await EventAsync(world, world.Member)).Action.ShouldBe("member.remove");
    }

    [Fact]
    public async Task A_page_that_shows_an_older_role_changes_nothing_and_is_told_who_changed_it_and_to_what()
    {
        var world = await postgres.NewWorldAsync();
        var shown = await RowAsync(world, world.Viewer);
        (await Members.ChangeRoleAsync(world.Owner, world.Project.Id, shown.UserId, ProjectRole.Member, shown.Version, Ct)).Value.Role.ShouldBe(ProjectRole.Member);

        var late = (await Members.ChangeRoleAsync(world.Admin, world.Project.Id, shown.UserId, ProjectRole.Owner, shown.Version, Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>();

        (late.By, late.Difference).ShouldBe((world.Owner.Name, $"{world.Viewer.Name} is a member now."));
        (await Members.RemoveAsync(world.Admin, world.Project.Id, shown.UserId, shown.Version, Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>();
        (await RowAsync(world, world.Viewer)).Role.ShouldBe(ProjectRole.Member);
    }

    [Fact]
    public async Task Who_could_be_added_is_told_to_who_may_add_and_to_nobody_else()
    {
        var world = await postgres.NewWorldAsync();
        var tag = world.Project.Name.Split('-')[^1];

        (await Members.CandidatesAsync(world.Owner, world.Project.Id, tag, Ct)).Select(p => p.Name).ShouldBe([world.Admin.Name, world.Stranger.Name]);
        foreach (var actor in (Actor[])[world.Member, world.Viewer, world.Stranger])
            (await Members.CandidatesAsync(actor, world.Project.Id, tag, Ct)).ShouldBeEmpty();
        (await Members.CandidatesAsync(world.Owner, world.Project.Id, "  ", Ct)).ShouldBeEmpty();
        (await Members.CandidatesAsync(world.Owner, world.Project.Id, "%", Ct)).ShouldBeEmpty();
    }

    async Task<MemberRow> RowAsync(World world, Actor who) => (await Members.ListAsync(world.Admin, world.Project.Id, Ct))!.Single(m => m.UserId == who.UserId);

    async Task<AuditEvent> EventAsync(World world, Actor who)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.AuditEvents.Where(e => e.SubjectId == who.UserId && e.ProjectId == world.Project.Id).OrderByDescending(e => e.Id).FirstAsync(Ct);
    }
}
