using System.Net;
using System.Text.Json.Nodes;

namespace Portal.Tests.Web.Api;

/// <summary>Texts PostgreSQL cannot keep, in every text of every call the document lists: a plain refusal, never a fault.</summary>
[Collection(ApiCollection.Name)]
public sealed class GarbledTextTests(ApiPortal portal)
{
    [Theory]
    [InlineData(@"x\u0000y")]
    [InlineData(@"x\ud800y")]
    public async Task Every_text_of_every_body_is_looked_at(string garbled)
    {
        var world = await portal.NewWorldAsync();
        using var admin = await portal.CallerAsync(world.Admin);
        var request = (await admin.PostAsync("requests", world.Draft()))["id"];
        var machine = await world.AddMachineAsync(host: portal.Host);
        var document = (await admin.GetAsync("openapi.json")).Json;
        var tried = 0;
        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                if (Resolve(document, operation!["requestBody"]?["content"]?["application/json"]?["schema"]) is not { } schema)
                    continue;
                var id = path.Contains("machines", StringComparison.Ordinal) ? machine.Id.ToString() : request;
                foreach (var (text, _) in schema["properties"]!.AsObject().Where(p => Kind(document, p.Value!) == "text"))
                {
                    var body = string.Join(',', schema["properties"]!.AsObject().Select(p => $"\"{p.Key}\":{(p.Key == text ? $"\"{garbled}\"" : Plain(document, p.Value!))}"));
                    var reply = await admin.SendAsync(new HttpMethod(method.ToUpperInvariant()), path["/api/v1/".Length..].Replace("{id}", id, StringComparison.Ordinal), $"{{{body}}}");
                    ((int)reply.Status).ShouldBeInRange(200, 499, $"{method} {path} with {text}: {reply.Text}");
                    if (!path.EndsWith("/preview", StringComparison.Ordinal))
                        reply.Status.ShouldBeOneOf([HttpStatusCode.UnprocessableEntity, HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.Conflict], $"{method} {path} with {text}: {reply.Text}");
                    tried++;
                }
            }
        }

        tried.ShouldBeGreaterThanOrEqualTo(14);
    }

    static JsonNode? Resolve(JsonNode document, JsonNode? schema)
    {
        if (schema?["oneOf"]?.AsArray().FirstOrDefault(s => s!["$ref"] is not null) is { } one)
            schema = one;
        return schema?["$ref"]?.ToString() is { } reference ? document["components"]!["schemas"]![reference.Split('/')[^1]] : schema;
    }

    static string Kind(JsonNode document, JsonNode property)
    {
        var schema = Resolve(document, property)!;
        var type = schema["type"] is JsonArray several ? several.Select(t => t!.ToString()).First(t => t != "null") : schema["type"]?.ToString();
        return schema["enum"] is not null ? "enum"
            : type == "array" ? "array"
            : type != "string" ? "number"
            : schema["format"]?.ToString() == "uuid" ? "id" : "text";
    }

    static string Plain(JsonNode document, JsonNode property) => Kind(document, property) switch
    {
        "text" => "\"plain\"",
        "id" => $"\"{Guid.NewGuid()}\"",
        "enum" => $"\"{Resolve(document, property)!["enum"]![0]}\"",
        "array" => $"[\"{Guid.NewGuid()}\"]",
        _ => "1",
    };
}
