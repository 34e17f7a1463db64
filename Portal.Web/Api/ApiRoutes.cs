using Microsoft.AspNetCore.Authorization;
using Portal.Domain.Accounts;
using Portal.Web.Accounts;
using Portal.Web.Affinity;
using Portal.Web.Balance;
using Portal.Web.Evacuations;
using Portal.Web.Setup;
using Portal.Web.Leases;
using Portal.Web.MovePolicies;
using Portal.Web.Schedules;

namespace Portal.Web.Api;

/// <summary>Registers the REST API, its middleware, and its routes.</summary>
public static class ApiRoutes
{
    /// <summary>What every address of the API begins with.</summary>
    public const string Prefix = "/api";

    /// <summary>What every address of this version begins with.</summary>
    public const string Root = "/api/v1";

    /// <summary>Registers what the API needs.</summary>
    public static IServiceCollection AddPortalApi(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<ApiReplies>();
        services.ConfigureHttpJsonOptions(ApiJson.Configure);
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddRateLimiter(options => CallLimits.Configure(options, settings));
        services.AddOpenApi("v1", ApiDocument.Configure);
        return services;
    }

    /// <summary>
    /// The API's outer layers; before sign-in is looked at, so that a database that is away then is told the API's way too. A token is a
    /// question to the database wherever it is sent, so calls with one are counted everywhere.
    /// </summary>
    public static void UsePortalApiGate(this WebApplication app)
    {
        app.UseWhen(IsApi, api => api.UseMiddleware<ApiGate>());
        app.UseWhen(context => IsApi(context) || context.Request.Headers.Authorization.Count > 0, counted => counted.UseRateLimiter());
    }

    /// <summary>The API's inner layer, once it is known who calls.</summary>
    public static void UsePortalApiKeys(this WebApplication app) => app.UseWhen(IsApi, api => api.UseMiddleware<Idempotency>());

    /// <summary>Maps every route of the API and the document that describes them.</summary>
    public static void MapPortalApi(this WebApplication app)
    {
        app.MapOpenApi(Root + "/openapi.json").AllowAnonymous();
        var api = app.MapGroup(Root).RequireAuthorization(new AuthorizationPolicyBuilder(TokenAuthentication.SchemeName).RequireAuthenticatedUser().Build());
        ((IEndpointConventionBuilder)api).Finally(ProblemAnswers.Describe);
        MeRoutes.Map(api);
        ProjectRoutes.Map(api);
        MemberRoutes.Map(api);
        PeopleRoutes.Map(api);
        QuotaRoutes.Map(api);
        RequestRoutes.Map(api);
        ApprovalRoutes.Map(api);
        DelegationRoutes.Map(api);
        PolicyRoutes.Map(api);
        MachineRoutes.Map(api);
        LeaseRoutes.Map(api);
        Migrations.ObjectiveRoutes.Map(api);
        ScheduleRoutes.Map(api);
        SnapshotRoutes.Map(api);
        MigrationRoutes.Map(api);
        MovePolicyRoutes.Map(api);
        AffinityRoutes.Map(api);
        BalanceRoutes.Map(api);
        HostRoutes.Map(api);
        EvacuationRoutes.Map(api);
        OperationRoutes.Map(api);
        AuditRoutes.Map(api);
        NoticeRoutes.Map(api);
        WebhookRoutes.Map(api);
    }

    static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments(Prefix, StringComparison.OrdinalIgnoreCase);
}
