using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;
using Portal.Tests.Postgres;

namespace Portal.Tests.Web.Notices;

/// <summary>E-mail against a real mail server on the loopback.</summary>
public sealed class MailDeliveryTests(PostgresCluster cluster) : DeliveryTest(cluster)
{
    [Fact]
    public async Task A_notice_arrives_as_an_e_mail_that_says_what_it_is()
    {
        await using var server = new SmtpReceiver();
        await StartAsync(MailAt(server.Port));
        await GiveAddressAsync(World.Member, "mia@example.org");

        await TellAsync(Notice() with { Title = "web-01 ends <b>soon</b> – ärgerlich", Body = "<script>alert(1)</script>\nsecond line" }, World.Member.UserId);

        var mail = await server.NextAsync();
        (mail.From, mail.To.Single()).ShouldBe(("portal@example.org", "mia@example.org"));
        var delivery = await DeliveryAsync(d => d.Status == DeliveryStatus.Sent);
        var message = mail.Message;
        message.Subject.ShouldBe("web-01 ends <b>soon</b> – ärgerlich");
        message.MessageId.ShouldBe($"{delivery.Id:n}@portal.example");
        message.To.Mailboxes.Single().Name.ShouldBe(World.Member.Name);
        message.Headers["Auto-Submitted"].ShouldBe("auto-generated");
        message.Headers["List-Unsubscribe"].ShouldBe("<https://portal.example/account#notices-title>");
        message.TextBody.ShouldNotBeNull().ShouldContain("https://portal.example/machines/1");
        message.HtmlBody.ShouldNotBeNull().ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;");
        message.HtmlBody.ShouldNotContain("<script>");
        (delivery.Attempts, delivery.ResponseCode).ShouldBe((1, 250));
    }

    [Fact]
    public async Task Who_gets_another_address_is_told_at_the_former_one_whatever_was_chosen()
    {
        await using var server = new SmtpReceiver();
        await StartAsync(MailAt(server.Port));
        await GiveAddressAsync(World.Member, "mia@example.org");
        var seen = new AccountProfile(World.Member.Name, "mia@example.org");

        (await Get<AccountService>().ChangeProfileAsync(World.Admin, World.Member.UserId, seen, seen with { Email = "taken@evil.example" }, Ct)).IsOk.ShouldBeTrue();

        var mail = await server.NextAsync();
        mail.To.ShouldBe(["mia@example.org"]);
        mail.Message.Subject.ShouldBe("Your account has another e-mail address");
        mail.Message.TextBody.ShouldNotBeNull().ShouldContain($"{World.Admin.Name} changed it");
        mail.Message.TextBody.ShouldNotContain("taken@evil.example");
        (await DeliveryAsync(d => d.Status == DeliveryStatus.Sent)).PayloadKind.ShouldBe(DeliveryPayload.AddressChanged);
    }

