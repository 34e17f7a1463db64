using Portal.Domain.Machines;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>A change of size in words.</summary>
static class ResizeWords
{
    /// <summary>What holds now and what only later: <c>2 vCPU and 4 GiB of disk now; 512 MiB of memory after it was shut down and started again</c>.</summary>
    /// <param name="before">What it had.</param>
    /// <param name="to">What it was given.</param>
    /// <param name="running">Whether it runs.</param>
    public static string Outcome(MachineSize before, ResizedTo to, bool running)
    {
        var now = Changes(before, to.Now);
        var later = Changes(to.Now, to.Next);
        return (now, later) switch
        {
            ([], []) => "Nothing had to change.",
            (_, []) => $"{List(now)} {(running ? "now" : "from its next start")}.",
            ([], _) => $"{List(later)} after it was shut down and started again.",
            _ => $"{List(now)} now; {List(later)} after it was shut down and started again.",
        };
    }

    static List<string> Changes(MachineSize from, MachineSize to)
    {
        var changes = new List<string>();
        if (from.Vcpus != to.Vcpus)
            changes.Add(QuotaWords.Amount(QuotaResource.Vcpus, to.Vcpus));
        if (from.MemoryMib != to.MemoryMib)
            changes.Add(QuotaWords.Amount(QuotaResource.MemoryMib, to.MemoryMib));
        if (from.DiskGib != to.DiskGib)
            changes.Add(QuotaWords.Amount(QuotaResource.DiskGib, to.DiskGib));
        return changes;
    }

    static string List(List<string> parts) => parts.Count < 2 ? string.Concat(parts) : $"{string.Join(", ", parts[..^1])} and {parts[^1]}";
}
