using System.Globalization;
using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;

namespace Portal.Hypervisor.Migrations;

/// <summary>Blocking calls about a machine's running job, for lane threads.</summary>
internal static class JobCalls
{
    private const uint Completed = 1;

    /// <summary>
    /// The job's statistics; null when none runs (or, asked for a completed one, none is kept). An arriving machine has
    /// none either: libvirt keeps them at the source.
    /// </summary>
    public static unsafe JobStatistics? Read(ConnectHandle connection, Guid machine, bool completed = false)
    {
        using var domain = DomainCalls.Find(connection, machine);
        if (domain is null)
            return null;
        if (Native.virDomainGetJobStats(domain, out var type, out var parameters, out var count, completed ? Completed : 0) < 0)
        {
            var error = LibvirtError.Last();
            return error.Code is LibvirtErrorCode.OperationInvalid or LibvirtErrorCode.OperationUnsupported or LibvirtErrorCode.NoDomain or LibvirtErrorCode.NoSupport
                ? null
                : throw error;
        }

        try
        {
            return type == 0 ? null : new JobStatistics(TypedParameters.ReadNumbers(parameters, count));
        }
        finally
        {
            Native.virTypedParamsFree(parameters, count);
        }
    }

    /// <summary>Aborts the job; false when there is none to abort any more.</summary>
    public static bool Abort(ConnectHandle connection, Guid machine)
    {
        using var domain = DomainCalls.Find(connection, machine);
        if (domain is null)
            return false;
        if (Native.virDomainAbortJob(domain) >= 0)
            return true;
        var error = LibvirtError.Last();
        return error.Code is LibvirtErrorCode.OperationInvalid or LibvirtErrorCode.NoDomain ? false : throw error;
    }

    /// <summary>Lets the guest go on at the destination before its memory has arrived. There is no way back from it.</summary>
    public static bool StartPostCopy(ConnectHandle connection, Guid machine)
    {
        using var domain = DomainCalls.Require(connection, machine);
        return Native.virDomainMigrateStartPostCopy(domain, flags: 0) >= 0 ? true : throw LibvirtError.Last();
    }

    /// <summary>Changes the limit of a running stream, MiB/s; null: none. Post-copy has a limit of its own.</summary>
    public static bool SetMaxSpeed(ConnectHandle connection, Guid machine, int? mibPerSecond, bool isPostCopy)
        => SetMaxSpeed(connection, machine, mibPerSecond is { } limit ? (ulong)limit : MigrateCall.Unlimited, isPostCopy);

    /// <summary>The same in libvirt's own figure.</summary>
    public static bool SetMaxSpeed(ConnectHandle connection, Guid machine, ulong mibPerSecond, bool isPostCopy)
    {
        const uint PostCopy = 1;
        using var domain = DomainCalls.Require(connection, machine);
        return Native.virDomainMigrateSetMaxSpeed(domain, (nuint)mibPerSecond, isPostCopy ? PostCopy : 0) >= 0 ? true : throw LibvirtError.Last();
    }

    /// <summary>The limit a guest's moves keep to that name none of their own, in libvirt's own figure; null: the driver does not say.</summary>
    public static ulong? MaxSpeed(ConnectHandle connection, Guid machine)
    {
        using var domain = DomainCalls.Require(connection, machine);
        return Native.virDomainMigrateGetMaxSpeed(domain, out var limit, flags: 0) >= 0 ? limit : null;
    }

    /// <summary>
    /// Breaks off the stream of a guest that went on before its memory, so that it can be taken up again. Nothing is lost by it: both
    /// sides keep what they have.
    /// </summary>
    public static bool BreakPostCopy(ConnectHandle connection, Guid machine)
    {
        const uint PostCopy = 1;
        using var domain = DomainCalls.Require(connection, machine);
        return Native.virDomainAbortJobFlags(domain, PostCopy) >= 0 ? true : throw LibvirtError.Last();
    }

    /// <summary>How much QEMU may slow a guest at most (auto-converge); libvirt has no call for it. 99 is QEMU's own.</summary>
    public static bool SetMostSlowing(ConnectHandle connection, Guid machine, int percent)
    {
        using var domain = DomainCalls.Require(connection, machine);
        DomainCalls.Command(domain, string.Create(CultureInfo.InvariantCulture, $$$"""{"execute":"migrate-set-parameters","arguments":{"max-cpu-throttle":{{{percent}}}}}"""), "a guest cannot be slowed less");
        return true;
    }

    public static bool SetMaxDowntime(ConnectHandle connection, Guid machine, int milliseconds)
    {
        using var domain = DomainCalls.Require(connection, machine);
        return Native.virDomainMigrateSetMaxDowntime(domain, (ulong)milliseconds, flags: 0) >= 0 ? true : throw LibvirtError.Last();
    }
}
