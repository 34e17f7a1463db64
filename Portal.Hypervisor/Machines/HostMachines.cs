namespace Portal.Hypervisor.Machines;

/// <summary>The machines on one host. Every call is idempotent: starting a running machine is fine.</summary>
public sealed class HostMachines
{
    internal HostMachines()
    {
    }

    /// <summary>Defines the machine, or redefines it when it exists.</summary>
    public Task DefineAsync(MachineDefinition definition, CancellationToken cancellationToken) => NotYet<int>();

    /// <summary>Starts it.</summary>
    public Task StartAsync(Guid machine, CancellationToken cancellationToken) => NotYet<int>();

    /// <summary>Asks the guest to shut down (ACPI); returns once asked.</summary>
    public Task ShutDownAsync(Guid machine, CancellationToken cancellationToken) => NotYet<int>();

    /// <summary>Presses the reset button.</summary>
    public Task ResetAsync(Guid machine, CancellationToken cancellationToken) => NotYet<int>();

    /// <summary>Cuts its power.</summary>
    public Task DestroyAsync(Guid machine, CancellationToken cancellationToken) => NotYet<int>();

    /// <summary>Removes its definition; it must be off.</summary>
    public Task UndefineAsync(Guid machine, CancellationToken cancellationToken) => NotYet<int>();

    /// <summary>Pauses it in memory.</summary>
    public Task SuspendAsync(Guid machine, CancellationToken cancellationToken) => NotYet<int>();

    /// <summary>Lets a paused machine run.</summary>
    public Task ResumeAsync(Guid machine, CancellationToken cancellationToken) => NotYet<int>();

    /// <summary>Finds one machine; null when this host does not define it.</summary>
    public Task<MachineStatus?> FindAsync(Guid machine, CancellationToken cancellationToken) => NotYet<MachineStatus?>();

    /// <summary>Lists every machine the host defines or runs.</summary>
    public Task<IReadOnlyList<MachineStatus>> ListAsync(CancellationToken cancellationToken) => NotYet<IReadOnlyList<MachineStatus>>();

    /// <summary>Has the host announce the machine's network address again (QMP <c>announce-self</c>).</summary>
    public Task AnnounceAsync(Guid machine, CancellationToken cancellationToken) => NotYet<int>();

    private Task<T> NotYet<T>() => throw new NotSupportedException($"Not built yet: {GetType().Name}.");
}
