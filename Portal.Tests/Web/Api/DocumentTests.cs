using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Portal.Web.Setup;

namespace Portal.Tests.Web.Api;

[Collection(ApiCollection.Name)]
public sealed class DocumentTests(ApiPortal portal)
{
    [Fact]
    public async Task The_document_lists_every_route_and_no_other()
    {
        await using var app = Server.Build(["--applicationName=Portal.Web", $"--ConnectionStrings:Portal={portal.ConnectionString}"]);
        var routes = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.TrimStart('/') is { } path && path.StartsWith("api/", StringComparison.Ordinal) && !path.EndsWith("openapi.json", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(method => $"{method} {Plain(endpoint)}") ?? [$"* {Plain(endpoint)}"]).Order().ToList();
        var listed = (await DocumentAsync())["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(method => $"{method.Key.ToUpperInvariant()} {path.Key}")).Order().ToList();
        routes.Count.ShouldBeGreaterThan(35);
        listed.ShouldBe(routes);
    }

    [Fact]
    public async Task Every_route_says_what_it_does_what_it_answers_and_how_it_refuses()
    {
        foreach (var (path, methods) in (await DocumentAsync())["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                var responses = operation!["responses"]!.AsObject();
                operation["summary"]?.ToString().ShouldNotBeNullOrEmpty($"{method} {path}");
                var (status, answer) = responses.Where(r => r.Key[0] == '2').ShouldHaveSingleItem($"{method} {path}");
                (status == "204" || answer!["content"]?["application/json"]?["schema"] is not null).ShouldBeTrue($"{method} {path}");
                responses["401"]!["content"]!["application/problem+json"].ShouldNotBeNull($"{method} {path}");
                (operation["parameters"]?.AsArray().Any(p => p!["name"]!.ToString() == "Idempotency-Key") ?? false).ShouldBe(Changes(method, path), $"{method} {path}");
            }
        }
    }

    [Fact]
    public async Task Bearer_tokens_are_the_one_way_in()
    {
        var document = await DocumentAsync();
        var scheme = document["security"]!.AsArray().ShouldHaveSingleItem()!.AsObject().ShouldHaveSingleItem().Key;
        document["components"]!["securitySchemes"]![scheme]!["scheme"]!.ToString().ShouldBe("bearer");
    }

    static bool Changes(string method, string path) => method is "post" or "put" or "delete" && !path.EndsWith("/preview", StringComparison.Ordinal) && !path.EndsWith("/test", StringComparison.Ordinal);

    static string Plain(RouteEndpoint endpoint) => '/' + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
        _ => "",
    }))));

    async Task<JsonNode> DocumentAsync()
    {
        using var nobody = portal.Nobody();
        return (await nobody.GetAsync("openapi.json")).Json;
    }
}
