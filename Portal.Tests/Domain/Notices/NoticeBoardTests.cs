using Batches = Portal.Tests.Domain.Changes.Batches;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Changes;
using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;
using Portal.Tests.Domain.Changes;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Notices;

public sealed class NoticeBoardTests(PostgresCluster cluster) : NoticeTest(cluster)
{
    [Fact]
    public async Task Each_person_is_told_once_however_often_named()
    {
        await TellAsync(Notice(), World.Member.UserId, World.Owner.UserId, World.Member.UserId);

        (await ReadAsync(db => db.Notices)).Select(n => n.UserId).ShouldBe([World.Member.UserId, World.Owner.UserId], ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_undone_was_never_told()
    {
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
        await using (await db.Database.BeginTransactionAsync(Ct))
            await NoticeBoard.TellAsync(db, Notice(), [World.Member.UserId], Now, Ct);

        (await ReadAsync(db => db.Notices)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_open_page_hears_that_its_person_was_told()
    {
        await using var batches = new Batches(Get<ChangeFeed>());
        (await batches.NextAsync()).ShouldBe([Change.Everything]);

        await TellAsync(Notice(), World.Member.UserId);

        (await batches.NextAsync()).ShouldBe([new Change(ChangeKind.Notice, World.Member.UserId, null)]);
    }

    [Fact]
    public async Task A_person_who_wants_to_see_none_of_a_kind_is_not_told_of_it()
    {
        await PreferAsync(World.Member, NoticeKind.Comment, inPage: false, byEmail: false);

        await TellAsync(Notice(NoticeKind.Comment), World.Member.UserId, World.Owner.UserId);
        await TellAsync(Notice(NoticeKind.LeaseEnding), World.Member.UserId);

        (await ReadAsync(db => db.Notices)).Select(n => (n.UserId, n.Kind)).ShouldBe([(World.Owner.UserId, NoticeKind.Comment), (World.Member.UserId, NoticeKind.LeaseEnding)], ignoreOrder: true);
    }

    [Fact]
    public async Task E_mail_is_written_for_those_who_have_an_address_and_want_it_while_there_is_a_mail_server()
    {
        await GiveAddressAsync(World.Member, "mia@example.org");
        await TellAsync(Notice(), World.Member.UserId);
        (await ReadAsync(db => db.Deliveries)).ShouldBeEmpty("no mail server was named");

        await Get<Outbox>().OpenEmailAsync(true, Ct);
        await GiveAddressAsync(World.Viewer, "vera@example.org");
        await PreferAsync(World.Viewer, NoticeKind.LeaseEnding, inPage: true, byEmail: false);
        await TellAsync(Notice(), World.Member.UserId, World.Owner.UserId, World.Viewer.UserId);

        var mail = (await ReadAsync(db => db.Deliveries)).ShouldHaveSingleItem();
        (mail.UserId, mail.Channel, mail.Status, mail.Attempts).ShouldBe((World.Member.UserId, DeliveryChannel.Email, DeliveryStatus.Queued, 0));
        mail.Payload.ShouldBe(new DeliveryPayload("LeaseEnding", Now, "web-01 ends", "In three days", "/machines/1", Subject, World.Project.Id));
    }

    [Fact]
    public async Task Whose_account_is_shut_gets_no_e_mail_and_finds_the_notice_when_it_is_opened_again()
    {
        await Get<Outbox>().OpenEmailAsync(true, Ct);
        await GiveAddressAsync(World.Member, "mia@example.org");
        (await Get<AccountService>().DisableAsync(World.Admin, World.Member.UserId, Ct)).IsOk.ShouldBeTrue();

        await TellAsync(Notice(), World.Member.UserId);

        (await ReadAsync(db => db.Deliveries)).ShouldBeEmpty();
        (await ReadAsync(db => db.Notices)).ShouldHaveSingleItem().UserId.ShouldBe(World.Member.UserId);
    }

    [Fact]
    public async Task Identifiers_are_of_version_7_and_of_the_moment()
    {
        await TellAsync(Notice(), World.Member.UserId);

        var id = (await ReadAsync(db => db.Notices)).Single().Id;
        (id.Version, id.Variant is >= 8 and <= 11).ShouldBe((7, true));
        var bytes = id.ToByteArray(bigEndian: true);
        DateTimeOffset.FromUnixTimeMilliseconds(bytes.Take(6).Aggregate(0L, (sum, b) => sum << 8 | b)).ShouldBe(Now);
    }

    [Fact]
    public async Task Texts_are_cut_never_within_a_letter_and_hold_no_line_break_in_the_title()
    {
        var long1 = "Fine\r\nBcc: all@example.org " + new string('x', NoticeBoard.MostTitle - 28) + "😀";
        await TellAsync(Notice() with { Title = long1, Body = "nul\0 and " + new string('é', 1_000_000) }, World.Member.UserId);

        var entry = (await ReadAsync(db => db.Notices)).Single();
        entry.Title.ShouldStartWith("Fine  Bcc: all@example.org x");
        entry.Title.Length.ShouldBeLessThanOrEqualTo(NoticeBoard.MostTitle);
        char.IsHighSurrogate(entry.Title[^1]).ShouldBeFalse();
        entry.Body!.Length.ShouldBe(NoticeBoard.MostBody);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/a\nb")]
    [InlineData("")]
    public async Task A_link_is_a_path_of_ours_or_a_defect(string link) =>
        await Should.ThrowAsync<ArgumentException>(() => TellAsync(Notice() with { Link = link }, World.Member.UserId));

    [Fact]
    public async Task Ten_thousand_notices_are_one_statement()
    {
        var many = Enumerable.Range(1, 10_000).Select(n => (Notice() with { Title = $"web-{n} ends", SubjectId = Guid.NewGuid() }, (IReadOnlyCollection<Guid>)[World.Member.UserId, World.Owner.UserId])).ToList();
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);

        await NoticeBoard.TellAllAsync(db, many, Now, Ct);

        (await db.Notices.CountAsync(Ct)).ShouldBe(20_000);
        (await db.Notices.Select(n => n.Title).Distinct().CountAsync(Ct)).ShouldBe(10_000);
    }

    [Fact]
    public async Task Nothing_and_nobody_to_tell_is_fine()
    {
        await TellAsync(Notice());
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await NoticeBoard.TellAllAsync(db, [], Now, Ct);
        (await ReadAsync(d => d.Notices)).ShouldBeEmpty();
    }

    [Fact]
    public async Task People_are_found_by_what_they_are()
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await NoticePeople.OwnersAsync(db, World.Project.Id, Ct)).ShouldBe([World.Owner.UserId]);
        (await NoticePeople.OwnersOfAsync(db, [World.Project.Id], Ct))[World.Project.Id].ShouldBe([World.Owner.UserId]);
        (await NoticePeople.MembersAsync(db, World.Project.Id, Ct)).ShouldBe([World.Owner.UserId, World.Member.UserId, World.Viewer.UserId], ignoreOrder: true);
        (await NoticePeople.ActiveMembersAsync(db, World.Project.Id, Ct)).ShouldBe([World.Owner.UserId, World.Member.UserId], ignoreOrder: true);
        (await NoticePeople.AdminsAsync(db, Ct)).ShouldBe([World.Admin.UserId]);
        (await NoticePeople.ApproversAsync(db, Ct)).ShouldBeEmpty();
    }
}
