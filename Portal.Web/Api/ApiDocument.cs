using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Portal.Web.Api;

/// <summary>The OpenAPI document: what the framework finds in the routes, and what it cannot know.</summary>
static class ApiDocument
{
    const string Scheme = "token";

    public static void Configure(OpenApiOptions options)
    {
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/v1/", StringComparison.Ordinal) == true;
        options.CreateSchemaReferenceId = NameOf;
        options.AddDocumentTransformer((document, _, _) => Introduce(document));
        options.AddOperationTransformer((operation, context, _) => Complete(operation, context));
    }

    // Two kinds of decision meet here: that of a person on a request, and that of the controller during a move.
    static string? NameOf(JsonTypeInfo type) => type.Type == typeof(Domain.Approvals.Decision) ? "RequestDecision"
        : type.Type == typeof(Domain.Migrations.Decision) ? "MoveDecision"
        : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    static Task Introduce(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Portal",
            Version = "v1",
            Description = "Virtual machines: asking for them, deciding, switching, moving. Every error is a Problem (RFC 9457). Times are ISO 8601 in UTC. "
                + "Send an Idempotency-Key with what changes something, and the same one when you try again: the call is carried out once, and what it came to is answered again for a day. A refusal that may pass is looked at anew.",
        };
        // Whoever reads this reached it by its address; the one this process sees may be a proxy's inner one.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API token from the account page, “POST /tokens”, or the verb “Portal.Web token”." },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    }

    static Task Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var (metadata, path) = (context.Description.ActionDescriptor.EndpointMetadata, context.Description.RelativePath ?? "");
        operation.OperationId = string.Join('-', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(2).Select(part => part.Trim('{', '}').Split(':')[0]).Prepend((context.Description.HttpMethod ?? "").ToLowerInvariant()));
        operation.Parameters ??= [];
        if (metadata.OfType<ChangesSomething>().Any())
            operation.Parameters.Add(new OpenApiParameter { Name = ChangesSomething.Header, In = ParameterLocation.Header, Description = "A random UUID for this call; the same one when it is sent again.", Schema = Text(ChangesSomething.MostKey) });
        if (metadata.OfType<ListShape>().FirstOrDefault() is { } shape)
            Describe(operation, shape);
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (status is "201" or "202" && response is OpenApiResponse own)
                own.Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal) { ["Location"] = new OpenApiHeader { Description = "Where to find it.", Schema = Text() } };
        }
        return Task.CompletedTask;
    }

    static void Describe(OpenApiOperation operation, ListShape shape)
    {
        foreach (var parameter in operation.Parameters!.OfType<OpenApiParameter>())
        {
            (parameter.Name, parameter.Description) = parameter.Name?.ToLowerInvariant() switch
            {
                "search" => ("search", "Text to look for."),
                "sort" => ("sort", $"Field to order by: {string.Join(", ", shape.Sorts)}; '-' before it for descending."),
                "skip" => ("skip", "Rows to leave out from the start."),
                "take" => ("take", $"Rows to return: 1 to {Domain.ListQuery.MostRows}; {Paging.Usual} when not said."),
                _ => (parameter.Name, parameter.Description),
            };
        }
        foreach (var filter in shape.Filters)
        {
            operation.Parameters!.Add(new OpenApiParameter
            {
                Name = filter.Name, In = ParameterLocation.Query, Schema = Text(),
                Description = filter.Values is { } values ? $"Only those: {string.Join(", ", values)}; several with commas between." : filter.IsId ? "Only those of this identifier." : filter.IsTime ? $"Only those {(filter.Name == "to" ? "before" : "from")} this moment{(filter.Name == "to" ? "" : " on")}, ISO 8601." : "Only those with exactly this.",
            });
        }
    }

    static OpenApiSchema Text(int? most = null) => new() { Type = JsonSchemaType.String, MaxLength = most };
}
