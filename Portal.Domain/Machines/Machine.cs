using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Catalog;
using Portal.Domain.Hosts;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Machines;

/// <summary>Where a machine is in its life.</summary>
public enum MachineState
{
    /// <summary>Asked for; a decision is due.</summary>
    Waiting,

    /// <summary>Being made on a host.</summary>
    Provisioning,

    /// <summary>Runs.</summary>
    Running,

    /// <summary>Defined on a host and switched off.</summary>
    Off,

    /// <summary>Its host does not answer; the last known state is kept beside.</summary>
    Unknown,

    /// <summary>Could not be made, or is broken; the reason is kept beside.</summary>
    Failed,

    /// <summary>Being deleted.</summary>
    Deleting,

    /// <summary>Gone; kept for the books. Name and address are free again.</summary>
    Deleted,
}

/// <summary>A virtual machine of a project. It exists from the moment it is asked for, so that its name and address are its own.</summary>
public sealed partial class Machine : IProjectScoped
{
    internal const int LongestReason = 2000;

    Machine()
    {
    }

    /// <summary>Identifier, UUIDv7; also the machine's UUID at the hypervisor.</summary>
    public Guid Id { get; private init; }

    /// <summary>The project it belongs to.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>Its name, unique in the project while it is not deleted; an RFC 1123 label.</summary>
    public string Name { get; private init; } = "";

    /// <summary>The image it was cloned from.</summary>
    public Guid ImageId { get; private init; }

    /// <summary>The flavor's name when it was asked for; the sizes below are its own.</summary>
    public string FlavorName { get; private init; } = "";

    /// <summary>Virtual processors.</summary>
    public int Vcpus { get; private set; }

    /// <summary>Memory, MiB.</summary>
    public int MemoryMib { get; private set; }

    /// <summary>Disk, GiB.</summary>
    public int DiskGib { get; private set; }

    /// <summary>Its network.</summary>
    public Guid NetworkId { get; private init; }

    /// <summary>Its address, unique in the network while it is not deleted.</summary>
    public IPAddress Address { get; private init; } = IPAddress.None;

    /// <summary>Its hardware address, unique.</summary>
    public string Mac { get; private init; } = "";

    /// <summary>The public key that may log in.</summary>
    public string SshKey { get; private init; } = "";

    /// <summary>Devices it has.</summary>
    public DeviceModel Devices { get; private init; }

    /// <summary>The host it lives on; null before it has one.</summary>
    public Guid? HostId { get; private set; }

    /// <summary>Where it is in its life.</summary>
    public MachineState State { get; private set; }

    /// <summary>Since when.</summary>
    public DateTimeOffset StateSince { get; private set; }

    /// <summary>Why, where that needs saying.</summary>
    public string? StateReason { get; private set; }

    /// <summary>The last state known for sure while <see cref="State"/> is <see cref="MachineState.Unknown"/>.</summary>
    public MachineState? LastKnownState { get; private set; }

    /// <summary>Who asked for it.</summary>
    public Guid CreatedBy { get; private init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>What it takes of a quota.</summary>
    public MachineSize Size => new(Vcpus, MemoryMib, DiskGib);

    /// <summary>Whether the hypervisor is expected to know it.</summary>
    public bool IsDefined => State is MachineState.Running or MachineState.Off or MachineState.Unknown;

    internal static Machine Ask(Guid id, Guid projectId, string name, Image image, Flavor flavor, Guid networkId, IPAddress address, string mac, string sshKey, Guid createdBy, DateTimeOffset now) => new()
    {
        Id = id, ProjectId = projectId, Name = name, ImageId = image.Id, FlavorName = flavor.Name,
        Vcpus = flavor.Vcpus, MemoryMib = flavor.MemoryMib, DiskGib = flavor.DiskGib, NetworkId = networkId, Address = address, Mac = mac,
        SshKey = sshKey, Devices = image.Devices, State = MachineState.Waiting, StateSince = now, CreatedBy = createdBy, CreatedAt = now,
    };

    /// <summary>Moves to a state; <see cref="LastKnownState"/> follows only while the state is unknown. A no-op when nothing changes.</summary>
    public void Become(MachineState state, string? reason, DateTimeOffset now)
    {
        // A hypervisor's complaint can be long; its beginning says what is wrong.
        reason = reason?.Cut(LongestReason);
        if (state == State && reason == StateReason)
            return;
        if (state == MachineState.Unknown)
            LastKnownState = State == MachineState.Unknown ? LastKnownState : State;
        else
            LastKnownState = null;
        if (state != State)
            StateSince = now;
        (State, StateReason) = (state, reason);
    }

    /// <summary>Lives on this host now (null: on none).</summary>
    public void LiveOn(Guid? hostId) => HostId = hostId;
}

sealed class MachineConfiguration : IEntityTypeConfiguration<Machine>
{
    /// <summary>Name and address in small letters, kept by the database: what a search looks at.</summary>
    public const string SearchText = "SearchText";

    public void Configure(EntityTypeBuilder<Machine> builder)
    {
        builder.Ignore(m => m.Size).Ignore(m => m.IsDefined).Ignore(m => m.Objective);
        builder.Property(m => m.Name).HasMaxLength(40);
        builder.Property(m => m.FlavorName).HasMaxLength(40);
        // Text, because EF orders writes to an indexed column by its value and inet has no order in .NET; the check keeps it canonical.
        builder.Property(m => m.Address).HasConversion<string>().HasMaxLength(45);
        builder.Property(m => m.Tags).HasDefaultValueSql("'{}'");
        builder.Property(m => m.SshKey).HasMaxLength(8192);
        builder.Property(m => m.Pending).IsDocument<PendingSize>();
        builder.Property(m => m.StateReason).HasMaxLength(Machine.LongestReason);
        builder.HasIndex(m => new { m.ProjectId, m.Name }).IsUnique().HasFilter("state <> 'Deleted'").HasDatabaseName("ux_machines_name_in_project");
        builder.HasIndex(m => new { m.NetworkId, m.Address }).IsUnique().HasFilter("state <> 'Deleted'").HasDatabaseName("ux_machines_address_in_network");
        builder.HasIndex(m => m.Mac).IsUnique().HasFilter("state <> 'Deleted'").HasDatabaseName("ux_machines_mac");
        MachineIndexes.Configure(builder);
        builder.HasOne<Project>().WithMany().HasForeignKey(m => m.ProjectId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Image>().WithMany().HasForeignKey(m => m.ImageId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Network>().WithMany().HasForeignKey(m => m.NetworkId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Host>().WithMany().HasForeignKey(m => m.HostId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable("machines", t =>
        {
            t.HasCheckConstraint("ck_machines_tags", $"cardinality(tags) <= {MachineTags.Most}");
            t.HasCheckConstraint("ck_machines_sizes", "vcpus > 0 and memory_mib > 0 and disk_gib > 0");
            t.HasCheckConstraint("ck_machines_address", "host(address::inet) = address");
            t.HasCheckConstraint("ck_machines_running_somewhere", "state not in ('Running', 'Off', 'Unknown') or host_id is not null");
        });
    }
}
