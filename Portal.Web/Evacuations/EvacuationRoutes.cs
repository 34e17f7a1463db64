using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Evacuations;
using Portal.Web.Api;

namespace Portal.Web.Evacuations;

/// <summary>How a host goes back into service.</summary>
/// <param name="BringBack">How the machines that left it come back; left out: they stay where they are.</param>
public sealed record ServiceBody(EvacuationOrder? BringBack = null);

/// <summary>Maintenance of hosts: planning, emptying, following, and taking back into service.</summary>
static class EvacuationRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var hosts = api.MapGroup("/hosts/{id:guid}").WithTags("Maintenance");
        hosts.MapPost("/maintenance/preview", PlanAsync).WithSummary("Who would go where in what order, how long it takes, the longest silence, and who stays and why; changes nothing");
        hosts.MapPost("/maintenance", StartAsync).WithSummary("Put a host into maintenance: nothing is placed on it from now on, and its machines move to other hosts").Changes();
        hosts.MapPost("/service/preview", PlanBackAsync).WithSummary("What bringing back the machines that left a host would do; changes nothing");
        hosts.MapPost("/service", ReleaseAsync).WithSummary("Take a host back into service, and have its machines come back if that is wished").Changes();
        var evacuations = api.MapGroup("/evacuations").WithTags("Maintenance");
        evacuations.MapGet("", ListAsync).WithSummary("Evacuations of hosts, newest first; for those who look after hosts")
            .Lists(["created", "host", "status"], ListFilter.Of<EvacuationStatus>("status"), ListFilter.Of<EvacuationKind>("kind"), ListFilter.Id("host"));
        evacuations.MapGet("/{id:guid}", GetAsync).WithSummary("An evacuation with every machine's turn");
        evacuations.MapPost("/{id:guid}/pause", PauseAsync).WithSummary("Begin no more moves; those under way end").Changes();
        evacuations.MapPost("/{id:guid}/resume", ResumeAsync).WithSummary("Go on").Changes();
        evacuations.MapPost("/{id:guid}/cancel", CancelAsync).WithSummary("Give it up: moves under way are asked to stop, what moved stays where it is, the host stays in maintenance").Changes();
    }

    static string Where(EvacuationDetails details) => $"/evacuations/{details.Evacuation.Id}";

    static async Task<Results<Ok<EvacuationPreview>, JsonHttpResult<Problem>>> PlanAsync(ClaimsPrincipal user, Guid id, EvacuationOrder body, EvacuationService evacuations, CancellationToken ct) =>
        (await evacuations.PlanAsync(user.Actor(), id, EvacuationKind.Empty, body, ct)).Ok();

    static async Task<Results<Ok<EvacuationPreview>, JsonHttpResult<Problem>>> PlanBackAsync(ClaimsPrincipal user, Guid id, EvacuationOrder body, EvacuationService evacuations, CancellationToken ct) =>
        (await evacuations.PlanAsync(user.Actor(), id, EvacuationKind.BringBack, body, ct)).Ok();

    static async Task<Results<Accepted<EvacuationDetails>, JsonHttpResult<Problem>>> StartAsync(ClaimsPrincipal user, Guid id, EvacuationOrder body, EvacuationService evacuations, CancellationToken ct) =>
        (await evacuations.StartAsync(user.Actor(), id, body, ct)).Accepted(Where);

    static async Task<Results<Ok<BackInService>, JsonHttpResult<Problem>>> ReleaseAsync(ClaimsPrincipal user, Guid id, ServiceBody body, EvacuationService evacuations, CancellationToken ct) =>
        (await evacuations.ReleaseAsync(user.Actor(), id, body.BringBack, ct)).Ok();

    static async Task<Ok<Page<EvacuationRow>>> ListAsync(ClaimsPrincipal user, [AsParameters] Api.Paging paging, HttpRequest http, EvacuationService evacuations, CancellationToken ct) =>
        TypedResults.Ok(await evacuations.ListAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Results<Ok<EvacuationDetails>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, EvacuationService evacuations, CancellationToken ct) =>
        (await evacuations.GetAsync(user.Actor(), id, ct)).OkOr404("evacuation");

    static async Task<Results<Ok<EvacuationDetails>, JsonHttpResult<Problem>>> PauseAsync(ClaimsPrincipal user, Guid id, EvacuationService evacuations, CancellationToken ct) =>
        (await evacuations.PauseAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Ok<EvacuationDetails>, JsonHttpResult<Problem>>> ResumeAsync(ClaimsPrincipal user, Guid id, EvacuationService evacuations, CancellationToken ct) =>
        (await evacuations.ResumeAsync(user.Actor(), id, ct)).Ok();

    static async Task<Results<Accepted<EvacuationDetails>, JsonHttpResult<Problem>>> CancelAsync(ClaimsPrincipal user, Guid id, EvacuationService evacuations, CancellationToken ct) =>
        (await evacuations.CancelAsync(user.Actor(), id, ct)).Accepted(Where);
}
