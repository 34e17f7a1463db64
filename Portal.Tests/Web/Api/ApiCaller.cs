using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Portal.Tests.Web.Api;

/// <summary>A program that calls the API with a token, or without one.</summary>
public sealed class ApiCaller(Uri portal, string? token) : IDisposable
{
    readonly HttpClient client = new() { BaseAddress = new Uri(portal, "/api/v1/") };

    public Task<ApiReply> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<ApiReply> PostAsync(string path, object? body = null, string? key = null) => SendAsync(HttpMethod.Post, path, body, key);

    public Task<ApiReply> DeleteAsync(string path, string? key = null) => SendAsync(HttpMethod.Delete, path, null, key);

    /// <summary>Calls. A text body is sent as it is, anything else as JSON.</summary>
    public async Task<ApiReply> SendAsync(HttpMethod method, string path, object? body = null, string? key = null, string mediaType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (body is not null)
            request.Content = new StringContent(body as string ?? System.Text.Json.JsonSerializer.Serialize(body, global::Portal.Domain.Json.Options), Encoding.UTF8, mediaType);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new ApiReply(response.StatusCode, response.Content.Headers.ContentType?.MediaType, response.Headers, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public void Dispose() => client.Dispose();
}

/// <summary>What the API answered.</summary>
public sealed record ApiReply(HttpStatusCode Status, string? MediaType, HttpResponseHeaders Headers, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new InvalidOperationException("The answer is null.");

    public string this[string member] => Json[member]?.ToString() ?? "";

    /// <summary>The answer is a problem of this status and code, complete.</summary>
    public ApiReply ShouldBeProblem(HttpStatusCode status, string code)
    {
        Status.ShouldBe(status, Text);
        MediaType.ShouldBe("application/problem+json");
        this["code"].ShouldBe(code);
        this["type"].ShouldBe("urn:portal:" + code);
        this["status"].ShouldBe(((int)status).ToString());
        this["title"].ShouldNotBeEmpty();
        this["detail"].ShouldNotBeEmpty();
        this["advice"].ShouldNotBeEmpty();
        return this;
    }
}
