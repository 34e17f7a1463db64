using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.MovePolicies;
using Portal.Domain.Projects;

namespace Portal.Domain.Schedules;

/// <summary>Who may have a machine do what at set times, and which schedules make sense.</summary>
static class ScheduleRules
{
    /// <summary>The most schedules of one machine, of a tag or of a host.</summary>
    public const int Most = 20;

    /// <summary>Why the actor may not, or null: power is for the project's members and owners, moving for operators.</summary>
    public static async Task<Refusal?> RefuseAsync(PortalDbContext db, Actor actor, Guid? project, ScheduleKind kind, CancellationToken ct) => (kind, project) switch
    {
        (_, null) => actor.SeesFleet ? actor.RefuseUnless(PlatformRoles.Operator, "move machines by a schedule") : new NotFound("schedule"),
        (ScheduleKind.PowerOn or ScheduleKind.PowerOff, { } projectId) => await db.RefuseUnlessMemberAsync(actor, projectId, "schedule", "switch this machine's power by a schedule", ct),
        (ScheduleKind.Relocate, { } projectId) => await db.RoleInAsync(actor, projectId, ct) is null ? new NotFound("schedule") : actor.RefuseUnless(PlatformRoles.Operator, "move machines by a schedule"),
    };

    /// <summary>Why a schedule makes no sense, or null. Where <paramref name="now"/> is null its times may all be over: it is off.</summary>
    public static async Task<Refusal?> CheckAsync(PortalDbContext db, ScheduleTarget target, SchedulePart part, DateTimeOffset? now, CancellationToken ct)
    {
        if (target.MachineId is null && part.Kind != ScheduleKind.Relocate)
            return new InvalidText("kind", "Power is switched machine by machine.", "Make a schedule for each machine; only moves go for a tag or a host.");
        if ((part.Timing.Check() ?? (part.Window ?? ScheduleWindow.Usual).Check()) is { } wrong)
            return wrong;
        if (now is { } moment && RefuseOver(part.Timing, moment) is { } over)
            return over;
        if (part.Kind != ScheduleKind.Relocate)
            return null;
        if (part.Move is not { } move)
            return new InvalidText("move", "A relocation needs to know how.", "Choose a way to move.");
        if (MoveRules.RefuseAsked(move) is { } senseless)
            return senseless;
        if (move.PolicyId is { } policy && await MovePolicyService.TakeAsync(db, policy, ct) is { IsOk: false, Refusal: { } noPolicy })
            return noPolicy;
        if (move.AskedHostId is { } there && there == target.HostId)
            return new InvalidText("host", "What is on a host is not moved to that host.", "Choose another, or the best.");
        return move.AskedHostId is { } host && !await db.Hosts.AnyAsync(h => h.Id == host, ct) ? new InvalidText("host", "There is no such host.", "Choose one from the list, or the best.") : null;
    }

    /// <summary>Why the machine takes no schedule at all, or null.</summary>
    public static WrongState? Refuse(Machine machine) => machine.State is MachineState.Deleting or MachineState.Deleted
        ? new WrongState(machine.Name, machine.State, $"{machine.Name} is deleted, so nothing can be done to it at any time.", "Choose another machine.")
        : null;

    /// <summary>Why there is nothing to wait for, or null.</summary>
    public static InvalidText? RefuseOver(ScheduleTiming timing, DateTimeOffset now) =>
        timing.Next(now) is null ? new InvalidText(timing.Once is null ? "cron" : "once", "That time is over.", "Choose one to come.") : null;

    /// <summary>The person whose rights a schedule runs with, as they are now; null when there is no such person any more.</summary>
    public static Task<Actor?> ActorAsync(PortalDbContext db, Guid userId, CancellationToken ct) => Deputy.ForAsync(db, userId, "by schedule", ct);

    /// <summary>Whether two parts do the same.</summary>
    public static bool Same(ScheduleTiming a, ScheduleTiming b) => a.ToString() == b.ToString();
}
