using Microsoft.EntityFrameworkCore;
using Portal.Domain.Machines;

namespace Portal.Domain.Snapshots;

/// <summary>What may be called a snapshot, and when one may be taken, put back or deleted.</summary>
public static class SnapshotRules
{
    /// <summary>The longest name, characters.</summary>
    public const int MostName = 40;

    /// <summary>The longest note, characters.</summary>
    public const int MostNote = 500;

    /// <summary>A name without blanks around it.</summary>
    internal static string Tidy(string? name) => (name ?? "").Trim();

    /// <summary>Null when a tidied name keeps the rules; otherwise what is wrong with it.</summary>
    internal static Refusal? CheckName(string name) => name switch
    {
        "" => Wrong("The snapshot needs a name."),
        { Length: > MostName } => Wrong($"The name has {name.Length} characters; at most {MostName} are allowed."),
        _ when !Texts.IsLine(name) => Wrong("The name has characters that cannot be seen, or that break the line."),
        _ => null,
    };

    /// <summary>Why the machine's state does not allow to copy its disk or to put it back; null when it does.</summary>
    public static WrongState? NotAtRest(string name, MachineState state, string what) => state switch
    {
        MachineState.Off => null,
        MachineState.Running => new(name, state, $"{name} runs, so {what}: its disk changes while it does.", "Shut it down first."),
        MachineState.Unknown => new(name, state, $"The host of {name} does not answer, so {what}.", "Wait until the host answers again."),
        MachineState.Failed => new(name, state, $"{name} is broken, so {what}.", "Read why on its page."),
        MachineState.Waiting or MachineState.Provisioning => new(name, state, $"{name} is not made yet, so {what}.", "Wait until it is."),
        MachineState.Deleting or MachineState.Deleted => new(name, state, $"{name} is deleted, so {what}.", "Ask for a new machine."),
    };

    /// <summary>Why the machine's state does not allow to delete a snapshot; null when it does.</summary>
    public static WrongState? Delete(string name, MachineState state) => state switch
    {
        MachineState.Running or MachineState.Off or MachineState.Failed => null,
        _ => NotAtRest(name, state, "its snapshots cannot be deleted"),
    };

    /// <summary>The snapshot to whose disk a machine was being put back when that broke off: until it is put back to one, its disk is not whole.</summary>
    internal static async Task<DiskNotWhole?> NotWholeAsync(PortalDbContext db, Machine machine, CancellationToken ct) =>
        await db.Snapshots.Where(s => s.MachineId == machine.Id && s.State == SnapshotState.Reverting).Select(s => s.Name).FirstOrDefaultAsync(ct) is { } to ? new DiskNotWhole(machine.Name, to) : null;

    static InvalidText Wrong(string problem) => new("name", problem, $"Use 1 to {MostName} letters, digits, blanks and signs, e.g. “before the upgrade”.");
}
