using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Migrations;
using Portal.Domain.Migrations.History;
using Portal.Domain.Operations;
using Portal.Web.Migrations;

namespace Portal.Web.Api;

/// <summary>A move's measurements as they were taken: progress, phases, decisions and every ping.</summary>
/// <param name="Frames">In the order they were taken. A ping may stand twice: unanswered first, then with its answer.</param>
/// <param name="Last">Where they end; a later call continues after it. -1: there are none yet.</param>
public sealed record MigrationSamples(IReadOnlyList<MigrationFrame> Frames, int Last);

/// <summary>A limit for a move's stream.</summary>
/// <param name="MaxMibPerSecond">MiB/s; null: no limit.</param>
public sealed record LimitBody(int? MaxMibPerSecond);

/// <summary>Moves and their receipts.</summary>
static class MigrationRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var migrations = api.MapGroup("/migrations").WithTags("Migrations");
        migrations.MapGet("", ListAsync).WithSummary("Moves one may see, newest first")
            .Lists(["created", "machine", "status", "mode", "blackout"], ListFilter.Of<MigrationStatus>("status"), ListFilter.Of<MigrationMode>("mode"), ListFilter.Id("machine"), ListFilter.Id("project"), ListFilter.Id("host"), new ListFilter("route"), new ListFilter("memory"), new ListFilter("policy"), new ListFilter("days"));
        migrations.MapGet("/history/{by}", HistoryAsync).WithSummary("What moves came to, gathered by mode, route, policy or machine: silence, time, objectives kept, how far predictions were off")
            .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType).Lists(["moves", "name", "blackout", "p95", "took", "kept", "error", "last"], HistoryFilters);
        migrations.MapGet("/history/errors", ErrorsAsync).WithSummary("How far predictions were off over time, the oldest first").Lists([], HistoryFilters);
        migrations.MapGet("/live-vs-quick", CompareAsync).WithSummary("How long machines were silent by the way they moved and their memory, as distributions").Lists([], HistoryFilters);
        migrations.MapGet("/{id:guid}", GetAsync).WithSummary("A move with its receipt: predicted beside measured, phases, decisions");
        migrations.MapGet("/{id:guid}/samples", SamplesAsync).WithSummary("Everything measured during a move, every ping included, as it was stored").Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType);
        migrations.MapPut("/{id:guid}/limit", LimitAsync).WithSummary("Limit the stream of a move that waits or is under way; the receipt says who set what").Changes();
        migrations.MapGet("/{id:guid}/receipt.{form}", (ClaimsPrincipal user, Guid id, string form, MigrationService service, IWebHostEnvironment host, CancellationToken ct) => Migrations.Export.ReceiptEndpoints.AnswerAsync(user.Actor(), id, form, service, host, ct))
            .WithSummary("A receipt as a file: json has everything, csv the samples, png the chart").Produces<Migrations.Export.ReceiptDocument>(StatusCodes.Status200OK, "application/json", "text/csv", "image/png").Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType).Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType);
        migrations.MapPost("/{id:guid}/cancel", CancelAsync).WithSummary("Ask a move to stop: the machine stays where it is, unless it is past the point of no return").Changes();
    }

    static ListFilter[] HistoryFilters =>
    [
        new ListFilter("days"), ListFilter.Of<MigrationMode>("mode"), new ListFilter("policy"), ListFilter.Id("machine"), ListFilter.Id("host"), ListFilter.Id("project"), new ListFilter("route"),
    ];

    // A number is read as one of the names even where it is none of them.
    static async Task<Results<Ok<Page<HistoryRow>>, JsonHttpResult<Problem>>> HistoryAsync(ClaimsPrincipal user, HistoryBy by, [AsParameters] Paging paging, HttpRequest http, MoveHistory history, CancellationToken ct) =>
        Enum.IsDefined(by)
            ? TypedResults.Ok(await history.ByAsync(user.Actor(), by, paging.ToQuery(http), ct))
            : Problems.Make(StatusCodes.Status404NotFound, "not-found", "There is no such history.", "Moves are gathered by Mode, Route, Policy or Machine: /api/v1/migrations/history/Mode.");

    static async Task<Ok<Page<ErrorPoint>>> ErrorsAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, MoveHistory history, CancellationToken ct) =>
        (await history.ErrorsAsync(user.Actor(), paging.ToQuery(http), ct)).Whole();

    static async Task<Ok<LiveVsQuick>> CompareAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, MoveHistory history, CancellationToken ct) =>
        TypedResults.Ok(await history.CompareAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Ok<Page<MigrationRow>>> ListAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, MigrationService migrations, CancellationToken ct) =>
        TypedResults.Ok(await migrations.ListAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Results<Ok<MigrationDetails>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, MigrationService migrations, CancellationToken ct) =>
        (await migrations.GetAsync(user.Actor(), id, ct)).OkOr404("move");

    static async Task<Results<Ok<MigrationSamples>, JsonHttpResult<Problem>>> SamplesAsync(
        ClaimsPrincipal user, Guid id, [Description("The last of an earlier call, to get only what came since.")] int? after, MigrationService migrations, CancellationToken ct)
    {
        if (await migrations.ReadChunksAsync(user.Actor(), id, after ?? -1, ct) is not { } chunks)
            return Problems.NotFound("move");
        return TypedResults.Ok(new MigrationSamples([.. chunks.SelectMany(chunk => FrameCodec.Unpack(chunk.Payload))], chunks is [.., var last] ? last.Ordinal : after ?? -1));
    }

    static async Task<Results<Ok<MigrationRow>, JsonHttpResult<Problem>>> LimitAsync(ClaimsPrincipal user, Guid id, LimitBody body, MigrationService migrations, CancellationToken ct) =>
        (await migrations.LimitAsync(user.Actor(), id, body.MaxMibPerSecond, ct)).Ok();

    static async Task<Results<Accepted<OperationRow>, JsonHttpResult<Problem>>> CancelAsync(ClaimsPrincipal user, Guid id, MigrationService migrations, OperationService operations, CancellationToken ct) =>
        await migrations.GetAsync(user.Actor(), id, ct) is { } move
            ? (await operations.CancelAsync(user.Actor(), move.Migration.OperationId, ct)).Accepted(OperationRoutes.Where)
            : Problems.NotFound("move");
}
