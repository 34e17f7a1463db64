using Portal.Hypervisor.Hosts;

namespace Portal.Hypervisor.Machines;

/// <summary>Which devices a guest sees.</summary>
public enum DeviceModel
{
    /// <summary>virtio: the guest knows it is virtualised and cooperates.</summary>
    Paravirtual,
    /// <summary>IDE and e1000: for systems without virtio drivers; slower.</summary>
    Emulated,
}

/// <summary>A machine as it is to be defined on a host.</summary>
/// <param name="Uuid">The machine's id, the same in the portal and in libvirt.</param>
/// <param name="Name">The name in libvirt; unique per host.</param>
/// <param name="Vcpus">Virtual processors.</param>
/// <param name="MemoryMib">Memory, MiB.</param>
/// <param name="Devices">Paravirtual or emulated.</param>
/// <param name="Accelerator">KVM or TCG; must be the same wherever the machine may move.</param>
/// <param name="DiskPath">Path of the root disk on shared storage.</param>
/// <param name="DiskFormat">Its format, always explicit ("qcow2"): a guest must not choose it by what it writes.</param>
/// <param name="SeedPath">Path of the NoCloud seed image.</param>
/// <param name="Mac">Network address, <c>52:54:00:…</c>.</param>
/// <param name="Bridge">The host's bridge the machine is joined to.</param>
public sealed record MachineDefinition(
    Guid Uuid, string Name, int Vcpus, int MemoryMib, DeviceModel Devices, Accelerator Accelerator,
    string DiskPath, string DiskFormat, string SeedPath, string Mac, string Bridge)
{
    /// <summary>Processors a machine may grow to while it runs.</summary>
    private const int Prepared = 8;

    /// <summary>
    /// The most virtual processors the machine can have without a restart. Under emulation one with a single processor is prepared
    /// for no more: QEMU would then translate its code for several, with real atomic instructions, and run it slower all its life.
    /// </summary>
    public static int MostVcpus(int vcpus, Accelerator accelerator) => accelerator == Accelerator.Tcg && vcpus == 1 ? 1 : Math.Max(vcpus, Prepared);
}
