using Portal.Domain.Machines;
using Portal.Domain.Migrations;

namespace Portal.Web.Api;

/// <summary>Machines and their power.</summary>
public static class MachineApi
{
    /// <summary>What the power is told.</summary>
    public sealed record Power(PowerAction Action);

    internal static void MapMachines(this IEndpointRouteBuilder api)
    {
        var machines = api.MapGroup("/machines");
        machines.MapGet("", ([AsParameters] Paging paging, HttpRequest http, Caller caller, MachineService service, CancellationToken cancellationToken) =>
            service.ListAsync(caller.Actor, paging.ToQuery(http), cancellationToken)).WithSummary("Machines one may see.");
        machines.MapGet("/{id:guid}", async (Guid id, Caller caller, MachineService service, CancellationToken cancellationToken) =>
            Answers.OkOrMissing(await service.GetAsync(caller.Actor, id, cancellationToken), "machine")).WithSummary("A machine, how to log in, and what may be done with it.");
        machines.MapGet("/{id:guid}/activity", async (Guid id, Caller caller, MachineService service, CancellationToken cancellationToken) =>
            Answers.OkOrMissing(await service.ActivityAsync(caller.Actor, id, cancellationToken), "machine")).WithSummary("What happened to a machine.");
        machines.MapGet("/{id:guid}/moves", async (Guid id, Caller caller, MigrationService service, CancellationToken cancellationToken) =>
            Answers.OkOrMissing(await service.PlanAsync(caller.Actor, id, cancellationToken), "machine")).WithSummary("Where it could go, how, and what that would cost.");
        machines.MapPost("/{id:guid}/power", async (Guid id, Power power, Caller caller, MachineService service, CancellationToken cancellationToken) =>
            Answers.Begun(await service.PowerAsync(caller.Actor, id, power.Action, caller.Key, cancellationToken))).WithSummary("Starts, shuts down, resets or cuts the power.");
        machines.MapDelete("/{id:guid}", async (Guid id, string confirm, Caller caller, MachineService service, CancellationToken cancellationToken) =>
            Answers.Begun(await service.DeleteAsync(caller.Actor, id, confirm, caller.Key, cancellationToken))).WithSummary("Deletes a machine with its disk; 'confirm' is its name.");
    }
}
