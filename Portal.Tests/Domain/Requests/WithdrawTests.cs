using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Requests;

public sealed class WithdrawTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    RequestService Requests => postgres.Get<RequestService>();

    [Fact]
    public async Task A_withdrawal_gives_everything_back_and_again_is_the_same_answer()
    {
        var world = await postgres.NewWorldAsync();
        var request = (await Requests.SubmitAsync(world.Member, world.Draft("web"), "1", Ct)).Value;

        var first = (await Requests.WithdrawAsync(world.Member, request.Id, Ct)).Value;
        var again = (await Requests.WithdrawAsync(world.Member, request.Id, Ct)).Value;

        first.Status.ShouldBe(RequestStatus.Withdrawn);
        (again with { Levels = first.Levels }).ShouldBe(first);
        (await postgres.Get<QuotaService>().GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines.ShouldAllBe(l => l.Reserved == 0);
        (await Requests.SubmitAsync(world.Member, world.Draft("web"), "2", Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_asked_the_owner_and_an_admin_may_take_it_back_and_nobody_else()
    {
        var world = await postgres.NewWorldAsync();
        async Task<Guid> NewAsync(Actor who) => (await Requests.SubmitAsync(who, world.Draft(), Guid.NewGuid().ToString(), Ct)).Value.Id;

        (await Requests.WithdrawAsync(world.Member, await NewAsync(world.Owner), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Requests.WithdrawAsync(world.Viewer, await NewAsync(world.Member), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Requests.WithdrawAsync(world.Stranger, await NewAsync(world.Member), Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Requests.WithdrawAsync(world.Owner, await NewAsync(world.Member), Ct)).IsOk.ShouldBeTrue();
        (await Requests.WithdrawAsync(world.Admin, await NewAsync(world.Member), Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_approved_cannot_be_withdrawn()
    {
        var world = await postgres.NewWorldAsync();
        var request = (await Requests.SubmitAsync(world.Member, world.Draft(), "1", Ct)).Value;
        await postgres.Get<ApprovalService>().ApproveAsync(world.Admin, [request.Id], null, Ct);

        (await Requests.WithdrawAsync(world.Member, request.Id, Ct)).Refusal.ShouldBeOfType<AlreadyDecided>().By.ShouldBe(world.Admin.Name);
    }

    [Fact]
    public async Task A_strangers_eyes_find_no_request()
    {
        var world = await postgres.NewWorldAsync();
        var request = (await Requests.SubmitAsync(world.Member, world.Draft(), "1", Ct)).Value;

        (await Requests.GetAsync(world.Stranger, request.Id, Ct)).Refusal.ShouldBe(new NotFound("request"));
        (await Requests.GetAsync(world.Stranger, Guid.CreateVersion7(), Ct)).Refusal.ShouldBe(new NotFound("request"));
        (await Requests.ListAsync(world.Stranger, new ListQuery(), Ct)).Total.ShouldBe(0);
        var seen = (await Requests.GetAsync(world.Viewer, request.Id, Ct)).Value;
        (seen.MayWithdraw, seen.MayDecide).ShouldBe((false, false));
        (await Requests.GetAsync(world.Member, request.Id, Ct)).Value.MayWithdraw.ShouldBeTrue();
        (await Requests.GetAsync(world.Admin, request.Id, Ct)).Value.MayDecide.ShouldBeTrue();
    }
}