    [Fact]
    public async Task No_text_becomes_a_header()
    {
        await using var server = new SmtpReceiver();
        await StartAsync(MailAt(server.Port));
        await GiveAddressAsync(World.Member, "mia@example.org");
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
            await db.Users.Where(u => u.Id == World.Member.UserId).ExecuteUpdateAsync(set => set.SetProperty(u => u.DisplayName, "Mia\r\nBcc: all@evil.example\r\n\r\nBody"), Ct);

        await TellAsync(Notice() with { Title = "fine\r\nBcc: all@evil.example\r\n\r\nBody" }, World.Member.UserId);

        var mail = await server.NextAsync();
        mail.To.ShouldBe(["mia@example.org"]);
        mail.HeaderLines.ShouldNotContain(line => line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
        mail.Message.Bcc.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("mia@example.org\r\nRCPT TO:<all@evil.example>")]
    [InlineData("mia@example.org, all@evil.example")]
    [InlineData("not an address")]
    [InlineData("mia")]
    public async Task An_address_that_is_none_is_refused_for_good_and_reaches_no_server(string address)
    {
        await using var server = new SmtpReceiver();
        await StartAsync(MailAt(server.Port));
        await GiveAddressAsync(World.Member, address);

        await TellAsync(Notice(), World.Member.UserId);

        (await DeliveryAsync(d => d.Status == DeliveryStatus.Failed)).LastError.ShouldBe("That person’s address is no e-mail address.");
        server.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task A_recipient_refused_for_good_is_not_tried_again_and_admins_are_told()
    {
        await using var server = new SmtpReceiver { OnRecipient = _ => "550 5.1.1 nobody here" };
        await StartAsync(MailAt(server.Port));
        await GiveAddressAsync(World.Member, "mia@example.org");

        await TellAsync(Notice(), World.Member.UserId);

        var delivery = await DeliveryAsync(d => d.Status == DeliveryStatus.Failed);
        (delivery.Attempts, delivery.ResponseCode).ShouldBe((1, 550));
        delivery.LastError!.ShouldContain("nobody here");
        (await ReadAsync(db => db.Notices.Where(n => n.Kind == NoticeKind.DeliveryTrouble))).Select(n => n.UserId).ShouldBe([World.Admin.UserId]);
    }

    [Fact]
    public async Task What_is_refused_for_now_is_tried_again_after_a_pause_as_the_same_e_mail()
    {
        var answers = new Queue<string>(["451 4.3.0 later", "250 taken"]);
        await using var server = new SmtpReceiver { OnMessage = () => answers.Dequeue() };
        await StartAsync(MailAt(server.Port));
        await GiveAddressAsync(World.Member, "mia@example.org");
        await TellAsync(Notice(), World.Member.UserId);
        var waits = await DeliveryAsync(d => d is { Attempts: 1, ClaimedUntil: null });
        (waits.Status, waits.ResponseCode).ShouldBe((DeliveryStatus.Queued, 451));
        (waits.NextAttemptAt - Now).ShouldBeInRange(Backoff.First * 0.8, Backoff.First * 1.2);

        await PauseEndsAsync();

        (await server.NextAsync()).Message.MessageId.ShouldBe($"{waits.Id:n}@portal.example");
        (await DeliveryAsync(d => d.Status == DeliveryStatus.Sent)).Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task A_server_that_is_down_gets_everything_when_it_comes_back()
    {
        await using var server = new SmtpReceiver();
        await StartAsync(MailAt(server.Port));
        await GiveAddressAsync(World.Member, "mia@example.org");
        await server.GoDownAsync();
        await TellAsync(Notice(), World.Member.UserId);
        (await DeliveryAsync(d => d is { Attempts: 1, ClaimedUntil: null })).LastError!.ShouldStartWith("The mail server could not be used");

        server.ComeBack();
        await PauseEndsAsync();

        (await server.NextAsync()).To.ShouldBe(["mia@example.org"]);
    }

    [Fact]
    public async Task A_server_that_hangs_with_one_e_mail_holds_up_neither_others_nor_webhooks()
    {
        var release = new TaskCompletionSource();
        await using var server = new SmtpReceiver();
        await using var receiver = await HookReceiver.StartAsync();
        var portal = await StartAsync(MailAt(server.Port));
        await HookAsync(portal, World, receiver.Address, NoticeKind.Comment);
        await GiveAddressAsync(World.Member, "mia@example.org");
        await GiveAddressAsync(World.Owner, "olga@example.org");
        server.Hang = ("GREETING", release.Task);
        await TellAsync(Notice(), World.Member.UserId);
        await UntilAsync(() => Task.FromResult(server.Connections == 1));
        server.Hang = null;

        await TellAsync(Notice(NoticeKind.Comment), World.Owner.UserId);

        (await server.NextAsync()).To.ShouldBe(["olga@example.org"]);
        (await receiver.NextAsync()).Body.ShouldContain("Comment");
        (await ReadAsync(db => db.Deliveries.Where(d => d.UserId == World.Member.UserId))).Single().Status.ShouldBe(DeliveryStatus.Queued);
        release.SetResult();
        (await server.NextAsync()).To.ShouldBe(["mia@example.org"]);
    }

    [Fact]
    public async Task What_failed_for_a_day_is_given_up_and_told_once()
    {
        await using var server = new SmtpReceiver { OnMessage = () => "451 later" };
        await StartAsync(MailAt(server.Port));
        await GiveAddressAsync(World.Member, "mia@example.org");
        await TellAsync(Notice(), World.Member.UserId);
        await TellAsync(Notice(), World.Member.UserId);
        await UntilAsync(async () => (await ReadAsync(db => db.Deliveries)).All(d => d is { Attempts: 1, ClaimedUntil: null }));

        Postgres.Time.Advance(Backoff.GiveUpAfter);
        await WakeAsync();

        await UntilAsync(async () => (await ReadAsync(db => db.Deliveries)).All(d => d.Status == DeliveryStatus.GivenUp));
        (await ReadAsync(db => db.Notices.Where(n => n.Kind == NoticeKind.DeliveryTrouble))).ShouldHaveSingleItem().Title.ShouldBe("An e-mail could not be sent for a day");
    }

    [Fact]
    public async Task E_mail_that_must_be_encrypted_never_goes_out_in_the_clear()
    {
        await using var server = new SmtpReceiver();
        await StartAsync([.. MailAt(server.Port).Where(s => s.Item1 != "Portal:Smtp:Security")]);
        await GiveAddressAsync(World.Member, "mia@example.org");

        await TellAsync(Notice(), World.Member.UserId);

        (await DeliveryAsync(d => d is { Attempts: 1, ClaimedUntil: null })).Status.ShouldBe(DeliveryStatus.Queued);
        server.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task Switched_off_it_gives_up_what_waits_so_that_nothing_old_goes_out_later()
    {
        await using var server = new SmtpReceiver();
        await server.GoDownAsync();
        var portal = await StartAsync(MailAt(server.Port));
        await GiveAddressAsync(World.Member, "mia@example.org");
        await TellAsync(Notice(), World.Member.UserId);
        await DeliveryAsync(d => d is { Attempts: 1, ClaimedUntil: null });
        await StopAsync(portal);

        await StartAsync();

        (await DeliveryAsync(d => d.Status == DeliveryStatus.GivenUp)).LastError.ShouldBe("E-mail was switched off.");
    }
}
