namespace Portal.Web.Operations;

/// <summary>What a machine's things are called at the hypervisor. Made from its id, so they are known again after any interruption.</summary>
public static class MachineFiles
{
    /// <summary>Its root disk in the pool.</summary>
    public static string Disk(Guid machine) => $"{machine}.qcow2";

    /// <summary>Its seed in the pool.</summary>
    public static string Seed(Guid machine) => $"{machine}.seed.iso";

    /// <summary>Its memory, while a quick move keeps it in the pool.</summary>
    public static string Memory(Guid machine) => $"{machine}.memory";

    /// <summary>Everything it can have in the pool.</summary>
    public static IReadOnlyList<string> All(Guid machine) => [Disk(machine), Seed(machine), Memory(machine)];

    /// <summary>The machine a volume belongs to; null when it is none of the portal's.</summary>
    public static Guid? Owner(string volume) =>
        Guid.TryParseExact(volume.Split('.')[0], "D", out var machine) && All(machine).Contains(volume) ? machine : null;

    /// <summary>Its name at the hypervisor: names are unique per project in the portal, but per host there.</summary>
    public static string DomainName(string name, Guid machine) => $"{name}-{machine.ToString("N")[20..]}";
}
