namespace Portal.Domain.Requests;

/// <summary>What a person fills in to ask for something.</summary>
/// <param name="Why">What it is for, for who decides; at most 1000 characters.</param>
public abstract record Draft(string? Why);

/// <summary>What a person fills in to ask for a machine.</summary>
/// <param name="ProjectId">The project that pays with its quota.</param>
/// <param name="MachineName">The machine's name: an RFC 1123 label, at most 40 characters.</param>
/// <param name="ImageId">The image it is cloned from.</param>
/// <param name="FlavorId">Its size.</param>
/// <param name="NetworkId">The network it gets an address on.</param>
/// <param name="SshKey">The public key that may log in, one line.</param>
/// <param name="Why">What it is for, for who decides; at most 1000 characters.</param>
/// <param name="LeaseDays">How long it is wanted, days; null: as long as the project's terms give by themselves; 0: for ever, where they allow it.</param>
public sealed record RequestDraft(Guid ProjectId, string MachineName, Guid ImageId, Guid FlavorId, Guid NetworkId, string SshKey, string? Why, int? LeaseDays = null) : Draft(Why);

/// <summary>What a person fills in to change a machine's size.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="Vcpus">Virtual processors wanted.</param>
/// <param name="MemoryMib">Memory wanted, MiB.</param>
/// <param name="DiskGib">Disk wanted, GiB; it can only grow.</param>
/// <param name="Why">What it is for.</param>
public sealed record ResizeDraft(Guid MachineId, int Vcpus, int MemoryMib, int DiskGib, string? Why) : Draft(Why);

/// <summary>What a person fills in to keep a machine longer.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="Days">By how much, days.</param>
/// <param name="Why">What it is for.</param>
public sealed record ExtendDraft(Guid MachineId, int Days, string? Why) : Draft(Why);

/// <summary>What an owner fills in to ask for higher limits.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Limits">The limits wanted; those left out stay.</param>
/// <param name="Why">What it is for.</param>
public sealed record QuotaDraft(Guid ProjectId, IReadOnlyDictionary<Projects.QuotaResource, long> Limits, string? Why) : Draft(Why);

/// <summary>What a person fills in to delete a protected machine.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="ConfirmName">Its name, typed by the person.</param>
/// <param name="Why">Why it may go.</param>
public sealed record DeleteDraft(Guid MachineId, string ConfirmName, string? Why) : Draft(Why);
