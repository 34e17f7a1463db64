using Portal.Domain.Affinity;
using Portal.Domain.Hosts;

namespace Portal.Domain.Migrations;

/// <summary>What speaks for and against a move, from what the hosts said of themselves; knows no database.</summary>
public static class MoveRules
{
    /// <summary>The capability a mode needs on both hosts, as hosts name it.</summary>
    public static string CapabilityFor(MigrationMode mode) => mode switch
    {
        MigrationMode.Live => "live-migration",
        MigrationMode.PostCopy => "post-copy",
        MigrationMode.QuickDirect => "quick-direct",
        MigrationMode.QuickSaved => "quick-saved",
    };

    /// <summary>Why what is asked of a move makes no sense, whichever the machine; null when it does.</summary>
    public static InvalidText? RefuseAsked(MigrationParameters asked)
    {
        if ((Objective.Refuse(asked.ObjectiveMs, asked.ObjectivePings) ?? RefuseOverride(asked.Override)) is { } senseless)
            return senseless;
        if (StreamRules.Refuse(asked) is { } impossible)
            return impossible;
        if (asked is { Policy: not null, PolicyId: not null })
            return new InvalidText("policyId", "A move goes by one policy, and two are given.", "Give either policy, for one that is built in, or policyId, for one an admin made.");
        return asked is { Mode: not MigrationMode.Live } and ({ Policy: not null } or { PolicyId: not null })
            ? new InvalidText(asked.Policy is null ? "policyId" : "policy", "A policy says how a live move comes to its end; the other ways have only one.", "Leave it out, or move the machine live.")
            : null;
    }

    static InvalidText? RefuseOverride(string? reason) => reason is null ? null
        : reason.Trim().Length is 0 or > Objective.LongestReason ? new InvalidText("override", "The reason why the objective does not count is empty or too long.", $"Say it in 1 to {Objective.LongestReason} characters.") : null;

    /// <summary>Why the two hosts cannot do a mode; null when they can.</summary>
    public static ModeNotPossible? RefuseMode(MigrationMode mode, Host source, Host destination) =>
        Lacks(mode, source) ?? Lacks(mode, destination) ?? Unlike(mode, source, destination);

    /// <summary>Why a mode cannot carry disks along, where the hosts share no store; null when it can, or need not.</summary>
    public static string? RefuseDisks(MigrationMode mode, Host source, Host destination, long diskBytes) => diskBytes == 0 ? null : mode switch
    {
        MigrationMode.Live or MigrationMode.QuickDirect => null,
        MigrationMode.PostCopy => $"{source.Name} and {destination.Name} share no store, so the machine's disks go with it, and post-copy could lose what it wrote meanwhile.",
        MigrationMode.QuickSaved => $"{source.Name} and {destination.Name} share no store that the machine could be saved to.",
    };

    /// <summary>Everything worth knowing before moving a machine of a size to a host; an error makes it impossible.</summary>
    /// <param name="source">Where it is.</param>
    /// <param name="destination">Where it would go.</param>
    /// <param name="misfit">Why it does not fit there; null when it does.</param>
    /// <param name="lacks">What the destination itself said it lacks for the machine; null when nothing.</param>
    /// <param name="ties">What affinity rules say of the machine; null: nothing.</param>
    /// <param name="network">Address of the destination that moves between the two go to; null: the ordinary one.</param>
    public static IReadOnlyList<Finding> Look(Host source, Host destination, HostMisfit? misfit, string? lacks = null, MachineTies? ties = null, string? network = null)
    {
        var findings = new List<Finding>(ties?.Look(destination.Id, destination.Name) ?? []);
        if (misfit is not null)
            findings.Add(new(FindingLevel.Error, Sentence(misfit.Why)));
        if (lacks is not null)
            findings.Add(new(FindingLevel.Error, Sentence($"{destination.Name} says: {lacks}")));
        if (source.Report is not { } from || destination.Report is not { } to)
            return findings;
        var possible = Enum.GetValues<MigrationMode>().Where(mode => RefuseMode(mode, source, destination) is null).ToList();
        if (possible.Count == 0)
            findings.Add(new(FindingLevel.Error, RefuseMode(MigrationMode.Live, source, destination)!.Message));
        if (from.CpuModel != to.CpuModel)
            findings.Add(new(FindingLevel.Warning, $"The processors differ: {from.CpuModel} here, {to.CpuModel} there."));
        if (IsOlder(to.HypervisorVersion, from.HypervisorVersion))
            findings.Add(new(FindingLevel.Warning, $"{destination.Name} runs the older QEMU {to.HypervisorVersion} (here {from.HypervisorVersion}); a machine started on the newer one may be refused."));
        if (source.Pool != destination.Pool)
            findings.Add(new(FindingLevel.Info, $"The disks are in the pool {source.Pool} here and belong into {destination.Pool} there: where the two are not one store, they are copied before memory."));
        if (network is not null)
            findings.Add(new(FindingLevel.Info, $"Memory goes to {network}, the network for moves to {destination.Name}. Test the route there before you rely on it."));
        if (Capability(from, "memory-tls") is not { Available: true } || Capability(to, "memory-tls") is not { Available: true })
            findings.Add(new(FindingLevel.Info, "Memory goes over the network unencrypted: not both hosts can encrypt it."));
        return findings;
    }

    static ModeNotPossible? Lacks(MigrationMode mode, Host host)
    {
        if (host.Report is not { } report)
            return new(mode, host.Name, "it has not said yet what it can do.");
        return Capability(report, CapabilityFor(mode)) switch
        {
            { Available: true } => null,
            { Reason: { Length: > 0 } reason } => new(mode, host.Name, reason),
            _ => new(mode, host.Name, $"it does not offer {CapabilityFor(mode)}."),
        };
    }

    // A guest that runs under one accelerator has processor state the other cannot take over.
    static ModeNotPossible? Unlike(MigrationMode mode, Host source, Host destination) =>
        source.Report!.Accelerator == destination.Report!.Accelerator ? null
            : new(mode, destination.Name, $"it runs machines with {destination.Report.Accelerator}, {source.Name} with {source.Report.Accelerator}.");

    static HostCapability? Capability(HostReport report, string name) => report.Capabilities.FirstOrDefault(c => c.Name == name);

    static bool IsOlder(string a, string b) => Version.TryParse(a, out var left) && Version.TryParse(b, out var right) && left < right;

    static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
