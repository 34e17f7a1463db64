using System.Net;

namespace Portal.Tests.Web.Api;

[Collection(ApiCollection.Name)]
public sealed class IdempotencyTests(ApiPortal portal)
{
    [Fact]
    public async Task The_same_call_with_the_same_key_gets_the_same_answer_and_is_carried_out_once()
    {
        var world = await portal.NewWorldAsync();
        using var member = await portal.CallerAsync(world.Member);
        var (draft, key) = (world.Draft(), Guid.NewGuid().ToString());
        var first = await member.PostAsync("requests", draft, key);
        var again = await member.PostAsync("requests", draft, key);
        first.Status.ShouldBe(HttpStatusCode.Created);
        (again.Status, again.MediaType, again.Text, again.Headers.Location).ShouldBe((first.Status, first.MediaType, first.Text, first.Headers.Location));
        (await member.GetAsync("requests")).Json["total"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task The_same_key_for_another_call_is_refused()
    {
        var world = await portal.NewWorldAsync();
        using var member = await portal.CallerAsync(world.Member);
        var made = await member.PostAsync("requests", world.Draft(), "one");
        (await member.PostAsync("requests", world.Draft(), "one")).ShouldBeProblem(HttpStatusCode.Conflict, "idempotency-key-reused");
        (await member.PostAsync($"requests/{made["id"]}/withdraw", key: "one")).ShouldBeProblem(HttpStatusCode.Conflict, "idempotency-key-reused");
    }

    [Fact]
    public async Task Another_person_s_key_of_the_same_text_is_another_key()
    {
        var world = await portal.NewWorldAsync();
        using var member = await portal.CallerAsync(world.Member);
        using var owner = await portal.CallerAsync(world.Owner);
        (await member.PostAsync("requests", world.Draft(), "shared")).Status.ShouldBe(HttpStatusCode.Created);
        (await owner.PostAsync("requests", world.Draft(), "shared")).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_refusal_is_answered_again_as_it_was()
    {
        var world = await portal.NewWorldAsync();
        using var member = await portal.CallerAsync(world.Member);
        var draft = world.Draft("Bad_Name");
        var first = await member.PostAsync("requests", draft, "refused");
        (await member.PostAsync("requests", draft, "refused")).Text.ShouldBe(first.ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-machinename").Text);
    }

    [Fact]
    public async Task A_refusal_that_passes_is_not_kept()
    {
        var world = await portal.NewWorldAsync();
        using var member = await portal.CallerAsync(world.Member);
        var made = await member.PostAsync("requests", world.Draft("web-taken"), "first");
        var late = world.Draft("web-taken");
        (await member.PostAsync("requests", late, "late")).Status.ShouldBe(HttpStatusCode.Conflict);
        (await member.PostAsync($"requests/{made["id"]}/withdraw", key: "away")).Status.ShouldBe(HttpStatusCode.OK);
        (await member.PostAsync("requests", late, "late")).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Ten_calls_at_once_with_one_key_make_one_request()
    {
        var world = await portal.NewWorldAsync();
        using var member = await portal.CallerAsync(world.Member);
        var draft = world.Draft();
        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => member.PostAsync("requests", draft, "storm")));
        foreach (var late in replies.Where(r => r.Status != HttpStatusCode.Created))
            late.ShouldBeProblem(HttpStatusCode.Conflict, "idempotency-key-in-use").Headers.RetryAfter.ShouldNotBeNull();
        replies.Where(r => r.Status == HttpStatusCode.Created).Select(r => r.Text).Distinct().ShouldHaveSingleItem();
        (await member.GetAsync("requests")).Json["total"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task A_deletion_sent_again_is_the_same_operation()
    {
        var world = await portal.NewWorldAsync();
        var machine = await world.AddMachineAsync(host: portal.Host);
        using var member = await portal.CallerAsync(world.Member);
        var path = $"machines/{machine.Id}?confirmName={machine.Name}";
        var first = await member.DeleteAsync(path, "gone");
        (await member.DeleteAsync(path, "gone")).Text.ShouldBe(first.Text);
        (await member.GetAsync($"operations?machine={machine.Id}&kind=Delete")).Json["total"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task A_token_s_secret_is_not_told_twice_and_not_kept()
    {
        using var member = await portal.CallerAsync((await portal.NewWorldAsync()).Member);
        var made = await member.PostAsync("tokens", new { name = "ci" }, "token");
        made["secret"].ShouldStartWith("ptl_");
        var again = (await member.PostAsync("tokens", new { name = "ci" }, "token")).ShouldBeProblem(HttpStatusCode.Conflict, "secret-shown-once");
        again.Text.ShouldNotContain(made["secret"]);
        (await member.GetAsync("tokens?")).Json["items"]!.AsArray().Count(t => t!["name"]!.ToString() == "ci").ShouldBe(1);
    }
}
