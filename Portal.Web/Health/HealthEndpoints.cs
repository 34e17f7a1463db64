using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Operations;
using Portal.Web.Accounts;
using Portal.Web.Api;
using Portal.Web.Operations;
using Portal.Web.Security;
using Portal.Web.Timing;
using Prometheus;

namespace Portal.Web.Health;

/// <summary>Whether the process lives, whether it can serve, and its figures.</summary>
public static class HealthEndpoints
{
    /// <summary>Maps <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>.</summary>
    public static void MapPortalHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/healthz", () => Results.Text("alive\n")).AllowAnonymous();
        app.MapGet("/readyz", ReadyAsync).AllowAnonymous();
        app.MapGet("/metrics", FiguresAsync).AllowAnonymous();
    }

    private static async Task<IResult> ReadyAsync(HttpContext context, Readiness readiness, HostFleet fleet, TimingHealth timing, CancellationToken cancellationToken)
    {
        var database = await readiness.DatabaseProblemAsync(cancellationToken);
        var status = database is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        var health = FleetHealth.Of(fleet);
        string[] degraded =
        [
            .. health.Missing is { } missing ? [missing] : Array.Empty<string>(),
            .. timing.Problem is { } late ? [late] : Array.Empty<string>(),
            .. health is { Total: > 0, Connected: 0 } ? ["No host answers: machines cannot be made or moved until one does."] : Array.Empty<string>(),
        ];

        var word = database is not null ? "not ready" : degraded.Length > 0 ? "degraded" : "ready";
        // Accounts, addresses and versions are no stranger's business. Without the database nobody else can be told apart.
        if (!IsLocal(context) && (database is not null || !await IsAdminAsync(context)))
            return Results.Json(new { status = word }, statusCode: status);

        var report = new
        {
            status = word,
            reasons = database is not null ? [database] : degraded,
            database = database is null,
            libvirt = health.Libvirt?.ToString(),
            hosts = new { connected = health.Connected, total = health.Total },
        };
        return Results.Json(report, statusCode: status);
    }

    /// <summary>Figures tell about people and load: for this machine itself, or for an admin's token.</summary>
    private static async Task<IResult> FiguresAsync(HttpContext context, Readiness readiness, IDbContextFactory<PortalDbContext> contexts, HostFleet fleet, CancellationToken cancellationToken)
    {
        if (!IsLocal(context) && !await IsAdminAsync(context))
            return Problems.Make(StatusCodes.Status401Unauthorized, "admins-only", "Figures are for admins.", "Send an admin's token as 'Authorization: Bearer …', or ask from this machine itself.");

        foreach (var (state, count) in FleetHealth.Of(fleet).Links)
            PortalMetrics.Hosts.WithLabels(state).Set(count);
        if (await readiness.DatabaseProblemAsync(cancellationToken) is null)
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            PortalMetrics.Queued.Set(await db.Operations.CountAsync(operation => operation.Status == OperationStatus.Queued, cancellationToken));
        }

        return Results.Stream(body => Metrics.DefaultRegistry.CollectAndExportAsTextAsync(body, cancellationToken), "text/plain; version=0.0.4; charset=utf-8");
    }

    private static async Task<bool> IsAdminAsync(HttpContext context) =>
        (await context.AuthenticateAsync(TokenAuthentication.SchemeName)).Principal?.IsInRole(Roles.Admin) == true;

    private static bool IsLocal(HttpContext context) =>
        !Proxies.CameThrough(context.Request) && context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);
}
