using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain.Snapshots;

namespace Portal.Web.Api;

/// <summary>A snapshot to take.</summary>
/// <param name="Name">What to call it; 1 to 40 characters, no other of the machine's may be called that.</param>
/// <param name="Note">What it is for; at most 500 characters.</param>
public sealed record SnapshotBody(string Name, string? Note = null);

/// <summary>Snapshots of machines.</summary>
static class SnapshotRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var snapshots = api.MapGroup("/machines/{id:guid}/snapshots").WithTags("Snapshots");
        snapshots.MapGet("", ListAsync).WithSummary("A machine's snapshots, newest first, and what could be done with them now or why not");
        snapshots.MapPost("", TakeAsync).WithSummary("Copy the disk of a machine that is off, by an operation to follow").Changes();
        snapshots.MapPost("/{snapshot:guid}/revert", RevertAsync).WithSummary("Put the disk of a machine that is off back to a snapshot, by an operation to follow; what was written since is lost").Changes();
        snapshots.MapDelete("/{snapshot:guid}", DeleteAsync).WithSummary("Delete a snapshot, by an operation to follow; cannot be undone").Changes();
    }

    static async Task<Results<Ok<SnapshotList>, JsonHttpResult<Problem>>> ListAsync(ClaimsPrincipal user, Guid id, SnapshotService snapshots, CancellationToken ct) =>
        (await snapshots.ListAsync(user.Actor(), id, ct)).OkOr404("machine");

    static async Task<Results<Accepted<SnapshotOrder>, JsonHttpResult<Problem>>> TakeAsync(ClaimsPrincipal user, Guid id, SnapshotBody body, HttpContext context, SnapshotService snapshots, CancellationToken ct) =>
        (await snapshots.TakeAsync(user.Actor(), id, body.Name, body.Note, context.CallKey(), ct)).Accepted(Where);

    static async Task<Results<Accepted<SnapshotOrder>, JsonHttpResult<Problem>>> RevertAsync(ClaimsPrincipal user, Guid id, Guid snapshot, HttpContext context, SnapshotService snapshots, CancellationToken ct) =>
        (await snapshots.RevertAsync(user.Actor(), id, snapshot, context.CallKey(), ct)).Accepted(Where);

    static async Task<Results<Accepted<SnapshotOrder>, JsonHttpResult<Problem>>> DeleteAsync(ClaimsPrincipal user, Guid id, Guid snapshot, HttpContext context, SnapshotService snapshots, CancellationToken ct) =>
        (await snapshots.DeleteAsync(user.Actor(), id, snapshot, context.CallKey(), ct)).Accepted(Where);

    static string Where(SnapshotOrder order) => OperationRoutes.Where(order.Operation);
}
