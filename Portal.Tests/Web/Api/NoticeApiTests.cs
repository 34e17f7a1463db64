using System.Net;
using Portal.Domain.Notices;

namespace Portal.Tests.Web.Api;

/// <summary>Notices, preferences, webhooks and deliveries as programs see them.</summary>
[Collection(ApiCollection.Name)]
public sealed class NoticeApiTests(ApiPortal portal)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Notices_are_listed_and_marked_read()
    {
        var world = await portal.NewWorldAsync();
        await using (var db = await portal.Contexts.CreateDbContextAsync(Ct))
            await NoticeBoard.TellAsync(db, new(NoticeKind.LeaseEnding, "web-01 ends", null, "/machines/1", Guid.NewGuid(), world.Project.Id), [world.Member.UserId], DateTimeOffset.UtcNow, Ct);
        using var member = await portal.CallerAsync(world.Member);
        using var owner = await portal.CallerAsync(world.Owner);

        var list = await member.GetAsync("notices?read=no&kind=LeaseEnding&sort=-at");
        list.Json["items"]![0]!["title"]!.ToString().ShouldBe("web-01 ends");
        (await owner.GetAsync("notices")).Json["total"]!.GetValue<int>().ShouldBe(0);
        var id = list.Json["items"]![0]!["id"]!.ToString();
        (await owner.PostAsync("notices/read", new { ids = new[] { id } }))["marked"].ShouldBe("0");
        (await member.PostAsync("notices/read", new { ids = new[] { id } }))["marked"].ShouldBe("1");
        (await member.PostAsync("notices/read", new { }))["marked"].ShouldBe("0");
        (await member.GetAsync("notices?read=maybe")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-parameter");
    }

    [Fact]
    public async Task Preferences_are_ones_own()
    {
        using var member = await portal.CallerAsync((await portal.NewWorldAsync()).Member);

        (await member.SendAsync(HttpMethod.Put, "notices/preferences/comment", new { inPage = true, byEmail = false })).Status.ShouldBe(HttpStatusCode.OK);

        var comment = (await member.GetAsync("notices/preferences")).Json["kinds"]!.AsArray().Single(k => k!["kind"]!.ToString() == "Comment")!;
        (comment["byEmail"]!.GetValue<bool>(), comment["isDefault"]!.GetValue<bool>()).ShouldBe((false, false));
        (await member.SendAsync(HttpMethod.Put, "notices/preferences/weather", new { inPage = true, byEmail = false })).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_webhook_lives_its_life_and_its_secret_is_told_once()
    {
        var world = await portal.NewWorldAsync();
        using var owner = await portal.CallerAsync(world.Owner);
        using var member = await portal.CallerAsync(world.Member);
        var body = new { name = "chat", url = "https://chat.invalid/a", kinds = new[] { "Comment" }, projectId = world.Project.Id };
        (await member.PostAsync("webhooks", body)).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        (await owner.PostAsync("webhooks", new { body.name, body.url, body.kinds })).ShouldBeProblem(HttpStatusCode.Forbidden, "not-allowed");
        (await owner.PostAsync("webhooks", new { body.name, url = "http://169.254.169.254/", body.kinds, body.projectId })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "webhook-target-not-allowed");

        var made = await owner.PostAsync("webhooks", body, key: "make-chat");
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        var secret = made["secret"];
        var id = made.Json["webhook"]!["id"]!.ToString();
        secret.ShouldStartWith("whsec_");
        (await owner.PostAsync("webhooks", body, key: "make-chat")).ShouldBeProblem(HttpStatusCode.Conflict, "secret-shown-once").Text.ShouldNotContain(secret);
        var read = await owner.GetAsync($"webhooks/{id}");
        read.Text.ShouldNotContain("whsec_");
        (await member.GetAsync($"webhooks/{id}")).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");

        var change = new { version = read.Json["version"]!.GetValue<uint>(), name = "talk", body.url, body.kinds, isEnabled = true };
        (await owner.SendAsync(HttpMethod.Put, $"webhooks/{id}", change))["name"].ShouldBe("talk");
        (await owner.SendAsync(HttpMethod.Put, $"webhooks/{id}", change)).ShouldBeProblem(HttpStatusCode.Conflict, "changed-meanwhile");
        (await owner.PostAsync($"webhooks/{id}/rotate", new { overlapHours = 1 }))["secret"].ShouldStartWith("whsec_");
        (await owner.PostAsync($"webhooks/{id}/rotate", new { overlapHours = int.MaxValue })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-overlap");
        var ping = await owner.PostAsync($"webhooks/{id}/ping");
        ping.Status.ShouldBe(HttpStatusCode.Accepted, ping.Text);
        (await owner.GetAsync($"deliveries?webhook={id}&kind=Ping")).Json["items"]![0]!["id"]!.ToString().ShouldBe(ping["deliveryId"]);
        (await member.GetAsync("deliveries")).Json["total"]!.GetValue<int>().ShouldBe(0);
        (await member.PostAsync($"deliveries/{ping["deliveryId"]}/redeliver")).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
        (await owner.DeleteAsync($"webhooks/{id}")).Status.ShouldBe(HttpStatusCode.OK);
        (await owner.GetAsync($"webhooks/{id}")).ShouldBeProblem(HttpStatusCode.NotFound, "not-found");
    }
}
