using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Migrations;
using Portal.Domain.Schedules;
using Portal.Web.Api;

namespace Portal.Web.Schedules;

/// <summary>Schedules to make for a machine, all or none.</summary>
/// <param name="Parts">What is done when: a pair of on and off, or one.</param>
public sealed record SchedulesBody(IReadOnlyList<SchedulePart> Parts);

/// <summary>Schedules to make for a machine, a tag or what is on a host, all or none.</summary>
/// <param name="Target">What they are about: machineId, or projectId and tag, or hostId.</param>
/// <param name="Parts">What is done when; for a tag or a host only moves.</param>
public sealed record SchedulesOfBody(ScheduleTarget Target, IReadOnlyList<SchedulePart> Parts);

/// <summary>What a schedule says from now on.</summary>
/// <param name="Timing">When.</param>
/// <param name="Version">The version that was read.</param>
/// <param name="Enabled">Whether it runs.</param>
/// <param name="Move">How and where to, for a relocation.</param>
/// <param name="Window">How long after its time it may begin something; left out: the usual.</param>
public sealed record ScheduleBody(ScheduleTiming Timing, int Version, bool Enabled = true, MigrationParameters? Move = null, ScheduleWindow? Window = null);

/// <summary>Schedules: looking at them, making, changing and removing them.</summary>
static class ScheduleRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var schedules = api.MapGroup("/schedules").WithTags("Schedules");
        schedules.MapGet("", ListAsync).WithSummary("Schedules one may see, the next to run first")
            .Lists(["next", "machine", "kind", "project"], ListFilter.Of<ScheduleKind>("kind"), new ListFilter("enabled", ["true", "false"]), ListFilter.Of<ScheduleOutcome>("outcome"), new ListFilter("about", ["machine", "tag", "host"]), new ListFilter("tag"), ListFilter.Id("machine"), ListFilter.Id("host"), ListFilter.Id("project"));
        schedules.MapPost("", CreateOfAsync).WithSummary("Make schedules for a machine, the machines with a tag or what is on a host, all or none").Changes();
        schedules.MapGet("/{id:guid}", GetAsync).WithSummary("A schedule");
        schedules.MapGet("/{id:guid}/runs", RunsAsync).WithSummary("The runs of a schedule with what became of each machine, the newest first, at most 200");
        schedules.MapPut("/{id:guid}", ChangeAsync).WithSummary("Say anew when a schedule runs").Changes();
        schedules.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Delete a schedule with its history").Changes();
        api.MapPost("/machines/{id:guid}/schedules", CreateAsync).WithTags("Schedules").WithSummary("Make schedules for a machine, all or none").Changes();
    }

    static async Task<Ok<Page<ScheduleRow>>> ListAsync(ClaimsPrincipal user, [AsParameters] Api.Paging paging, HttpRequest http, ScheduleService schedules, CancellationToken ct) =>
        TypedResults.Ok(await schedules.ListAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Results<Ok<ScheduleRow>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, ScheduleService schedules, CancellationToken ct) =>
        (await schedules.GetAsync(user.Actor(), id, ct)).OkOr404("schedule");

    static async Task<Results<Ok<Page<ScheduleRunRow>>, JsonHttpResult<Problem>>> RunsAsync(ClaimsPrincipal user, Guid id, ScheduleService schedules, CancellationToken ct) =>
        await schedules.RunsAsync(user.Actor(), id, ListQuery.MostRows, ct) is { } runs ? runs.Whole() : Problems.NotFound("schedule");

    static async Task<Results<Created<ScheduleRow[]>, JsonHttpResult<Problem>>> CreateAsync(ClaimsPrincipal user, Guid id, SchedulesBody body, ScheduleService schedules, CancellationToken ct) =>
        (await schedules.CreateAsync(user.Actor(), id, body.Parts, ct)).Created(made => $"/schedules?machine={made[0].MachineId}");

    static async Task<Results<Created<ScheduleRow[]>, JsonHttpResult<Problem>>> CreateOfAsync(ClaimsPrincipal user, SchedulesOfBody body, ScheduleService schedules, CancellationToken ct) =>
        (await schedules.CreateAsync(user.Actor(), body.Target, body.Parts, ct)).Created(made => $"/schedules/{made[0].Id}");

    static async Task<Results<Ok<ScheduleRow>, JsonHttpResult<Problem>>> ChangeAsync(ClaimsPrincipal user, Guid id, ScheduleBody body, ScheduleService schedules, CancellationToken ct) =>
        (await schedules.ChangeAsync(user.Actor(), id, body.Timing, body.Move, body.Enabled, body.Version, ct, body.Window)).Ok();

    static async Task<Results<Ok<Done>, JsonHttpResult<Problem>>> DeleteAsync(ClaimsPrincipal user, Guid id, ScheduleService schedules, CancellationToken ct) =>
        (await schedules.DeleteAsync(user.Actor(), id, ct)).Ok();
}
