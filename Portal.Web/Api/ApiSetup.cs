using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.OpenApi;
using Portal.Web.Accounts;

namespace Portal.Web.Api;

/// <summary>Registers and maps the REST API.</summary>
public static class ApiSetup
{
    /// <summary>Where it is.</summary>
    public const string Root = "/api/v1";

    /// <summary>Registers how the API reads, writes and describes itself.</summary>
    public static IServiceCollection AddPortalApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
            // A misspelt field must not be a setting silently left at its default.
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddProblemDetails();
        services.AddExceptionHandler<ApiFaults>();
        services.AddSingleton<Portal.Domain.Accounts.ApiReplies>();
        services.AddOpenApi("v1", options =>
        {
            options.ShouldInclude = description => description.RelativePath?.StartsWith("api/v1", StringComparison.Ordinal) == true;
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo { Title = "Portal", Version = "v1", Description = "Virtual machines by request: ask, decide, operate, move. Errors are RFC 9457 problems; a POST with an Idempotency-Key is carried out once." };
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
                document.Components.SecuritySchemes["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API token, made on the account page or by POST /api/v1/tokens." };
                document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", document)] = [] }];
                return Task.CompletedTask;
            });
        });
        return services;
    }

    /// <summary>Maps every feature's endpoints, for bearer tokens only: a cookie must not be enough to act from another site.</summary>
    public static void MapPortalApi(this WebApplication app)
    {
        var byToken = new AuthorizationPolicyBuilder(TokenAuthentication.SchemeName).RequireAuthenticatedUser().Build();
        var api = app.MapGroup(Root).RequireAuthorization(byToken).DisableAntiforgery();
        api.MapAccount();
        api.MapProjects();
        api.MapRequests();
        api.MapApprovals();
        api.MapMachines();
        api.MapMigrationEndpoints();
        api.MapHosts();
        api.MapOperations();
        api.MapAudit();
        app.MapTokenForSession();
        app.MapOpenApi(Root + "/openapi.json").AllowAnonymous();
        app.Map(Root + "/{**rest}", () => Problems.Make(StatusCodes.Status404NotFound, "no-such-call", "There is no such call.", $"{Root}/openapi.json lists them all.")).AllowAnonymous().ExcludeFromDescription();
    }
}
