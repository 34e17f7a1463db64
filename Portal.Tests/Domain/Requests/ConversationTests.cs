using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Leases;
using Portal.Domain.Machines;
using Portal.Domain.Notices;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Requests;

public sealed class ConversationTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    RequestService Requests => postgres.Get<RequestService>();

    [Fact]
    public async Task What_people_write_stands_in_the_timeline_as_they_wrote_it()
    {
        var world = await postgres.NewWorldAsync();
        var request = (await Requests.SubmitAsync(world.Member, world.Draft(), "1", Ct)).Value;
        const string Odd = "<b>Why</b>\nthis? cafe\u0301 🙂 '; drop table requests; --";

        (await Requests.CommentAsync(world.Admin, request.Id, Odd, "c1", Ct)).IsOk.ShouldBeTrue();
        postgres.Time.Advance(TimeSpan.FromSeconds(1));
        (await Requests.CommentAsync(world.Member, request.Id, "  For the sale. ", "c2", Ct)).IsOk.ShouldBeTrue();
        (await Requests.CommentAsync(world.Member, request.Id, "For the sale.", "c2", Ct)).IsOk.ShouldBeTrue();

        var said = (await Requests.GetAsync(world.Viewer, request.Id, Ct)).Value.Timeline.Where(e => e.Tone == RequestEventTone.Comment);
        said.Select(e => (e.By, e.Detail)).ShouldBe([(world.Admin.Name, Odd), (world.Member.Name, "For the sale.")]);
    }

    [Fact]
    public async Task Nobody_else_writes_and_nothing_that_is_no_text()
    {
        var world = await postgres.NewWorldAsync();
        var request = (await Requests.SubmitAsync(world.Member, world.Draft(), "1", Ct)).Value;
        async Task<Refusal?> WriteAsync(Actor who, string text) => (await Requests.CommentAsync(who, request.Id, text, Guid.NewGuid().ToString(), Ct)).Refusal;

        (await WriteAsync(world.Stranger, "Hello")).ShouldBe(new NotFound("request"));
        (await WriteAsync(world.Viewer, "Hello")).ShouldBeOfType<NotAllowed>();
        foreach (var bad in new[] { "", "   ", new string('x', 2001), new string('x', 1 << 20), "bell \a", "null \0" })
            (await WriteAsync(world.Member, bad)).ShouldBeOfType<InvalidText>();
        (await WriteAsync(world.Member, new string('x', 2000))).ShouldBeNull();
        (await Requests.CommentAsync(world.Member, request.Id, "one", "same", Ct)).IsOk.ShouldBeTrue();
        (await Requests.CommentAsync(world.Member, request.Id, "two", "same", Ct)).Refusal.ShouldBeOfType<KeyReused>();
    }

    [Fact]
    public async Task A_request_is_sent_anew_in_its_own_project_only_and_waits_on_where_that_is_refused()
    {
        var (world, elsewhere) = (await postgres.NewWorldAsync(), await postgres.NewWorldAsync());
        var request = (await Requests.SubmitAsync(world.Admin, world.Draft(), "1", Ct)).Value;

        (await Requests.ResubmitAsync(world.Admin, request.Id, world.Draft() with { ProjectId = elsewhere.Project.Id }, "2", Ct)).Refusal.ShouldBeOfType<NotReplaceable>().Message.ShouldContain("another project");

        (await Requests.GetAsync(world.Admin, request.Id, Ct)).Value.Request.Status.ShouldBe(RequestStatus.Waiting);
    }

    [Fact]
    public async Task Who_left_the_project_neither_reads_nor_writes_nor_hears_of_the_request_any_more()
    {
        var world = await postgres.NewWorldAsync();
        var request = (await Requests.SubmitAsync(world.Member, world.Draft(), "1", Ct)).Value;
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        await db.ProjectMembers.Where(m => m.UserId == world.Member.UserId).ExecuteDeleteAsync(Ct);

        (await Requests.CommentAsync(world.Owner, request.Id, "Who looks after this now?", "c", Ct)).IsOk.ShouldBeTrue();

        (await Requests.GetAsync(world.Member, request.Id, Ct)).Refusal.ShouldBe(new NotFound("request"));
        (await Requests.CommentAsync(world.Member, request.Id, "Me", "d", Ct)).Refusal.ShouldBe(new NotFound("request"));
        (await db.Notices.AnyAsync(n => n.SubjectId == request.Id && n.UserId == world.Member.UserId && n.Kind == NoticeKind.Comment, Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_waiting_request_is_changed_and_sent_anew_in_one_step_and_both_know_each_other()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 1, Addresses: 1));
        var first = (await Requests.SubmitAsync(world.Member, world.Draft("web"), "1", Ct)).Value;
        var draft = ((RequestDraft)(await Requests.DraftOfAsync(world.Member, first.Id, Ct)).Value) with { Why = "Better reasons" };
        draft.MachineName.ShouldBe("web");

        var second = (await Requests.ResubmitAsync(world.Member, first.Id, draft, "2", Ct)).Value;

        (second.ReplacesId, second.Why, second.Subject).ShouldBe((first.Id, "Better reasons", "web"));
        (await Requests.GetAsync(world.Member, first.Id, Ct)).Value.ShouldSatisfyAllConditions(d => d.Request.Status.ShouldBe(RequestStatus.Withdrawn), d => d.ReplacedById.ShouldBe(second.Id));
        (await postgres.Get<QuotaService>().GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines[0].Reserved.ShouldBe(1);
        (await Requests.ResubmitAsync(world.Member, first.Id, draft, "2", Ct)).Value.Id.ShouldBe(second.Id);
    }

    [Fact]
    public async Task A_changed_draft_that_is_refused_leaves_the_old_request_waiting()
    {
        var world = await postgres.NewWorldAsync();
        var first = (await Requests.SubmitAsync(world.Member, world.Draft("web"), "1", Ct)).Value;

        (await Requests.ResubmitAsync(world.Member, first.Id, world.Draft("-web"), "2", Ct)).Refusal.ShouldBeOfType<InvalidText>();

        (await Requests.GetAsync(world.Member, first.Id, Ct)).Value.Request.Status.ShouldBe(RequestStatus.Waiting);
    }

    [Fact]
    public async Task Only_who_asked_or_an_owner_changes_a_request_and_only_while_it_can_be()
    {
        var world = await postgres.NewWorldAsync();
        var mine = (await Requests.SubmitAsync(world.Owner, world.Draft(), "1", Ct)).Value;
        var machine = await world.AddMachineAsync();

        (await Requests.ResubmitAsync(world.Member, mine.Id, world.Draft(), "2", Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Requests.ResubmitAsync(world.Stranger, mine.Id, world.Draft(), "2", Ct)).Refusal.ShouldBe(new NotFound("request"));
        (await Requests.DraftOfAsync(world.Stranger, mine.Id, Ct)).Refusal.ShouldBe(new NotFound("request"));
        (await Requests.ResubmitAsync(world.Owner, mine.Id, new ResizeDraft(machine.Id, 2, 256, 2, null), "2", Ct)).Refusal.ShouldBeOfType<NotReplaceable>();
        await postgres.Get<ApprovalService>().ApproveAsync(world.Admin, [mine.Id], null, Ct);
        (await Requests.ResubmitAsync(world.Owner, mine.Id, world.Draft(), "3", Ct)).Refusal.ShouldBeOfType<NotReplaceable>();
    }

    [Fact]
    public async Task Every_kind_comes_back_as_the_draft_it_was()
    {
        var world = await postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync();
        await postgres.Get<MachineService>().ProtectAsync(world.Owner, machine.Id, true, Ct);
        Draft[] drafts =
        [
            world.Draft() with { LeaseDays = LeaseTerms.NoEnd }, new ResizeDraft(machine.Id, 2, 512, 4, "More"), new DeleteDraft(machine.Id, machine.Name, "Over"),
            new QuotaDraft(world.Project.Id, new Dictionary<QuotaResource, long> { [QuotaResource.Vcpus] = 500 }, "Growing"),
        ];
        foreach (var draft in drafts)
        {
            var request = (await Requests.SubmitAsync(world.Member, draft, Guid.NewGuid().ToString(), Ct)).Value;
            var back = (await Requests.DraftOfAsync(world.Member, request.Id, Ct)).Value;
            if (back is QuotaDraft quota)
                quota.Limits.ShouldBe(((QuotaDraft)draft).Limits);
            else
                back.ShouldBe(draft);
        }

        var query = new ListQuery(Filters: new Dictionary<string, string> { ["kind"] = "resize,delete", ["machine"] = machine.Id.ToString() });
        (await Requests.ListAsync(world.Member, query, Ct)).Total.ShouldBe(2);
        (await Requests.ListAsync(world.Member, new(Filters: new Dictionary<string, string> { ["rule"] = "No rule matches" }), Ct)).Total.ShouldBe(4);
        (await Requests.ListAsync(world.Member, new(Filters: new Dictionary<string, string> { ["rule"] = "no such" }), Ct)).Total.ShouldBe(0);
        (await Requests.RulesAsync(world.Member, Ct)).ShouldBe(["No rule matches"]);
    }
}
