namespace Portal.Domain.Schedules;

/// <summary>What a schedule is about: a machine, the machines of a project with a tag, or what is on a host. One of the three.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="ProjectId">The project whose machines with a tag are meant.</param>
/// <param name="Tag">That tag.</param>
/// <param name="HostId">The host.</param>
public sealed record ScheduleTarget(Guid? MachineId = null, Guid? ProjectId = null, string? Tag = null, Guid? HostId = null)
{
    /// <summary>Why it names nothing, or more than one thing; null when it does.</summary>
    public InvalidText? Check()
    {
        var named = (MachineId is null ? 0 : 1) + (Tag is null ? 0 : 1) + (HostId is null ? 0 : 1);
        if (named != 1 || (Tag is null) != (ProjectId is null))
            return new InvalidText("target", "What the schedule is about is not clear.", "Give machineId, or projectId and tag, or hostId.");
        return Tag is null || Machines.MachineTags.IsTag(Tag) ? null : new InvalidText("tag", $"“{Tag.Cut(Machines.MachineTags.Longest)}” is no tag.", "Give one as machines have it, in small letters.");
    }

    /// <summary>What it is called in a sentence.</summary>
    internal static string Name(string? machine, string? tag, string? host) => machine ?? (tag is null ? $"the load of {host}" : Evacuations.EvacuationWords.Subject(null, tag));
}
