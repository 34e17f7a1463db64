using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Portal.Bench;

/// <summary>The portal's REST API as a program uses it.</summary>
sealed class Api(Uri portal, string token) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    readonly HttpClient _client = new()
    {
        BaseAddress = new Uri(portal, "/api/v1/"),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    public Task<JsonNode> GetAsync(string path, CancellationToken ct) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path), ct);

    public Task<JsonNode> PostAsync(string path, object body, CancellationToken ct) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, ct);

    public Task<JsonNode> DeleteAsync(string path, CancellationToken ct) => SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), ct);

    /// <summary>Asks until the answer is what is waited for, five times a second unless told.</summary>
    /// <exception cref="TimeoutException">It was not within three minutes; the last answer is in the message.</exception>
    public async Task<JsonNode> UntilAsync(string path, Predicate<JsonNode> reached, CancellationToken ct, TimeSpan? interval = null)
    {
        var deadline = DateTime.UtcNow + Patience;
        using var tick = new PeriodicTimer(interval ?? TimeSpan.FromMilliseconds(200));
        while (true)
        {
            var answer = await GetAsync(path, ct);
            if (reached(answer))
                return answer;
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"{path} did not come to what was waited for: {answer.ToJsonString()}");
            await tick.WaitForNextTickAsync(ct);
        }
    }

    public void Dispose() => _client.Dispose();

    async Task<JsonNode> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using (request)
        {
            using var response = await _client.SendAsync(request, ct);
            var text = await response.Content.ReadAsStringAsync(ct);
            return response.IsSuccessStatusCode
                ? JsonNode.Parse(text)!
                : throw new ApiRefusedException((int)response.StatusCode, text, $"{request.Method} {request.RequestUri}");
        }
    }
}
