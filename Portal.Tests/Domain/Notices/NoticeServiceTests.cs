using Portal.Domain;
using Portal.Domain.Notices;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Notices;

public sealed class NoticeServiceTests(PostgresCluster cluster) : NoticeTest(cluster)
{
    NoticeService Service => Get<NoticeService>();

    [Fact]
    public async Task Everybody_sees_and_marks_their_own_and_an_admin_nobody_elses()
    {
        await TellAsync(Notice(), World.Member.UserId);
        var id = (await Service.ListAsync(World.Member, new(), Ct)).Items.Single().Id;

        (await Service.ListAsync(World.Admin, new(), Ct)).Total.ShouldBe(0);
        (await Service.ReadAsync(World.Admin, [id], Ct)).ShouldBe(0);
        (await Service.ReadAsync(World.Stranger, [id], Ct)).ShouldBe(0);
        (await Service.SummaryAsync(World.Member, 5, Ct)).Unread.ShouldBe(1);
        (await Service.ReadAsync(World.Member, [id], Ct)).ShouldBe(1);
        (await Service.ReadAsync(World.Member, [id], Ct)).ShouldBe(0);
        (await Service.SummaryAsync(World.Member, 5, Ct)).Unread.ShouldBe(0);
    }

    [Fact]
    public async Task The_list_is_searched_filtered_sorted_and_paged()
    {
        await TellAsync(Notice() with { Title = "beta 100% done" }, World.Member.UserId);
        Postgres.Time.Advance(TimeSpan.FromMinutes(1));
        await TellAsync(Notice(NoticeKind.Comment) with { Title = "alpha", ProjectId = null, Body = "<b>markup</b>" }, World.Member.UserId);
        await Service.ReadAsync(World.Member, [(await Service.ListAsync(World.Member, new(), Ct)).Items[0].Id], Ct);

        (await TitlesAsync(new())).ShouldBe(["alpha", "beta 100% done"]);
        (await TitlesAsync(new(Sort: "at"))).ShouldBe(["beta 100% done", "alpha"]);
        (await TitlesAsync(new(Sort: "title"))).ShouldBe(["alpha", "beta 100% done"]);
        (await TitlesAsync(new(Sort: "-title", Take: 1))).ShouldBe(["beta 100% done"]);
        (await TitlesAsync(new(Search: "0% d"))).ShouldBe(["beta 100% done"]);
        (await TitlesAsync(new(Search: "<b>"))).ShouldBe(["alpha"]);
        (await TitlesAsync(With("read", "no"))).ShouldBe(["beta 100% done"]);
        (await TitlesAsync(With("read", "yes"))).ShouldBe(["alpha"]);
        (await TitlesAsync(With("kind", "comment"))).ShouldBe(["alpha"]);
        (await TitlesAsync(With("project", World.Project.Id.ToString()))).ShouldBe(["beta 100% done"]);
        (await Service.ListAsync(World.Member, new(Take: 1), Ct)).Items[0].ProjectName.ShouldBeNull();
    }

    [Fact]
    public async Task A_choice_counts_from_then_on_and_stands_in_the_audit_trail()
    {
        var preferences = Get<NoticePreferences>();
        (await preferences.GetAsync(World.Member, Ct)).Kinds.ShouldAllBe(k => k.IsDefault);

        (await preferences.ChooseAsync(World.Member, NoticeKind.LeaseEnding, inPage: false, byEmail: false, Ct)).IsOk.ShouldBeTrue();
        (await preferences.ChooseAsync(World.Member, NoticeKind.LeaseEnding, inPage: false, byEmail: false, Ct)).IsOk.ShouldBeTrue();

        await TellAsync(Notice(), World.Member.UserId);
        (await Service.SummaryAsync(World.Member, 5, Ct)).Unread.ShouldBe(0);
        var mine = await preferences.GetAsync(World.Member, Ct);
        mine.Kinds.Single(k => !k.IsDefault).ShouldBe(new PreferenceView(NoticeKind.LeaseEnding, false, false, false));
        (mine.IsEmailOn, mine.Address).ShouldBe((false, null));
        (await ReadAsync(db => db.AuditEvents.Where(e => e.Action == "notice.choose"))).ShouldHaveSingleItem().Detail.ShouldContain("before");
        (await preferences.GetAsync(World.Owner, Ct)).Kinds.ShouldAllBe(k => k.IsDefault);
    }

    [Fact]
    public async Task Nobody_and_a_kind_that_is_none_are_refused()
    {
        var preferences = Get<NoticePreferences>();
        (await preferences.ChooseAsync(World.Member with { UserId = Guid.NewGuid() }, NoticeKind.Comment, true, true, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await preferences.ChooseAsync(World.Member, (NoticeKind)99, true, true, Ct)).Refusal.ShouldBeOfType<NotFound>();
    }

    static ListQuery With(string filter, string value) => new(Filters: new Dictionary<string, string> { [filter] = value });

    async Task<IEnumerable<string>> TitlesAsync(ListQuery query) => (await Service.ListAsync(World.Member, query, Ct)).Items.Select(n => n.Title);
}
