using System.Runtime.InteropServices;
using Portal.Hypervisor.Libvirt;

namespace Portal.Hypervisor.Machines;

/// <summary>Blocking calls on machines, for lane threads. Each looks at the truth first and then acts.</summary>
internal static class DomainCalls
{
    private const uint UndefineManagedSave = 1, UndefineNvram = 4, ShutdownByAcpi = 1, XmlInactive = 2, XmlMigratable = 8;

    public static unsafe DomainHandle? Find(ConnectHandle connection, Guid machine)
    {
        var uuid = stackalloc byte[16];
        machine.TryWriteBytes(new Span<byte>(uuid, 16), bigEndian: true, out _);
        return LibvirtError.CheckFound(Native.virDomainLookupByUUID(connection, uuid), connection, LibvirtErrorCode.NoDomain);
    }

    public static DomainHandle Require(ConnectHandle connection, Guid machine) => Find(connection, machine)
        ?? throw new LibvirtException(LibvirtErrorDomain.Qemu, LibvirtErrorCode.NoDomain, $"Machine {machine} is not defined on this host.");

    /// <summary>Runs on the machine's handle when it is there; false when it is not, or goes away meanwhile.</summary>
    public static bool IfFound(ConnectHandle connection, Guid machine, Action<DomainHandle> act)
    {
        using var domain = Find(connection, machine);
        if (domain is null)
            return false;
        try
        {
            act(domain);
            return true;
        }
        catch (LibvirtException e) when (e.Code == LibvirtErrorCode.NoDomain)
        {
            return false;
        }
    }

    /// <summary>Describes the machine; null when it is not there, or goes away meanwhile.</summary>
    public static MachineStatus? Describe(ConnectHandle connection, Guid machine)
    {
        MachineStatus? status = null;
        IfFound(connection, machine, domain => status = Status(domain, machine));
        return status;
    }

    public static DomainState State(DomainHandle domain)
    {
        LibvirtError.Check(Native.virDomainGetState(domain, out var state, out var reason, flags: 0));
        return new DomainState(state, reason);
    }

    public static MachineStatus Status(DomainHandle domain, Guid machine)
    {
        var state = State(domain);
        LibvirtError.Check(Native.virDomainGetInfo(domain, out var info));
        return new MachineStatus(machine, NativeText.Borrow(Native.virDomainGetName(domain)), state.Power, state.Reason, info.Vcpus, (long)info.MaxMemory / 1024);
    }

    public static void Start(DomainHandle domain)
    {
        if (!State(domain).IsActive)
            LibvirtError.Check(Native.virDomainCreate(domain));
        else if (State(domain).Power == PowerState.Paused)
            LibvirtError.Check(Native.virDomainResume(domain));
    }

    public static void ShutDown(DomainHandle domain)
    {
        if (State(domain).Power != PowerState.Running || Native.virDomainShutdownFlags(domain, ShutdownByAcpi) >= 0)
            return;
        var error = LibvirtError.Last();
        // A driver that has no power button to press, as libvirt's own for tests, has one way of shutting down.
        if (error.Code is LibvirtErrorCode.NoSupport or LibvirtErrorCode.InvalidArgument)
            LibvirtError.Check(Native.virDomainShutdownFlags(domain, flags: 0));
        // One that was asked before may switch off between the look and the call.
        else if (error.Code != LibvirtErrorCode.OperationInvalid || State(domain).IsActive)
            throw error;
    }

    public static void Destroy(DomainHandle domain)
    {
        if (!State(domain).IsActive)
            return;
        if (Native.virDomainDestroyFlags(domain, flags: 0) < 0 && LibvirtError.Last() is { Code: not LibvirtErrorCode.OperationInvalid } error)
            throw error;
    }

    public static void Undefine(DomainHandle domain)
    {
        if (Native.virDomainUndefineFlags(domain, UndefineManagedSave | UndefineNvram) >= 0)
            return;
        var error = LibvirtError.Last();
        if (error.Code is LibvirtErrorCode.NoSupport or LibvirtErrorCode.InvalidArgument)
            LibvirtError.Check(Native.virDomainUndefineFlags(domain, flags: 0));
        else if (error.Code != LibvirtErrorCode.NoDomain)
            throw error;
    }

    /// <summary>
    /// Throws away a guest that arrived and never ran. Its definition goes first: destroyed and still defined, it would look
    /// like one that was switched off after having run.
    /// </summary>
    public static void Discard(DomainHandle domain)
    {
        if (LibvirtError.Check(Native.virDomainIsPersistent(domain)) == 1)
            Undefine(domain);
        Destroy(domain);
    }

    /// <summary>Removes a definition that nothing runs from.</summary>
    public static void Forget(DomainHandle domain)
    {
        if (!State(domain).IsActive)
            Undefine(domain);
    }

