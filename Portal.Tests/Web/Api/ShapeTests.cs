using System.Net;

namespace Portal.Tests.Web.Api;

/// <summary>What is refused before any service is asked: by its address, its method, its size, its form.</summary>
[Collection(ApiCollection.Name)]
public sealed class ShapeTests(ApiPortal portal)
{
    [Theory]
    [InlineData("GET", "nothing", HttpStatusCode.NotFound, "not-found")]
    [InlineData("GET", "machines/one", HttpStatusCode.NotFound, "not-found")]
    [InlineData("PUT", "me", HttpStatusCode.MethodNotAllowed, "method-not-allowed")]
    [InlineData("POST", "requests", HttpStatusCode.BadRequest, "missing-body")]
    public async Task What_routing_refuses_is_a_problem_too(string method, string path, HttpStatusCode status, string code)
    {
        using var member = await portal.CallerAsync((await portal.NewWorldAsync()).Member);
        (await member.SendAsync(new HttpMethod(method), path)).ShouldBeProblem(status, code);
    }

    [Theory]
    [InlineData("""{"name":""", "malformed-json", null)]
    [InlineData("""{"name":"ci","colour":"red"}""", "unknown-member", "colour")]
    [InlineData("""{"name":"ci","name":"cd"}""", "duplicate-member", null)]
    [InlineData("""{"lifetimeDays":3}""", "missing-member", "name")]
    [InlineData("""{"name":null}""", "invalid-value", "name")]
    [InlineData("""{"name":"ci","lifetimeDays":"3"}""", "invalid-value", "lifetimeDays")]
    public async Task A_body_that_is_not_as_described_is_refused_and_says_where(string body, string code, string? member)
    {
        using var caller = await portal.CallerAsync((await portal.NewWorldAsync()).Member);
        var reply = (await caller.PostAsync("tokens", body)).ShouldBeProblem(HttpStatusCode.BadRequest, code);
        if (member is not null)
            reply.Json["errors"]![member].ShouldNotBeNull();
        reply.Text.ShouldNotContain("Portal.Web");
    }

    [Theory]
    [InlineData("\"Explode\"")]
    [InlineData("1")]
    public async Task A_choice_is_named_and_must_be_one_that_exists(string action)
    {
        using var caller = await portal.CallerAsync((await portal.NewWorldAsync()).Member);
        (await caller.PostAsync($"machines/{Guid.NewGuid()}/power", $$"""{"action":{{action}}}""")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-value").Json["errors"]!["action"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("key")]
    public async Task A_body_past_64_KiB_is_refused(string? key)
    {
        using var caller = await portal.CallerAsync((await portal.NewWorldAsync()).Member);
        (await caller.PostAsync("tokens", $$"""{"name":"{{new string('x', 65 * 1024)}}"}""", key)).ShouldBeProblem(HttpStatusCode.RequestEntityTooLarge, "too-large");
    }

    [Fact]
    public async Task A_body_that_is_not_declared_as_JSON_is_refused()
    {
        using var caller = await portal.CallerAsync((await portal.NewWorldAsync()).Member);
        (await caller.SendAsync(HttpMethod.Post, "tokens", """{"name":"ci"}""", mediaType: "text/plain")).ShouldBeProblem(HttpStatusCode.UnsupportedMediaType, "not-json");
    }
}
