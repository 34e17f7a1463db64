using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;

namespace Portal.Web.Api;

/// <summary>What the power is told.</summary>
/// <param name="Action">Start, ShutDown, Reset or PowerOff.</param>
public sealed record PowerBody(PowerAction Action);

/// <summary>The confirmation of a deletion.</summary>
/// <param name="ConfirmName">The machine's name.</param>
public sealed record DeleteBody(string ConfirmName);

/// <summary>Whether a machine is protected from deletion.</summary>
/// <param name="On">Whether.</param>
public sealed record ProtectionBody(bool On);

/// <summary>A machine's tags.</summary>
/// <param name="Tags">All of them.</param>
public sealed record TagsBody(IReadOnlyList<string> Tags);

/// <summary>A move to order.</summary>
/// <param name="Mode">Live, PostCopy, QuickDirect or QuickSaved; left out: live, or the mode that keeps the machine's objective.</param>
/// <param name="DestinationHostId">Where to; left out: the best, as the plan ranks them.</param>
/// <param name="ObjectiveMs">Longest silence allowed, ms; with neither objective, the machine's or its project's counts.</param>
/// <param name="Policy">How far a live move may go to come to its end: Gentle, Balanced, MustMove or MaintenanceWindow; left out: Balanced.</param>
/// <param name="PolicyId">A policy an admin made, in place of one that is built in.</param>
/// <param name="ObjectivePings">Most pings that a ping each second may lose.</param>
/// <param name="Override">Why the move is to be made although its objective will not be kept; goes to the audit trail.</param>
/// <param name="Stream">Limit, connections and compression of the stream; left out: none, one and none.</param>
public sealed record MoveBody(MigrationMode? Mode = null, Guid? DestinationHostId = null, double? ObjectiveMs = null, MigrationPolicy? Policy = null, Guid? PolicyId = null, int? ObjectivePings = null, string? Override = null, StreamWishes? Stream = null)
{
    /// <summary>The order.</summary>
    internal MigrationParameters Order => new(DestinationHostId, Mode ?? MigrationMode.Live, ObjectiveMs, Policy, PolicyId, ObjectivePings, AnyMode: Mode is null, Override) { Stream = Stream };
}

/// <summary>Machines: looking at them, switching, deleting and moving them.</summary>
static class MachineRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var machines = api.MapGroup("/machines").WithTags("Machines");
        machines.MapGet("", ListAsync).WithSummary("Machines one may see, by name; deleted ones only when the filter state names them")
            .Lists(["name", "state", "host", "memory", "created", "project", "address", "lease"], new ListFilter("lease", ["soon", "grace", "running", "none"]), ListFilter.Of<MachineState>("state"), ListFilter.Id("project"), ListFilter.Id("host"), new ListFilter("tag"));
        machines.MapGet("/{id:guid}", GetAsync).WithSummary("A machine, and what could be done with it now or why not");
        machines.MapGet("/{id:guid}/activity", ActivityAsync).WithSummary("What happened to a machine, newest first, at most 100");
        machines.MapPost("/{id:guid}/power", PowerAsync).WithSummary("Switch a machine's power, by an operation to follow").Changes();
        machines.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Delete a machine with its disk and snapshots, by an operation to follow; its name confirms it, in the body or the query").Changes();
        machines.MapPut("/{id:guid}/protection", ProtectAsync).WithSummary("Put a machine's protection from deletion on or take it off; for owners of its project").Changes();
        machines.MapPut("/{id:guid}/tags", TagAsync).WithSummary("Say which tags a machine has").Changes();
        machines.MapGet("/{id:guid}/migration-plan", PlanAsync).WithTags("Migrations").WithSummary("Where a machine could go, the best first, how, and what each way would cost; with look=true after a look at the guest and the hosts, which takes a second or two");
        machines.MapPost("/{id:guid}/migrations", MoveAsync).WithTags("Migrations").WithSummary("Move a machine to another host; for operators").Changes();
    }

    static async Task<Ok<Page<MachineRow>>> ListAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, MachineService machines, CancellationToken ct) =>
        TypedResults.Ok(await machines.ListAsync(user.Actor(), paging.ToQuery(http), ct));

    static async Task<Results<Ok<MachineDetails>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, MachineService machines, CancellationToken ct) =>
        (await machines.GetAsync(user.Actor(), id, ct)).OkOr404("machine");

    static async Task<Results<Ok<ProtectionBody>, JsonHttpResult<Problem>>> ProtectAsync(ClaimsPrincipal user, Guid id, ProtectionBody body, MachineService machines, CancellationToken ct)
    {
        var switched = await machines.ProtectAsync(user.Actor(), id, body.On, ct);
        return switched.IsOk ? TypedResults.Ok(new ProtectionBody(switched.Value)) : Problems.From(switched.Refusal);
    }

    static async Task<Results<Ok<TagsBody>, JsonHttpResult<Problem>>> TagAsync(ClaimsPrincipal user, Guid id, TagsBody body, MachineService machines, CancellationToken ct)
    {
        var tagged = await machines.TagAsync(user.Actor(), id, body.Tags, ct);
        return tagged.IsOk ? TypedResults.Ok(new TagsBody(tagged.Value)) : Problems.From(tagged.Refusal);
    }

    static async Task<Results<Ok<Page<ActivityEntry>>, JsonHttpResult<Problem>>> ActivityAsync(ClaimsPrincipal user, Guid id, MachineService machines, CancellationToken ct) =>
        await machines.ActivityAsync(user.Actor(), id, ct) is { } activity ? activity.Whole() : Problems.NotFound("machine");

    static async Task<Results<Accepted<OperationRow>, JsonHttpResult<Problem>>> PowerAsync(ClaimsPrincipal user, Guid id, PowerBody body, HttpContext context, MachineService machines, CancellationToken ct) =>
        (await machines.PowerAsync(user.Actor(), id, body.Action, context.CallKey(), ct)).Accepted(OperationRoutes.Where);

    static async Task<Results<Accepted<OperationRow>, JsonHttpResult<Problem>>> DeleteAsync(ClaimsPrincipal user, Guid id, [FromBody] DeleteBody? body, string? confirmName, HttpContext context, MachineService machines, CancellationToken ct) =>
        (await machines.DeleteAsync(user.Actor(), id, body?.ConfirmName ?? confirmName ?? "", context.CallKey(), ct)).Accepted(OperationRoutes.Where);

    static async Task<Results<Ok<MoveChoices>, JsonHttpResult<Problem>>> PlanAsync(ClaimsPrincipal user, Guid id, bool? look, MigrationService migrations, CancellationToken ct) =>
        (look is true ? await migrations.SurveyAsync(user.Actor(), id, ct) : await migrations.PlanAsync(user.Actor(), id, ct)).OkOr404("machine");

    static async Task<Results<Accepted<MigrationRow>, JsonHttpResult<Problem>>> MoveAsync(ClaimsPrincipal user, Guid id, MoveBody body, HttpContext context, MigrationService migrations, CancellationToken ct) =>
        (await migrations.StartAsync(user.Actor(), id, body.Order, context.CallKey(), ct)).Accepted(migration => $"/migrations/{migration.Id}");
}
