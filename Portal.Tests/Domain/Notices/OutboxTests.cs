using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Webhooks;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Notices;

public sealed class OutboxTests(PostgresCluster cluster) : NoticeTest(cluster)
{
    static readonly DeliveryOutcome Arrived = new(true, null, false, 200, TimeSpan.FromMilliseconds(5));

    Outbox Outbox => Get<Outbox>();

    [Fact]
    public async Task However_many_ask_at_once_each_delivery_is_given_to_one()
    {
        await MailsAsync(60);

        var claims = (await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            var mine = new List<Guid>();
            while (await Outbox.ClaimAsync(DeliveryChannel.Email, LongLease, Ct) is { } claim)
                mine.Add(claim.Id);
            return mine;
        }))).SelectMany(m => m).ToList();

        claims.Count.ShouldBe(60);
        claims.Distinct().Count().ShouldBe(60);
    }

    [Fact]
    public async Task What_a_dead_process_held_is_tried_again_and_the_dead_one_writes_nothing()
    {
        await MailsAsync(1);
        var dead = (await Outbox.ClaimAsync(DeliveryChannel.Email, TimeSpan.Zero, Ct)).ShouldNotBeNull();

        var next = (await Outbox.ClaimAsync(DeliveryChannel.Email, LongLease, Ct)).ShouldNotBeNull();

        (next.Id, next.Attempt).ShouldBe((dead.Id, 2));
        (await Outbox.EndAsync(dead, Arrived, Ct)).ShouldBeNull();
        (await ReadAsync(db => db.Deliveries)).Single().Status.ShouldBe(DeliveryStatus.Queued);
        (await Outbox.EndAsync(next, Arrived, Ct)).ShouldBe(DeliveryStatus.Sent);
        (await Outbox.EndAsync(next, Arrived, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_delivery_handed_back_is_taken_at_once()
    {
        await MailsAsync(1);
        var claim = (await Outbox.ClaimAsync(DeliveryChannel.Email, LongLease, Ct)).ShouldNotBeNull();
        (await Outbox.ClaimAsync(DeliveryChannel.Email, LongLease, Ct)).ShouldBeNull();

        await Outbox.HandBackAsync(claim, Ct);

        (await Outbox.ClaimAsync(DeliveryChannel.Email, LongLease, Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_delivery_that_is_late_is_tried_once_before_it_is_given_up()
    {
        await MailsAsync(1);
        Postgres.Time.Advance(TimeSpan.FromDays(3));

        var claim = (await Outbox.ClaimAsync(DeliveryChannel.Email, LongLease, Ct)).ShouldNotBeNull();

        (await Outbox.EndAsync(claim, Arrived with { Ok = false, Error = "no" }, Ct)).ShouldBe(DeliveryStatus.GivenUp);
    }

    [Fact]
    public async Task Old_news_is_swept_and_what_waits_or_was_not_read_stays()
    {
        await MailsAsync(2);
        var sent = (await Outbox.ClaimAsync(DeliveryChannel.Email, LongLease, Ct)).ShouldNotBeNull();
        await Outbox.EndAsync(sent, Arrived, Ct);
        await Get<NoticeService>().ReadAsync(World.Member, [(await ReadAsync(db => db.Notices))[0].Id], Ct);
        (await Outbox.SweepAsync(Ct)).ShouldBe(0);
        Postgres.Time.Advance(Outbox.NoticesKept + TimeSpan.FromDays(1));

        (await Outbox.SweepAsync(Ct)).ShouldBe(2);

        (await ReadAsync(db => db.Deliveries)).Single().Status.ShouldBe(DeliveryStatus.Queued);
        (await ReadAsync(db => db.Notices)).Single().ReadAt.ShouldBeNull();
    }

    [Theory]
    [InlineData(1, 12, 18)]
    [InlineData(2, 24, 36)]
    [InlineData(5, 192, 288)]
    [InlineData(60, 8640, 12960)]
    public void Pauses_double_up_to_three_hours_with_a_fifth_of_chance(int tries, double least, double most)
    {
        Backoff.After(tries, 0).TotalSeconds.ShouldBe(least, 0.01);
        Backoff.After(tries, 1).TotalSeconds.ShouldBe(most, 0.01);
    }

    async Task MailsAsync(int count)
    {
        await Outbox.OpenEmailAsync(true, Ct);
        await GiveAddressAsync(World.Member, "mia@example.org");
        for (var n = 0; n < count; n++)
            await TellAsync(Notice(), World.Member.UserId);
    }
}
