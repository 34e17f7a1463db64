using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Hosts;

/// <summary>Whether a host answers.</summary>
public enum HostState
{
    /// <summary>Not heard yet since it was added or the portal started.</summary>
    Connecting,

    /// <summary>Answers.</summary>
    Online,

    /// <summary>Does not answer; its machines are unknown, never off.</summary>
    Unreachable,
}

/// <summary>A hypervisor host, by its libvirt URI.</summary>
public sealed class Host
{
    Host()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>Unique name shown to people.</summary>
    public string Name { get; private init; } = "";

    /// <summary>libvirt connection URI.</summary>
    public string Uri { get; private set; } = "";

    /// <summary>Address other hosts reach it by for migrations; null to take it from the URI.</summary>
    public string? Address { get; private set; }

    /// <summary>Storage pool that holds disks.</summary>
    public string Pool { get; private set; } = "";

    /// <summary>Whether it answers.</summary>
    public HostState State { get; private set; }

    /// <summary>Since when.</summary>
    public DateTimeOffset StateSince { get; private set; }

    /// <summary>Why it does not answer, in libvirt's words.</summary>
    public string? StateReason { get; private set; }

    /// <summary>What it last said about itself; null before the first answer.</summary>
    public HostReport? Report { get; private set; }

    /// <summary>The host's own UUID, which two hosts may not share; null before the first answer.</summary>
    public Guid? Uuid { get; private set; }

    /// <summary>Logical processors, 0 before the first answer.</summary>
    public int Cpus { get; private set; }

    /// <summary>Memory, MiB, 0 before the first answer.</summary>
    public long MemoryMib { get; private set; }

    /// <summary>Since when it is in maintenance: nothing is placed on it or moved to it. Null while it is in service.</summary>
    public DateTimeOffset? MaintenanceSince { get; private set; }

    /// <summary>The name of who put it there.</summary>
    public string? MaintenanceBy { get; private set; }

    /// <summary>A new host, not heard yet.</summary>
    public static Host Create(string name, string uri, string? address, string pool, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(), Name = name, Uri = uri, Address = address, Pool = pool, State = HostState.Connecting, StateSince = now };

    /// <summary>Where it is reached now.</summary>
    public void Locate(string uri, string? address, string pool) => (Uri, Address, Pool) = (uri, address, pool);

    /// <summary>Nothing is placed on it from here on. One that is in maintenance already stays as it was put there.</summary>
    internal void TakeOutOfService(string by, DateTimeOffset now) => (MaintenanceSince, MaintenanceBy) = (MaintenanceSince ?? now, MaintenanceBy ?? by);

    /// <summary>It takes machines again.</summary>
    internal void TakeBackIntoService() => (MaintenanceSince, MaintenanceBy) = (null, null);

    /// <summary>It answered.</summary>
    public void Answered(HostReport report, DateTimeOffset now)
    {
        (Report, Uuid, Cpus, MemoryMib, StateReason) = (report, report.Uuid, report.Cpus, report.MemoryMib, null);
        if (State != HostState.Online)
            (State, StateSince) = (HostState.Online, now);
    }

    /// <summary>It does not answer.</summary>
    public void Lost(string reason, DateTimeOffset now)
    {
        StateReason = reason;
        if (State != HostState.Unreachable)
            (State, StateSince) = (HostState.Unreachable, now);
    }
}

/// <summary>What a host says about itself.</summary>
/// <param name="Uuid">Its own UUID.</param>
/// <param name="HostName">Its own name.</param>
/// <param name="CpuModel">Processor model.</param>
/// <param name="Cpus">Logical processors.</param>
/// <param name="MemoryMib">Memory, MiB.</param>
/// <param name="LibvirtVersion">libvirt's version on it.</param>
/// <param name="HypervisorVersion">QEMU's version on it.</param>
/// <param name="Driver">libvirt's driver, e.g. QEMU or Test.</param>
/// <param name="Accelerator">Kvm, Tcg or None.</param>
/// <param name="Capabilities">What it can and cannot do, with reasons.</param>
public sealed record HostReport(Guid Uuid, string HostName, string CpuModel, int Cpus, long MemoryMib, string LibvirtVersion, string HypervisorVersion, string Driver, string Accelerator, IReadOnlyList<HostCapability> Capabilities);

/// <summary>One thing a host can do, or why it cannot.</summary>
public sealed record HostCapability(string Name, bool Available, string? Reason);

sealed class HostConfiguration : IEntityTypeConfiguration<Host>
{
    public void Configure(EntityTypeBuilder<Host> builder)
    {
        builder.Property(h => h.Name).HasMaxLength(60);
        builder.Property(h => h.Uri).HasMaxLength(400);
        builder.Property(h => h.MaintenanceBy).HasMaxLength(80);
        builder.HasIndex(h => h.Name).IsUnique();
        builder.HasIndex(h => h.Uri).IsUnique();
        builder.HasIndex(h => h.Uuid).IsUnique();
        builder.Property(h => h.Report).IsDocument<HostReport>();
    }
}
