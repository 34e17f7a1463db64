using Portal.Domain;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Web.Migrations;

namespace Portal.Web.Api;

/// <summary>Moves, their receipts and their samples.</summary>
public static class MigrationApi
{
    /// <summary>A move to be made.</summary>
    /// <param name="MachineId">The machine.</param>
    /// <param name="DestinationHostId">Where to; the best host when not said.</param>
    /// <param name="Mode">How; live when not said.</param>
    /// <param name="ObjectiveMs">Longest silence allowed, ms.</param>
    public sealed record NewMove(Guid MachineId, Guid? DestinationHostId = null, MigrationMode Mode = MigrationMode.Live, double? ObjectiveMs = null);

    internal static void MapMigrationEndpoints(this IEndpointRouteBuilder api)
    {
        var moves = api.MapGroup("/migrations");
        moves.MapGet("", ([AsParameters] Paging paging, HttpRequest http, Caller caller, MigrationService service, CancellationToken cancellationToken) =>
            service.ListAsync(caller.Actor, paging.ToQuery(http), cancellationToken)).WithSummary("Moves one may see, newest first.");
        moves.MapGet("/{id:guid}", async (Guid id, Caller caller, MigrationService service, CancellationToken cancellationToken) =>
            Answers.OkOrMissing(await service.GetAsync(caller.Actor, id, cancellationToken), "move")).WithSummary("A move and its receipt: predicted beside measured.");
        moves.MapGet("/{id:guid}/samples", SamplesAsync).WithSummary("Every frame and every ping of a move, as they were streamed; while it runs, as far as it is.");
        moves.MapPost("", async (NewMove move, Caller caller, MigrationService service, CancellationToken cancellationToken) =>
            (await service.StartAsync(caller.Actor, move.MachineId, move.DestinationHostId, move.Mode, move.ObjectiveMs, caller.Key, cancellationToken))
                .Match(row => Results.Accepted($"{ApiSetup.Root}/migrations/{row.Id}", row), Problems.From)).WithSummary("Moves a machine.");
        moves.MapPost("/{id:guid}/cancel", async (Guid id, Caller caller, MigrationService service, OperationService operations, CancellationToken cancellationToken) =>
            await service.GetAsync(caller.Actor, id, cancellationToken) is { } found
                ? Answers.Begun(await operations.CancelAsync(caller.Actor, found.Migration.OperationId, cancellationToken))
                : Problems.From(new NotFound("move"))).WithSummary("Stops a move; the machine stays where it is while that is still possible.");
    }

    private static async Task<IResult> SamplesAsync(Guid id, Caller caller, MigrationService service, CancellationToken cancellationToken)
    {
        if (await service.ReadChunksAsync(caller.Actor, id, afterOrdinal: -1, cancellationToken) is not { } chunks)
            return Problems.From(new NotFound("move"));
        return Results.Json(chunks.SelectMany(chunk => FrameCodec.Unpack(chunk.Payload)), FrameCodec.Json);
    }
}
