namespace Portal.Domain.Hosts;

/// <summary>No host can take the machine; says which comes nearest and what it lacks.</summary>
/// <param name="Misfits">Every host and why not.</param>
/// <param name="Needs">What the machine needs, in words.</param>
public sealed record NoHostWithRoom(IReadOnlyList<HostMisfit> Misfits, string Needs)
    : Refusal("no-host-with-room", $"No host {(Misfits.Any(m => m.Bar is not null) ? "can take" : "has room for")} {Needs}{Nearest(Misfits)}.", Advise(Misfits))
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;

    static string Advise(IReadOnlyList<HostMisfit> misfits) => misfits.Any(m => m.Bar is not null)
        ? "Change the affinity rule, free room on another host by deleting or moving machines, or ask an admin to add a host."
        : "Pick a smaller flavor, free room by deleting or moving machines, or ask an admin to add a host.";

    static string Nearest(IReadOnlyList<HostMisfit> misfits)
    {
        if (misfits.Count == 0)
            return ": there is no host to choose from";
        var nearest = misfits.Where(m => m is { Answers: true, InMaintenance: false }).OrderBy(m => m.MemoryShortMib).ThenBy(m => m.VcpusShort).FirstOrDefault();
        // Where a rule says no there is room, and no host is nearer than another.
        if (nearest is null or { Bar: not null })
            return $": {string.Join("; ", misfits.Select(m => m.Why))}";
        var (silent, away) = (misfits.Count(m => !m.Answers), misfits.Count(m => m is { Answers: true, InMaintenance: true }));
        return $"; the nearest fit: {nearest.Why}{Others(silent, "does not answer", "do not answer")}{Others(away, "is in maintenance", "are in maintenance")}";
    }

    static string Others(int hosts, string one, string many) => hosts switch
    {
        0 => "",
        1 => $"; one host {one}",
        _ => $"; {hosts} hosts {many}",
    };
}

/// <summary>The host is in maintenance: nothing is started on it or brought to it.</summary>
public sealed record HostInMaintenance(string Name, string Advice) : Refusal("host-in-maintenance", $"{Name} is in maintenance.", Advice)
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Another host has this name.</summary>
public sealed record HostNameTaken(string Name) : Refusal("host-name-taken", $"There is a host named {Name} already.", "Choose another name.", "name")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Another host has this URI.</summary>
public sealed record HostUriTaken(string Uri, string Other) : Refusal("host-uri-taken", $"{Uri} is the host {Other} already.", $"Use {Other}, or check the URI.", "uri")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The same machine answers under two URIs.</summary>
public sealed record SameHostTwice(Guid Uuid, string Other)
    : Refusal("same-host-twice", $"The host that answers there is {Other}: both say the UUID {Uuid}.", $"Use {Other}. If they are two machines, give one its own host_uuid in libvirtd.conf: libvirt refuses to migrate between hosts that share one.", "uri")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Machines live on the host.</summary>
public sealed record HostInUse(string Name, int Machines)
    : Refusal("host-in-use", $"{(Machines == 1 ? "One machine lives" : $"{Machines} machines live")} on {Name} or {(Machines == 1 ? "is" : "are")} on the way there.", "Move or delete them first.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