    public static void Suspend(DomainHandle domain)
    {
        if (State(domain).Power == PowerState.Running)
            LibvirtError.Check(Native.virDomainSuspend(domain));
    }

    public static void Resume(DomainHandle domain)
    {
        if (State(domain).Power == PowerState.Paused)
            LibvirtError.Check(Native.virDomainResume(domain));
    }

    /// <summary>The definition as it will be at the next start.</summary>
    public static string DefinitionXml(DomainHandle domain) => NativeText.TakeOwned(Native.virDomainGetXMLDesc(domain, XmlInactive | XmlMigratable));

    /// <summary>The machine as it runs, as another host takes it.</summary>
    public static string MigratableXml(DomainHandle domain) => NativeText.TakeOwned(Native.virDomainGetXMLDesc(domain, XmlMigratable));

    /// <summary>The files its disks are in, as its definition has them; none when it is not there.</summary>
    public static IReadOnlyList<string> DiskPaths(ConnectHandle connection, Guid machine)
    {
        var definition = "";
        if (!IfFound(connection, machine, domain => definition = DefinitionXml(domain)))
            return [];
        return [.. NativeXml.Parse(definition).Descendants("disk").Where(disk => disk.Attribute("device")?.Value is null or "disk")
            .Select(disk => disk.Element("source")?.Attribute("file")?.Value).OfType<string>()];
    }

    /// <summary>Resident memory of the guest's process, bytes: what the guest has touched so far. Null when not running.</summary>
    public static unsafe long? TouchedBytes(DomainHandle domain)
    {
        const int Capacity = 16, Rss = 7;
        var stats = stackalloc NativeMemoryStat[Capacity];
        var count = Native.virDomainMemoryStats(domain, stats, Capacity, flags: 0);
        for (var i = 0; i < count; i++)
        {
            if (stats[i].Tag == Rss)
                return (long)stats[i].Value * 1024;
        }

        return null;
    }

    public static void Announce(DomainHandle domain)
        => Command(domain, """{"execute":"announce-self","arguments":{"initial":50,"max":550,"rounds":5,"step":100}}""", "a guest's address cannot be announced again");

    /// <summary>Tells QEMU itself, where libvirt has no call.</summary>
    public static void Command(DomainHandle domain, string command, string elseLost)
    {
        if (!LibvirtLibrary.HasQemuExtensions)
            throw new LibvirtException(LibvirtErrorDomain.None, LibvirtErrorCode.NoSupport, $"{Native.QemuLibrary} is not installed beside the portal, so {elseLost}.");
        LibvirtError.Check(Native.virDomainQemuMonitorCommand(domain, command, out var result, flags: 0));
        // QEMU's own refusal comes as an answer like any other.
        var answer = NativeText.TakeOwned(result);
        if (answer.Contains("\"error\":", StringComparison.Ordinal))
            throw new LibvirtException(LibvirtErrorDomain.Qemu, LibvirtErrorCode.OperationFailed, $"QEMU refused, so {elseLost}: {answer[..Math.Min(answer.Length, 300)]}");
    }
}

/// <summary>A machine's state as libvirt numbers it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DomainState(int State, int ReasonCode)
{
    public PowerState Power => PowerStates.From(State);

    public string Reason => PowerStates.Reason(State, ReasonCode);

    /// <summary>It has a process: anything but shut off.</summary>
    public bool IsActive => State != 5;

    /// <summary>Paused for migration, being saved or being started; a disk error, a person or anything else pauses only what has run.</summary>
    public bool IsHaltedByMove => State == 3 && ReasonCode is (2 or 3 or 11);

    /// <summary>A post-copy move took it to another host, which still needs memory from here, or broke off before it had all of it.</summary>
    public bool IsHolding => State == 3 && ReasonCode is (12 or 13);

    /// <summary>The stream of its post-copy move broke, and libvirt waits to be told to take it up again.</summary>
    public bool IsBroken => (State, ReasonCode) is (3, 13) or (1, 11);

    /// <summary>A post-copy move brought it, and part of its memory is still where it came from.</summary>
    public bool IsFetching => State == 1 && ReasonCode is (10 or 11);

    /// <summary>
    /// Off after having run: shut down, powered off, crashed, migrated away or saved. One that failed to start never did; for a
    /// definition that is new, or whose daemon was restarted, libvirt knows no reason.
    /// </summary>
    public bool? HasRun => (State, ReasonCode) switch
    {
        (5, >= 1 and <= 5) => true,
        (5, 6) => false,
        _ => null,
    };

    /// <summary>Off because its memory was saved to a file.</summary>
    public bool IsSaved => State == 5 && ReasonCode == 5;
}
