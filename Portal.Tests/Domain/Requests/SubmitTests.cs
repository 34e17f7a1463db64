using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Requests;

public sealed class SubmitTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    RequestService Requests => postgres.Get<RequestService>();

    [Fact]
    public async Task A_submit_holds_quota_name_and_address_until_a_decision()
    {
        var world = await postgres.NewWorldAsync();

        var request = (await Requests.SubmitAsync(world.Member, world.Draft("web-01"), "k1", Ct)).Value;

        request.Status.ShouldBe(RequestStatus.Waiting);
        request.RequesterName.ShouldBe(world.Member.Name);
        var lines = (await postgres.Get<QuotaService>().GetAsync(world.Viewer, world.Project.Id, Ct)).Value.Lines;
        lines.Select(l => l.Reserved).ShouldBe([1, 1, 256, 2, 1, 0]);
        lines.ShouldAllBe(l => l.Used == 0);
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        var machine = await db.Machines.SingleAsync(m => m.Id == request.MachineId, Ct);
        machine.State.ShouldBe(MachineState.Waiting);
        machine.Address.ShouldBe(world.Network.First);
        machine.Mac.ShouldStartWith("52:54:00:");
        machine.SshKey.ShouldBe(World.SshKey);
    }

    [Fact]
    public async Task The_same_key_and_draft_give_the_same_request_and_hold_once()
    {
        var world = await postgres.NewWorldAsync();
        var draft = world.Draft();

        var first = await Requests.SubmitAsync(world.Member, draft, "again", Ct);
        var second = await Requests.SubmitAsync(world.Member, draft, "again", Ct);

        second.Value.Id.ShouldBe(first.Value.Id);
        (await postgres.Get<QuotaService>().GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines[0].Reserved.ShouldBe(1);
    }

    [Fact]
    public async Task Twenty_submits_with_one_key_at_once_are_one_request()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 1));
        var draft = world.Draft();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Requests.SubmitAsync(world.Member, draft, "storm", Ct), Ct)));

        answers.Select(a => a.Value.Id).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task The_same_key_with_another_draft_is_refused()
    {
        var world = await postgres.NewWorldAsync();
        await Requests.SubmitAsync(world.Member, world.Draft(), "key", Ct);

        var answer = await Requests.SubmitAsync(world.Member, world.Draft(), "key", Ct);

        answer.Refusal.ShouldBeOfType<KeyReused>();
    }

    [Fact]
    public async Task Two_people_may_use_the_same_key()
    {
        var world = await postgres.NewWorldAsync();

        var one = await Requests.SubmitAsync(world.Member, world.Draft(), "key", Ct);
        var other = await Requests.SubmitAsync(world.Owner, world.Draft(), "key", Ct);

        other.Value.Id.ShouldNotBe(one.Value.Id);
    }

    [Fact]
    public async Task A_taken_name_is_refused_and_holds_nothing()
    {
        var world = await postgres.NewWorldAsync();
        await Requests.SubmitAsync(world.Member, world.Draft("db-01"), "1", Ct);

        var answer = await Requests.SubmitAsync(world.Owner, world.Draft("db-01"), "2", Ct);

        answer.Refusal.ShouldBeOfType<NameTaken>().Message.ShouldContain("db-01");
        (await postgres.Get<QuotaService>().GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines[0].Reserved.ShouldBe(1);
    }

    [Fact]
    public async Task Of_ten_submits_with_one_name_at_once_one_gets_it_and_the_others_are_told()
    {
        var world = await postgres.NewWorldAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => Task.Run(() => Requests.SubmitAsync(world.Member, world.Draft("only-one"), $"n{n}", Ct), Ct)));

        answers.Count(a => a.IsOk).ShouldBe(1);
        answers.Where(a => !a.IsOk).ShouldAllBe(a => a.Refusal is NameTaken);
    }

    [Fact]
    public async Task A_stranger_is_told_there_is_no_such_project_and_a_viewer_that_it_takes_a_member()
    {
        var world = await postgres.NewWorldAsync();

        (await Requests.SubmitAsync(world.Stranger, world.Draft(), "k", Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Requests.SubmitAsync(world.Viewer, world.Draft(), "k", Ct)).Refusal.ShouldBeOfType<NotAllowed>().Advice.ShouldContain("member");
    }
}
