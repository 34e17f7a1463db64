using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Webhooks;
using Portal.Tests.Postgres;

namespace Portal.Tests.Web.Notices;

/// <summary>Webhooks against real web servers on the loopback.</summary>
public sealed class WebhookDeliveryTests(PostgresCluster cluster) : DeliveryTest(cluster)
{
    [Fact]
    public async Task A_call_says_what_happened_and_is_signed()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var portal = await StartAsync(("Portal:PublicUrl", "https://portal.example/"));
        var hook = await HookAsync(portal, World, new(receiver.Address, "/hooks/portal?team=a"));

        await TellAsync(Notice() with { Title = "web-01 ends – „bald“" });

        var call = await receiver.NextAsync();
        var delivery = await DeliveryAsync(d => d.Status == DeliveryStatus.Sent);
        (call.Path, call.ContentType, call.Delivery).ShouldBe(("/hooks/portal", "application/json; charset=utf-8", delivery.Id.ToString()));
        SignedBy(call, hook.Secret).ShouldBeTrue();
        SignedBy(call, "whsec_another").ShouldBeFalse();
        SignedBy(call with { Body = call.Body + " " }, hook.Secret).ShouldBeFalse();
        var body = JsonNode.Parse(call.Body)!.AsObject();
        body.Select(p => p.Key).ShouldBe(["id", "kind", "at", "title", "link", "subject", "project"]);
        ((string?)body["id"], (string?)body["kind"], (string?)body["title"], (string?)body["link"]).ShouldBe((delivery.Id.ToString(), "LeaseEnding", "web-01 ends – „bald“", "https://portal.example/machines/1"));
        DateTimeOffset.Parse((string)body["at"]!).ShouldBe(Now);
        (delivery.Attempts, delivery.ResponseCode).ShouldBe((1, 204));
    }

    [Fact]
    public async Task A_receiver_that_fails_is_called_again_under_the_same_identifier()
    {
        var answers = new Queue<int>([500, 200]);
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Answer = context => { context.Response.StatusCode = answers.Dequeue(); return Task.CompletedTask; };
        await HookAsync(await StartAsync(), World, receiver.Address);
        await TellAsync(Notice());
        var first = await receiver.NextAsync();
        (await DeliveryAsync(d => d is { Attempts: 1, ClaimedUntil: null })).LastError.ShouldBe("The receiver answered 500.");

        await PauseEndsAsync();

        (await receiver.NextAsync()).Delivery.ShouldBe(first.Delivery);
        (await DeliveryAsync(d => d.Status == DeliveryStatus.Sent)).Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task A_receiver_that_hangs_is_left_after_ten_seconds_and_holds_up_no_other()
    {
        await using var hangs = await HookReceiver.StartAsync();
        hangs.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await using var well = await HookReceiver.StartAsync();
        var portal = await StartAsync();
        var slow = await HookAsync(portal, World, hangs.Address);
        await HookAsync(portal, World, well.Address);

        for (var n = 0; n < 20; n++)
            await TellAsync(Notice());

        for (var n = 0; n < 20; n++)
            await well.NextAsync();
        hangs.Waiting.ShouldBe(1, "one caller at a time waits for it");
        await UntilAsync(async () => (await ReadAsync(db => db.Deliveries.Where(d => d.WebhookId == slow.Webhook.Id && d.LastError != null))).Any(d => d.LastError == "There was no answer within 10 s."));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Answer = context => { context.Response.Redirect("/elsewhere"); return Task.CompletedTask; };
        await HookAsync(await StartAsync(), World, receiver.Address);

        await TellAsync(Notice());

        (await DeliveryAsync(d => d is { Attempts: 1, ClaimedUntil: null })).LastError.ShouldBe("The receiver answered 302; redirects are not followed.");
        (await receiver.NextAsync()).Path.ShouldBe("/");
        receiver.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read()
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Answer = async context =>
        {
            var noise = new byte[65536];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(noise, context.RequestAborted);
        };
        await HookAsync(await StartAsync(), World, receiver.Address);

        await TellAsync(Notice());

        (await DeliveryAsync(d => d.Status == DeliveryStatus.Sent)).DurationMs!.Value.ShouldBeLessThan(5000);
    }

    [Fact]
    public async Task A_name_that_leads_where_webhooks_may_not_is_not_called()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var portal = await StartAsync(("Portal:WebhookTargets", "10.99.0.0/16"));
        var url = new UriBuilder(receiver.Address) { Host = "localhost" }.Uri;
        await HookAsync(portal, World, url);

        await TellAsync(Notice());

        (await DeliveryAsync(d => d.Status == DeliveryStatus.Queued && d.LastError != null)).LastError.ShouldBe("localhost leads to no public address, nor to one an admin allowed in Portal__WebhookTargets.");
        receiver.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task Both_secrets_count_after_a_rotation_until_its_time_is_over()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var portal = await StartAsync();
        var hook = await HookAsync(portal, World, receiver.Address);
        var hooks = portal.GetRequiredService<WebhookService>();
        var rotated = (await hooks.RotateAsync(World.Owner, hook.Webhook.Id, TimeSpan.FromHours(1), Ct)).Value;

        await TellAsync(Notice());
        var during = await receiver.NextAsync();
        Postgres.Time.Advance(TimeSpan.FromHours(1));
        await TellAsync(Notice());
        var after = await receiver.NextAsync();

        (SignedBy(during, hook.Secret), SignedBy(during, rotated.Secret)).ShouldBe((true, true));
        (SignedBy(after, hook.Secret), SignedBy(after, rotated.Secret)).ShouldBe((false, true));
    }

    [Fact]
    public async Task Two_portals_on_one_database_deliver_each_once()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var portal = await StartAsync();
        await StartAsync();
        for (var n = 0; n < 5; n++)
            await HookAsync(portal, World, new(receiver.Address, $"/{n}"));

        for (var n = 0; n < 40; n++)
            await TellAsync(Notice());

        await UntilAsync(async () => (await ReadAsync(db => db.Deliveries.Where(d => d.Status != DeliveryStatus.Sent))).Count == 0);
        receiver.Waiting.ShouldBe(200);
        var calls = new List<string>();
        while (receiver.Waiting > 0)
            calls.Add((await receiver.NextAsync()).Delivery);
        calls.Distinct().Count().ShouldBe(200);
        (await ReadAsync(db => db.Deliveries)).ShouldAllBe(d => d.Attempts == 1);
    }

    [Fact]
    public async Task Only_wanted_kinds_of_ones_own_project_are_called_and_only_while_it_is_on()
    {
        await using var receiver = await HookReceiver.StartAsync();
        var portal = await StartAsync();
        var hooks = portal.GetRequiredService<WebhookService>();
        var other = await Postgres.NewWorldAsync();
        await HookAsync(portal, World, new(receiver.Address, "/mine"));
        await HookAsync(portal, other, new(receiver.Address, "/theirs"));
        var off = (await HookAsync(portal, World, new(receiver.Address, "/off"))).Webhook;
        (await hooks.ChangeAsync(World.Owner, off.Id, off.Version, new(off.Name, off.Url, off.Kinds, false), Ct)).IsOk.ShouldBeTrue();
        (await hooks.CreateAsync(World.Admin, null, new("all", new Uri(receiver.Address, "/all").AbsoluteUri, [NoticeKind.LeaseEnding]), Ct)).IsOk.ShouldBeTrue();

        await TellAsync(Notice(NoticeKind.Comment));
        await TellAsync(Notice());

        await UntilAsync(async () => (await ReadAsync(db => db.Deliveries.Where(d => d.Status == DeliveryStatus.Sent))).Count == 2);
        new[] { (await receiver.NextAsync()).Path, (await receiver.NextAsync()).Path }.Order().ShouldBe(["/all", "/mine"]);
        receiver.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_test_and_a_delivery_sent_again_go_out_even_so_and_the_secret_is_never_logged()
    {
        var status = 500;
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Answer = context => { context.Response.StatusCode = status; return Task.CompletedTask; };
        var portal = await StartAsync();
        var hook = await HookAsync(portal, World, receiver.Address);

        (await portal.GetRequiredService<WebhookService>().PingAsync(World.Owner, hook.Webhook.Id, Ct)).IsOk.ShouldBeTrue();
        var ping = await receiver.NextAsync();
        JsonNode.Parse(ping.Body)!["kind"]!.ToString().ShouldBe("Ping");
        await DeliveryAsync(d => d is { Attempts: 1, ClaimedUntil: null });
        Postgres.Time.Advance(Backoff.GiveUpAfter);
        await WakeAsync();
        await DeliveryAsync(d => d.Status == DeliveryStatus.GivenUp);
        await receiver.NextAsync();
        status = 200;
        (await portal.GetRequiredService<DeliveryService>().RedeliverAsync(World.Owner, Guid.Parse(ping.Delivery), Ct)).IsOk.ShouldBeTrue();

        (await receiver.NextAsync()).Delivery.ShouldBe(ping.Delivery);
        await DeliveryAsync(d => d is { Status: DeliveryStatus.Sent, Attempts: 3 });
        Log.ShouldNotContain(line => line.Contains(hook.Secret, StringComparison.Ordinal));
        (await ReadAsync(db => db.Webhooks)).Single().Secret.ShouldNotContain(hook.Secret);
    }

    /* Written from the description alone: nothing of the portal's is used. */
    internal static bool SignedBy(ReceivedCall call, string secret)
    {
        var parts = call.Signature.Split(',').Select(p => p.Split('=', 2)).ToList();
        var t = parts.Single(p => p[0] == "t")[1];
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(secret));
        var expected = Convert.ToHexString(hmac.ComputeHash(Encoding.UTF8.GetBytes($"{t}.{call.Body}"))).ToLowerInvariant();
        return parts.Any(p => p[0] == "v1" && p[1] == expected);
    }
}
