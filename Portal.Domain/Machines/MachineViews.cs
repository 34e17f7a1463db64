using System.Linq.Expressions;
using Portal.Domain.Leases;
using Portal.Domain.Operations;

namespace Portal.Domain.Machines;

/// <summary>What a machine's power can be told to do.</summary>
public enum PowerAction
{
    /// <summary>Switch on.</summary>
    Start,

    /// <summary>Ask the guest to shut down.</summary>
    ShutDown,

    /// <summary>Reset without asking; unsaved work is lost.</summary>
    Reset,

    /// <summary>Cut the power without asking; unsaved work is lost.</summary>
    PowerOff,
}

/// <summary>What a power operation needs to know; its <see cref="Operation.Parameters"/>.</summary>
public sealed record PowerParameters(PowerAction Action);

/// <summary>What is being done to a machine now.</summary>
/// <param name="Id">The operation.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Title">What it is called on screen.</param>
/// <param name="Status">Queued or Running.</param>
/// <param name="StepName">The running step; null when none runs.</param>
/// <param name="Percent">Progress, 0–100.</param>
/// <param name="EtaSeconds">Seconds left as far as known.</param>
/// <param name="CancelRequested">Whether somebody asked to cancel it.</param>
/// <param name="MigrationId">The move it carries out, when it is one.</param>
public sealed record ActiveOperation(Guid Id, OperationKind Kind, string Title, OperationStatus Status, string? StepName, double Percent, double? EtaSeconds, bool CancelRequested, Guid? MigrationId);

/// <summary>A machine as shown in lists.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">Its name.</param>
/// <param name="ProjectId">Its project.</param>
/// <param name="ProjectName">That project's name.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="StateSince">Since when.</param>
/// <param name="StateReason">Why, where that needs saying.</param>
/// <param name="LastKnownState">The last state known for sure while the state is unknown.</param>
/// <param name="Address">Its address.</param>
/// <param name="FlavorName">Its flavor's name when it was asked for.</param>
/// <param name="Vcpus">Virtual processors.</param>
/// <param name="MemoryMib">Memory, MiB.</param>
/// <param name="DiskGib">Disk, GiB.</param>
/// <param name="ImageTitle">The image it was cloned from.</param>
/// <param name="HostId">The host it lives on; null before it has one.</param>
/// <param name="HostName">That host's name.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="Active">What is being done to it now; null when nothing is.</param>
/// <param name="Lease">Its lease.</param>
/// <param name="Tags">Its tags.</param>
public sealed record MachineRow(Guid Id, string Name, Guid ProjectId, string ProjectName, MachineState State, DateTimeOffset StateSince, string? StateReason,
    MachineState? LastKnownState, string Address, string FlavorName, int Vcpus, int MemoryMib, int DiskGib, string ImageTitle, Guid? HostId, string? HostName,
    DateTimeOffset CreatedAt, ActiveOperation? Active, LeaseView Lease, string[] Tags)
{
    internal static Expression<Func<Machine, MachineRow>> From(PortalDbContext db) => m => new MachineRow(m.Id, m.Name, m.ProjectId,
        db.Projects.Where(p => p.Id == m.ProjectId).Select(p => p.Name).First(), m.State, m.StateSince, m.StateReason, m.LastKnownState, m.Address.ToString(),
        m.FlavorName, m.Vcpus, m.MemoryMib, m.DiskGib, db.Images.Where(i => i.Id == m.ImageId).Select(i => i.Title).First(),
        m.HostId, db.Hosts.Where(h => h.Id == m.HostId).Select(h => h.Name).FirstOrDefault(), m.CreatedAt,
        db.Operations.Where(o => o.MachineId == m.Id && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running))
            .Select(o => new ActiveOperation(o.Id, o.Kind, o.Title, o.Status, o.StepName, o.Percent, o.EtaSeconds, o.CancelRequestedAt != null,
                db.Migrations.Where(x => x.OperationId == o.Id).Select(x => (Guid?)x.Id).FirstOrDefault())).FirstOrDefault(),
        new LeaseView(m.LeaseStage, m.LeaseEndsAt, m.GraceUntil, m.LeaseDays), m.Tags);
}

/// <summary>One thing a person could do to the machine now, or why not.</summary>
/// <param name="Name">A <see cref="PowerAction"/>'s name, Delete, Migrate, Resize, ExtendLease, Protect, or AskDelete.</param>
/// <param name="WhyNot">Null when it may be done now.</param>
public sealed record MachineAction(string Name, string? WhyNot);

/// <summary>A machine with everything its page shows.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="ImageName">Short name of its image.</param>
/// <param name="NetworkName">Its network.</param>
/// <param name="Cidr">That network's range.</param>
/// <param name="Mac">Its hardware address.</param>
/// <param name="Devices">Devices it has.</param>
/// <param name="LoginUser">Who logs in.</param>
/// <param name="SshLine">What to type to log in.</param>
/// <param name="SshKey">The public key that may log in.</param>
/// <param name="CreatedByName">Who asked for it.</param>
/// <param name="RequestId">The request that made it.</param>
/// <param name="Actions">What the actor could do now, and why not.</param>
/// <param name="Protected">Whether deleting it takes a request that is granted.</param>
/// <param name="Pending">A size that waits for its next start; null when there is none.</param>
/// <param name="LeaseEndsAt">When its lease ends; null: it has none.</param>
/// <param name="MayTag">Whether the actor may change its tags.</param>
public sealed record MachineDetails(MachineRow Machine, string ImageName, string NetworkName, string Cidr, string Mac, Catalog.DeviceModel Devices, string LoginUser,
    string SshLine, string SshKey, string CreatedByName, Guid? RequestId, IReadOnlyList<MachineAction> Actions, bool Protected = false, PendingSize? Pending = null, DateTimeOffset? LeaseEndsAt = null, bool MayTag = false)
{
    /// <summary>Why an action is not possible now; null when it is.</summary>
    public string? WhyNot(string action) => Actions.FirstOrDefault(a => a.Name == action)?.WhyNot;
}

/// <summary>Something that happened to a machine.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">operation, migration, request or audit.</param>
/// <param name="Id">Identifier of the operation, the migration, the request or the audit event.</param>
/// <param name="Text">What happened: in words, or for request and audit the action's name in the audit trail.</param>
/// <param name="By">Who.</param>
/// <param name="Outcome">A status's name; null where there is none.</param>
/// <param name="Detail">The error or message; null when there is nothing to say.</param>
public sealed record ActivityEntry(DateTimeOffset At, string Kind, Guid Id, string Text, string By, string? Outcome, string? Detail);

/// <summary>Everything a runner needs to make, find or remove a machine at its host.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Image">The image it is cloned from.</param>
/// <param name="Network">Its network.</param>
/// <param name="Host">The host it lives on; null when it has none yet.</param>
public sealed record Blueprint(Machine Machine, Catalog.Image Image, Catalog.Network Network, Hosts.Host? Host);
