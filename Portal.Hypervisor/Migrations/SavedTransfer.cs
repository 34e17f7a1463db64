using Portal.Hypervisor.Libvirt;
using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Storage;

namespace Portal.Hypervisor.Migrations;

/// <summary>
/// Memory goes through a file in the shared store: save here, define and restore there, forget here. The file is removed
/// as soon as the guest runs from it.
/// </summary>
internal sealed class SavedTransfer(MigrationPlan plan, MoveEnds ends, Findings findings, Bulletin bulletin, CancellationToken abandon) : Transfer(plan, ends, findings, bulletin)
{
    private readonly string _path = SavedMemory.Path(findings.StorePath, plan.Machine);
    private volatile bool _isStopWanted;

    public override async Task RunAsync()
    {
        var definition = await Ends.Source.CallAsync(ReadDefinition, CancellationToken.None);
        await Ends.Source.CallLongAsync(connection => SavedMemory.Save(connection, Plan.Machine, _path), CallDeadline, CancellationToken.None);
        abandon.ThrowIfCancellationRequested();
        if (_isStopWanted)
            throw new LibvirtException(LibvirtErrorDomain.Qemu, LibvirtErrorCode.OperationAborted, "Stopped after its memory was saved.");
        Bulletin.Enter(MigrationPhase.SwitchOver, $"memory saved to {SavedMemory.VolumeName(Plan.Machine)}");
        await Ends.Destination.CallAsync(connection => Define(connection, definition), CancellationToken.None);
        abandon.ThrowIfCancellationRequested();
        await RestoreAsync();
        abandon.ThrowIfCancellationRequested();
        await Ends.Source.CallAsync(connection => DomainCalls.IfFound(connection, Plan.Machine, DomainCalls.Undefine), CancellationToken.None);
        await Ends.Destination.CallAsideAsync(connection => SavedMemory.Remove(connection, Plan.Pool, Plan.Machine), StorageCalls.Deadline, CancellationToken.None);
    }

    /// <summary>libvirt counts the save alone as downtime; the guest stood still until the destination ran it.</summary>
    public override async Task<double?> PauseMsAsync(JobStatistics? statistics, double resumed)
        => Ends.Suspended.IsCompletedSuccessfully ? (resumed - await Ends.Suspended) * 1000 : null;

    public override Task AbortAsync(Task transfer)
    {
        _isStopWanted = true;
        return base.AbortAsync(transfer);
    }

    /// <summary>When the restore fails and the destination answers, its empty definition is taken back; the file stays for the source.</summary>
    private async Task RestoreAsync()
    {
        try
        {
            await Ends.Destination.CallLongAsync(connection => SavedMemory.Restore(connection, _path), CallDeadline, CancellationToken.None);
        }
        catch (LibvirtException e) when (!e.IsConnectionLost && !abandon.IsCancellationRequested)
        {
            await Ends.Destination.CallAsync(connection => DomainCalls.IfFound(connection, Plan.Machine, DomainCalls.Undefine), CancellationToken.None);
            throw;
        }
    }

    private string ReadDefinition(ConnectHandle connection)
    {
        using var domain = DomainCalls.Require(connection, Plan.Machine);
        return DomainCalls.DefinitionXml(domain);
    }

    private static bool Define(ConnectHandle connection, string xml)
    {
        using var domain = LibvirtError.Check(Native.virDomainDefineXML(connection, xml), connection);
        return true;
    }
}
