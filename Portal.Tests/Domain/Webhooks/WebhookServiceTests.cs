using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Webhooks;
using Portal.Tests.Domain.Notices;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Webhooks;

public sealed class WebhookServiceTests(PostgresCluster cluster) : NoticeTest(cluster)
{
    static readonly WebhookDraft Draft = new("chat", "https://chat.example.org/hooks/s3cr3t", [NoticeKind.LeaseEnding]);

    WebhookService Service => Get<WebhookService>();

    Actor Auditor => World.Stranger with { Platform = PlatformRoles.Auditor };

    [Fact]
    public async Task Owners_look_after_their_projects_webhooks_and_admins_after_all()
    {
        var made = (await Service.CreateAsync(World.Owner, World.Project.Id, Draft, Ct)).Value;
        var platform = (await Service.CreateAsync(World.Admin, null, Draft with { Name = "all" }, Ct)).Value;

        made.Secret.ShouldStartWith("whsec_");
        (await NamesAsync(World.Owner)).ShouldBe(["chat"]);
        (await NamesAsync(World.Admin)).ShouldBe(["all", "chat"]);
        (await NamesAsync(Auditor)).ShouldBe(["all", "chat"]);
        (await Service.GetAsync(World.Owner, platform.Webhook.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Service.GetAsync(Auditor, made.Webhook.Id, Ct)).Value.ShouldSatisfyAllConditions(v => v.Url.ShouldBe("https://chat.example.org"), v => v.MayChange.ShouldBeFalse());
    }

    [Fact]
    public async Task Of_those_made_at_once_no_more_are_taken_than_there_may_be()
    {
        for (var n = 1; n < WebhookService.Most; n++)
            (await Service.CreateAsync(World.Owner, World.Project.Id, Draft with { Name = $"hook {n}" }, Ct)).IsOk.ShouldBeTrue();

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => Service.CreateAsync(World.Owner, World.Project.Id, Draft with { Name = $"late {n}" }, Ct), Ct)));

        made.Count(answer => answer.IsOk).ShouldBe(1);
        made.Where(answer => !answer.IsOk).ShouldAllBe(answer => answer.Refusal is TooManyWebhooks);
        (await NamesAsync(World.Owner)).Count().ShouldBe(WebhookService.Most);
    }

    [Fact]
    public async Task Strangers_viewers_and_members_have_none_and_auditors_change_none()
    {
        var hook = (await Service.CreateAsync(World.Owner, World.Project.Id, Draft, Ct)).Value.Webhook;
        var delivery = (await Service.PingAsync(World.Owner, hook.Id, Ct)).Value;
        var deliveries = Get<DeliveryService>();
        foreach (var nobody in new[] { World.Stranger, World.Viewer, World.Member })
        {
            (await NamesAsync(nobody)).ShouldBeEmpty();
            (await Service.GetAsync(nobody, hook.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
            (await Service.ChangeAsync(nobody, hook.Id, hook.Version, Draft, Ct)).Refusal.ShouldBeOfType<NotFound>();
            (await Service.RotateAsync(nobody, hook.Id, TimeSpan.Zero, Ct)).Refusal.ShouldBeOfType<NotFound>();
            (await Service.PingAsync(nobody, hook.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
            (await Service.DeleteAsync(nobody, hook.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
            (await Service.CreateAsync(nobody, null, Draft, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
            (await Service.CreateAsync(nobody, World.Project.Id, Draft, Ct)).IsOk.ShouldBeFalse();
            (await deliveries.ListAsync(nobody, new(), Ct)).Total.ShouldBe(0);
            (await deliveries.RedeliverAsync(nobody, delivery, Ct)).Refusal.ShouldBeOfType<NotFound>();
        }

        (await Service.CreateAsync(World.Stranger, World.Project.Id, Draft, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Service.ChangeAsync(Auditor, hook.Id, hook.Version, Draft, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Service.DeleteAsync(Auditor, hook.Id, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await deliveries.ListAsync(Auditor, new(), Ct)).Total.ShouldBe(1);
        (await deliveries.RedeliverAsync(Auditor, delivery, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await deliveries.RedeliverAsync(World.Owner, delivery, Ct)).Refusal.ShouldBeOfType<DeliveryUnderWay>();
    }

    [Theory]
    [InlineData("name", "")]
    [InlineData("name", " \t ")]
    [InlineData("name", "a\nb")]
    [InlineData("name", "a\u202eb")]
    [InlineData("name", "LONG")]
    [InlineData("url", "")]
    [InlineData("url", "chat.example.org")]
    [InlineData("url", "ftp://chat.example.org")]
    [InlineData("url", "javascript:alert(1)")]
    [InlineData("url", "file:///etc/passwd")]
    [InlineData("url", "https://user:pass@chat.example.org/")]
    [InlineData("url", "https://chat.example.org/#part")]
    [InlineData("url", "https://chat.example.org/a b")]
    [InlineData("url", "https://chat.example.org/\r\nHost: evil")]
    [InlineData("url", "https://chät.example.org/")]
    [InlineData("url", "https://")]
    [InlineData("url", "LONG")]
    [InlineData("url", "http://127.0.0.1:5432/")]
    [InlineData("url", "http://10.1.2.3/")]
    [InlineData("url", "http://169.254.169.254/latest/meta-data")]
    [InlineData("url", "http://[::1]/")]
    [InlineData("url", "http://[::ffff:10.0.0.1]/")]
    [InlineData("url", "http://0/")]
    [InlineData("url", "http://2130706433/")]
    [InlineData("url", "http://0x7f000001/")]
    public async Task A_field_that_breaks_a_rule_is_named(string field, string text)
    {
        var value = text == "LONG" ? "https://x.example/" + new string('x', 1_000_000) : text;
        var draft = field == "name" ? Draft with { Name = value } : Draft with { Url = value };

        (await Service.CreateAsync(World.Owner, World.Project.Id, draft, Ct)).Refusal.ShouldNotBeNull().Field.ShouldBe(field);
    }

    [Fact]
    public async Task Without_a_kind_or_past_the_most_there_is_none()
    {
        (await Service.CreateAsync(World.Owner, World.Project.Id, Draft with { Kinds = [] }, Ct)).Refusal!.Field.ShouldBe("kinds");
        (await Service.CreateAsync(World.Owner, World.Project.Id, Draft with { Kinds = [(NoticeKind)99] }, Ct)).Refusal!.Field.ShouldBe("kinds");
        for (var n = 0; n < WebhookService.Most; n++)
            (await Service.CreateAsync(World.Owner, World.Project.Id, Draft, Ct)).IsOk.ShouldBeTrue();
        (await Service.CreateAsync(World.Owner, World.Project.Id, Draft, Ct)).Refusal.ShouldBeOfType<TooManyWebhooks>();
    }

    [Fact]
    public async Task A_stale_change_is_answered_with_who_changed_what_and_changes_nothing()
    {
        var hook = (await Service.CreateAsync(World.Owner, World.Project.Id, Draft, Ct)).Value.Webhook;
        var first = (await Service.ChangeAsync(World.Admin, hook.Id, hook.Version, Draft with { Name = "talk", IsEnabled = false }, Ct)).Value;

        var stale = (await Service.ChangeAsync(World.Owner, hook.Id, hook.Version, Draft with { Name = "mine" }, Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>();

        stale.By.ShouldBe(World.Admin.Name);
        stale.Fields.ShouldBe([new FieldDifference("Name", "talk", "mine"), new FieldDifference("Enabled", "off", "on")]);
        (await Service.GetAsync(World.Owner, hook.Id, Ct)).Value.Name.ShouldBe("talk");
        (await Service.ChangeAsync(World.Owner, hook.Id, first.Version, Draft with { Name = "mine" }, Ct)).Value.Name.ShouldBe("mine");
    }

    [Fact]
    public async Task The_audit_trail_tells_every_change_and_neither_secret_nor_path()
    {
        var made = (await Service.CreateAsync(World.Owner, World.Project.Id, Draft, Ct)).Value;
        var hook = made.Webhook;
        await Service.ChangeAsync(World.Owner, hook.Id, hook.Version, Draft with { Name = "talk" }, Ct);
        var rotated = (await Service.RotateAsync(World.Owner, hook.Id, TimeSpan.FromHours(24), Ct)).Value;
        (await Service.RotateAsync(World.Owner, hook.Id, TimeSpan.FromDays(30), Ct)).Refusal!.Field.ShouldBe("overlap");
        await Service.PingAsync(World.Owner, hook.Id, Ct);
        await Service.DeleteAsync(World.Owner, hook.Id, Ct);

        var events = await ReadAsync(db => db.AuditEvents.Where(e => e.SubjectId == hook.Id).OrderBy(e => e.Id));
        events.Select(e => e.Action).ShouldBe(["webhook.create", "webhook.change", "webhook.rotate", "webhook.ping", "webhook.delete"], ignoreOrder: true);
        events.Single(e => e.Action == "webhook.change").Detail.ShouldContain("before");
        foreach (var secret in new[] { made.Secret, rotated.Secret, "s3cr3t" })
            events.ShouldAllBe(e => !e.Detail.Contains(secret));
        rotated.Webhook.OldSecretUntil.ShouldBe(Now + TimeSpan.FromHours(24));
        (await ReadAsync(db => db.Deliveries)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_context_of_an_actor_shows_the_webhooks_and_deliveries_of_their_projects_only()
    {
        var hook = (await Service.CreateAsync(World.Owner, World.Project.Id, Draft, Ct)).Value.Webhook;
        await Service.CreateAsync(World.Admin, null, Draft, Ct);
        await Service.PingAsync(World.Owner, hook.Id, Ct);

        await using var mine = await Portal.Domain.Scoping.Scopes.ForAsync(Postgres.Contexts, World.Member, Ct);
        await using var none = await Portal.Domain.Scoping.Scopes.ForAsync(Postgres.Contexts, World.Stranger, Ct);

        (await mine.Webhooks.Select(h => h.Id).ToListAsync(Ct), await mine.Deliveries.CountAsync(Ct)).ShouldBe(([hook.Id], 1), Comparer);
        (await none.Webhooks.CountAsync(Ct), await none.Deliveries.CountAsync(Ct)).ShouldBe((0, 0));
    }

    static IEqualityComparer<(List<Guid>, int)> Comparer { get; } = EqualityComparer<(List<Guid>, int)>.Create((a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2 == b.Item2, _ => 0);

    async Task<IEnumerable<string>> NamesAsync(Actor actor) => (await Service.ListAsync(actor, new(), Ct)).Items.Select(h => h.Name);
}
