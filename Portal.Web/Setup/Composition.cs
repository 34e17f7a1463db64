using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Portal.Domain;
using Portal.Web.Accounts;
using Portal.Web.Migrations.Export;
using Portal.Web.Api;
using Portal.Web.Audit;
using Portal.Web.Health;
using Portal.Web.Layout;
using Portal.Web.Migrations;
using Portal.Web.Notices;
using Portal.Web.Operations;
using Portal.Web.Security;
using Portal.Web.Timing;

namespace Portal.Web.Setup;

/// <summary>How the parts meet: what is registered, and the order in which a request passes them.</summary>
public static class Composition
{
    /// <summary>Registers everything the process needs.</summary>
    public static void AddPortal(this WebApplicationBuilder builder, Settings settings)
    {
        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddPortalNotices(settings);
        services.AddPortalDomain(settings.ConnectionString);
        services.AddPortalAccounts();
        services.AddPortalOperations();
        services.AddPortalTiming(settings);
        services.AddPortalMigrations();
        services.AddHostedService<AuditSealer>();
        services.AddScoped<CircuitHandler, CircuitCount>();
        services.AddSingleton<Readiness>();
        services.AddPortalPages();
        services.AddPortalApi(settings);
        services.AddRazorComponents().AddInteractiveServerComponents();
    }

    /// <summary>Orders the middleware and maps every feature's endpoints.</summary>
    public static void UsePortal(this WebApplication app)
    {
        app.UsePortalProxies();
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = FaultPage.WriteAsync });
        app.Use(FaultPage.FillUnreadFormAsync);
        app.UsePortalApiGate();
        app.UseMiddleware<OriginCheck>();
        app.UseAuthentication();
        app.UseMiddleware<OwnPasswordFirst>();
        app.UseAuthorization();
        app.UsePortalApiKeys();
        app.UseAntiforgery();

        app.MapStaticAssets();
        app.MapPortalAccounts();
        app.MapPortalMigrations();
        app.MapPortalAudit();
        app.MapPortalReceipts();
        app.MapPortalApi();
        app.MapPortalHealth();
        app.MapRazorComponents<Layout.App>().AddInteractiveServerRenderMode().Add(SignedInOnly);
    }

    /// <summary>A circuit costs memory for as long as it stays open: nobody gets one before signing in. No page without sign-in has one.</summary>
    private static void SignedInOnly(EndpointBuilder endpoint)
    {
        if (endpoint is RouteEndpointBuilder route && route.RoutePattern.RawText?.Trim('/') is "_blazor" or "_blazor/negotiate")
            endpoint.Metadata.Add(new AuthorizeAttribute());
    }
}
