using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Libvirt;

namespace Portal.Hypervisor.Machines;

/// <summary>
/// The machines on one host. Every call is idempotent: starting a running machine, or removing one that is not there, is
/// fine. A call on a machine the host does not define fails with <see cref="LibvirtErrorCode.NoDomain"/>.
/// </summary>
public sealed class HostMachines
{
    private readonly HostConnection _host;

    internal HostMachines(HostConnection host) => _host = host;

    /// <summary>Defines the machine, or redefines it when it exists.</summary>
    public Task DefineAsync(MachineDefinition definition, CancellationToken cancellationToken)
    {
        var xml = DomainXml.Write(definition).ToString();
        return _host.CallAsync(connection =>
        {
            using var domain = LibvirtError.Check(Native.virDomainDefineXML(connection, xml), connection);
            return true;
        }, cancellationToken);
    }

    /// <summary>Its definition as it starts next, in libvirt's own words, for another host to take over.</summary>
    public Task<string> DefinitionAsync(Guid machine, CancellationToken cancellationToken) => _host.CallAsync(connection =>
    {
        using var domain = DomainCalls.Require(connection, machine);
        return DomainCalls.DefinitionXml(domain);
    }, cancellationToken);

    /// <summary>Defines a machine as <see cref="DefinitionAsync"/> of another host told, or redefines it when it exists.</summary>
    public Task TakeOverAsync(string definition, CancellationToken cancellationToken) => _host.CallAsync(connection =>
    {
        using var domain = LibvirtError.Check(Native.virDomainDefineXML(connection, definition), connection);
        return true;
    }, cancellationToken);

    /// <summary>Its processors and memory, as it runs and as it starts next.</summary>
    public Task<MachineShape> ShapeAsync(Guid machine, CancellationToken cancellationToken) => _host.CallAsync(connection =>
    {
        using var domain = DomainCalls.Require(connection, machine);
        return DomainResize.Shape(domain);
    }, cancellationToken);

    /// <summary>Gives it another size from its next start on.</summary>
    public Task ResizeNextAsync(Guid machine, int vcpus, int memoryMib, CancellationToken cancellationToken) => _host.CallAsync(connection =>
    {
        using var domain = DomainCalls.Require(connection, machine);
        DomainResize.SetNext(connection, domain, vcpus, memoryMib);
        return true;
    }, cancellationToken);

    /// <summary>Gives a running machine processors; never takes any.</summary>
    /// <exception cref="LibvirtException">It was not prepared for so many, or its driver cannot add any.</exception>
    public Task AddVcpusAsync(Guid machine, int vcpus, CancellationToken cancellationToken) => ActAsync(machine, domain => DomainResize.AddVcpus(domain, vcpus), cancellationToken);

    /// <summary>Grows a disk of a running machine; its guest sees it at once.</summary>
    /// <param name="machine">The machine; it must run.</param>
    /// <param name="volume">The disk's file, by its name without the directory.</param>
    /// <param name="bytes">The size wanted; a larger disk stays as it is.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task GrowDiskAsync(Guid machine, string volume, long bytes, CancellationToken cancellationToken) => ActAsync(machine, domain => DomainResize.GrowDisk(domain, volume, bytes), cancellationToken);

    /// <summary>Starts it, or lets it run on when it is paused.</summary>
    public Task StartAsync(Guid machine, CancellationToken cancellationToken) => ActAsync(machine, DomainCalls.Start, cancellationToken);

    /// <summary>Asks the guest to shut down (ACPI); returns once asked.</summary>
    public Task ShutDownAsync(Guid machine, CancellationToken cancellationToken) => ActAsync(machine, DomainCalls.ShutDown, cancellationToken);

    /// <summary>Presses the reset button; the machine must run.</summary>
    public Task ResetAsync(Guid machine, CancellationToken cancellationToken)
        => ActAsync(machine, domain => LibvirtError.Check(Native.virDomainReset(domain, flags: 0)), cancellationToken);

    /// <summary>Cuts its power.</summary>
    public Task DestroyAsync(Guid machine, CancellationToken cancellationToken) => TryActAsync(machine, DomainCalls.Destroy, cancellationToken);

    /// <summary>Removes its definition; it must be off.</summary>
    public Task UndefineAsync(Guid machine, CancellationToken cancellationToken) => TryActAsync(machine, DomainCalls.Undefine, cancellationToken);

    /// <summary>Pauses it in memory.</summary>
    public Task SuspendAsync(Guid machine, CancellationToken cancellationToken) => ActAsync(machine, DomainCalls.Suspend, cancellationToken);

    /// <summary>Lets a paused machine run.</summary>
    public Task ResumeAsync(Guid machine, CancellationToken cancellationToken) => ActAsync(machine, DomainCalls.Resume, cancellationToken);

    /// <summary>Finds one machine; null when this host does not define it.</summary>
    public Task<MachineStatus?> FindAsync(Guid machine, CancellationToken cancellationToken)
        => _host.CallAsync(connection => DomainCalls.Describe(connection, machine), cancellationToken);

    /// <summary>Lists every machine the host defines or runs.</summary>
    public Task<IReadOnlyList<MachineStatus>> ListAsync(CancellationToken cancellationToken) => _host.CallAsync(DomainList.Read, cancellationToken);

    /// <summary>Has the host announce the machine's network address again (QMP <c>announce-self</c>).</summary>
    /// <exception cref="LibvirtException">The host is no QEMU host, or <c>libvirt-qemu.so.0</c> is not installed.</exception>
    public Task AnnounceAsync(Guid machine, CancellationToken cancellationToken) => ActAsync(machine, DomainCalls.Announce, cancellationToken);

    private Task<bool> ActAsync(Guid machine, Action<DomainHandle> act, CancellationToken cancellationToken) => _host.CallAsync(connection =>
    {
        using var domain = DomainCalls.Require(connection, machine);
        act(domain);
        return true;
    }, cancellationToken);

    private Task<bool> TryActAsync(Guid machine, Action<DomainHandle> act, CancellationToken cancellationToken)
        => _host.CallAsync(connection => DomainCalls.IfFound(connection, machine, act), cancellationToken);
}
