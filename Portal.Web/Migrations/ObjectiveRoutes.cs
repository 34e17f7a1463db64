using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain.Migrations;
using Portal.Web.Api;

namespace Portal.Web.Migrations;

/// <summary>An objective to set.</summary>
/// <param name="ObjectiveMs">Longest silence a move may cost, ms.</param>
/// <param name="ObjectivePings">Most pings lost at 1 Hz, instead of the silence; with neither, it is taken off.</param>
public sealed record ObjectiveBody(double? ObjectiveMs = null, int? ObjectivePings = null);

/// <summary>What users may at most notice of moves.</summary>
static class ObjectiveRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/machines/{id:guid}/objective", MachineAsync).WithTags("Migrations").WithSummary("What users may at most notice of a machine's moves, and whose objective that is");
        api.MapPut("/machines/{id:guid}/objective", SetMachineAsync).WithTags("Migrations").WithSummary("Set a machine's objective, or take it off; for those who work with it, and operators").Changes();
        api.MapGet("/projects/{id:guid}/objective", ProjectAsync).WithTags("Migrations").WithSummary("The objective of a project's machines that have none of their own");
        api.MapPut("/projects/{id:guid}/objective", SetProjectAsync).WithTags("Migrations").WithSummary("Set a project's objective, or take it off; for its owners and admins").Changes();
    }

    static async Task<Results<Ok<ObjectiveView>, JsonHttpResult<Problem>>> MachineAsync(ClaimsPrincipal user, Guid id, ObjectiveService objectives, CancellationToken ct) =>
        (await objectives.OfMachineAsync(user.Actor(), id, ct)).OkOr404("machine");

    static async Task<Results<Ok<ObjectiveView>, JsonHttpResult<Problem>>> SetMachineAsync(ClaimsPrincipal user, Guid id, ObjectiveBody body, ObjectiveService objectives, CancellationToken ct) =>
        (await objectives.SetForMachineAsync(user.Actor(), id, body.ObjectiveMs, body.ObjectivePings, ct)).Ok();

    static async Task<Results<Ok<ObjectiveView>, JsonHttpResult<Problem>>> ProjectAsync(ClaimsPrincipal user, Guid id, ObjectiveService objectives, CancellationToken ct) =>
        (await objectives.OfProjectAsync(user.Actor(), id, ct)).OkOr404("project");

    static async Task<Results<Ok<ObjectiveView>, JsonHttpResult<Problem>>> SetProjectAsync(ClaimsPrincipal user, Guid id, ObjectiveBody body, ObjectiveService objectives, CancellationToken ct) =>
        (await objectives.SetForProjectAsync(user.Actor(), id, body.ObjectiveMs, body.ObjectivePings, ct)).Ok();
}
