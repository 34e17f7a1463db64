using Portal.Domain;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Web.Api;

/// <summary>Something to ask for: which of the rest counts is said by the kind, and anything else is left out.</summary>
/// <param name="Kind">What is asked for; left out: a new machine.</param>
/// <param name="ProjectId">The project: for a new machine, and for higher limits.</param>
/// <param name="MachineName">A new machine's name: lower-case letters, digits and hyphens, at most 40.</param>
/// <param name="ImageId">The image a new machine is cloned from.</param>
/// <param name="FlavorId">A new machine's size.</param>
/// <param name="NetworkId">The network a new machine gets an address on.</param>
/// <param name="SshKey">The public key that may log in to a new machine, one line.</param>
/// <param name="Why">What it is for, at most 1000 characters.</param>
/// <param name="LeaseDays">How long a new machine is wanted, days; left out: as long as the project's terms give by themselves; 0: without an end, where they allow it.</param>
/// <param name="MachineId">The machine: for another size, a longer lease, or its deletion.</param>
/// <param name="Vcpus">Virtual processors wanted; left out: as many as it has.</param>
/// <param name="MemoryMib">Memory wanted, MiB; left out: as it has.</param>
/// <param name="DiskGib">Disk wanted, GiB; left out: as it has.</param>
/// <param name="Days">By how many days a lease is extended.</param>
/// <param name="Limits">The limits wanted, by resource; those left out stay.</param>
/// <param name="ConfirmName">The name of the machine to delete.</param>
public sealed record RequestBody(
    RequestKind Kind = RequestKind.Create, Guid? ProjectId = null, string? MachineName = null, Guid? ImageId = null, Guid? FlavorId = null, Guid? NetworkId = null, string? SshKey = null,
    string? Why = null, int? LeaseDays = null, Guid? MachineId = null, int? Vcpus = null, int? MemoryMib = null, int? DiskGib = null, int? Days = null,
    IReadOnlyDictionary<QuotaResource, long>? Limits = null, string? ConfirmName = null)
{
    /// <summary>What a draft looks like as a body to send.</summary>
    public static RequestBody Of(Draft draft) => draft switch
    {
        RequestDraft d => new(RequestKind.Create, d.ProjectId, d.MachineName, d.ImageId, d.FlavorId, d.NetworkId, d.SshKey, d.Why, d.LeaseDays),
        ResizeDraft d => new(RequestKind.Resize, MachineId: d.MachineId, Vcpus: d.Vcpus, MemoryMib: d.MemoryMib, DiskGib: d.DiskGib, Why: d.Why),
        ExtendDraft d => new(RequestKind.ExtendLease, MachineId: d.MachineId, Days: d.Days, Why: d.Why),
        QuotaDraft d => new(RequestKind.QuotaIncrease, d.ProjectId, Limits: d.Limits, Why: d.Why),
        DeleteDraft d => new(RequestKind.Delete, MachineId: d.MachineId, ConfirmName: d.ConfirmName, Why: d.Why),
        _ => throw new ArgumentOutOfRangeException(nameof(draft), draft, "No such draft."),
    };

    /// <summary>The draft this asks with; what a new size leaves out is taken from the machine.</summary>
    /// <param name="sizeOf">A machine's size as it starts next; null when there is none the caller may see.</param>
    public async Task<Result<Draft>> ToDraftAsync(Func<Guid, Task<MachineSize?>> sizeOf)
    {
        switch (Kind)
        {
            case RequestKind.Create:
                return new RequestDraft(ProjectId ?? Guid.Empty, MachineName ?? "", ImageId ?? Guid.Empty, FlavorId ?? Guid.Empty, NetworkId ?? Guid.Empty, SshKey ?? "", Why, LeaseDays);
            case RequestKind.QuotaIncrease:
                return new QuotaDraft(ProjectId ?? Guid.Empty, Limits ?? new Dictionary<QuotaResource, long>(), Why);
            case RequestKind.ExtendLease:
                return new ExtendDraft(MachineId ?? Guid.Empty, Days ?? 0, Why);
            case RequestKind.Delete:
                return new DeleteDraft(MachineId ?? Guid.Empty, ConfirmName ?? "", Why);
            case RequestKind.Resize:
                var id = MachineId ?? Guid.Empty;
                return await sizeOf(id) is { } has ? new ResizeDraft(id, Vcpus ?? has.Vcpus, MemoryMib ?? has.MemoryMib, DiskGib ?? has.DiskGib, Why) : new NotFound("machine");
            default:
                throw new InvalidOperationException($"{Kind} is no kind of request.");
        }
    }
}
