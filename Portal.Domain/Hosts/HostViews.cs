namespace Portal.Domain.Hosts;

/// <summary>What an admin gives to add a host.</summary>
/// <param name="Name">Name shown to people; a letter or digit first, then letters, digits, dots, dashes; at most 60.</param>
/// <param name="Uri">libvirt connection URI.</param>
/// <param name="Address">IP address other hosts reach it by for migrations; null to take it from the URI.</param>
/// <param name="Pool">Storage pool that holds disks and images.</param>
public sealed record HostDraft(string Name, string Uri, string? Address, string Pool);

/// <summary>A host as shown in lists. How it is reached is for admins only.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Whether it answers.</param>
/// <param name="StateSince">Since when.</param>
/// <param name="StateReason">Why it does not; for admins.</param>
/// <param name="Room">What it has, and what is taken.</param>
/// <param name="Machines">Machines that live there.</param>
/// <param name="Incoming">Machines on their way there.</param>
/// <param name="Uri">libvirt connection URI; null for those who are no admin.</param>
/// <param name="Address">Address for migrations; null when taken from the URI, and for those who are no admin.</param>
/// <param name="Pool">Storage pool; empty for those who are no admin.</param>
/// <param name="Report">What it last said about itself; null before the first answer, and for those who are no admin.</param>
/// <param name="Accelerator">Kvm, Tcg or None; null before the first answer.</param>
/// <param name="MaintenanceSince">Since when it is in maintenance; null while it is in service.</param>
/// <param name="MaintenanceBy">Who put it there; for those who look after hosts.</param>
public sealed record HostRow(Guid Id, string Name, HostState State, DateTimeOffset StateSince, string? StateReason, HostRoom Room, int Machines, int Incoming,
    string? Uri, string? Address, string Pool, HostReport? Report, string? Accelerator, DateTimeOffset? MaintenanceSince = null, string? MaintenanceBy = null);

/// <summary>What a host said of one machine.</summary>
/// <param name="Id">The machine.</param>
/// <param name="State">Running, Off, or Failed for one that crashed.</param>
/// <param name="Reason">The hypervisor's own words; null when there is nothing to say.</param>
/// <param name="Size">What it has of processors and memory; null when that was not looked at.</param>
public sealed record MachineObservation(Guid Id, Machines.MachineState State, string? Reason, Machines.SeenSize? Size = null);
