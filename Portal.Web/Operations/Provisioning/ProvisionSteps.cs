using System.Net;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Probing;
using Portal.Hypervisor.Seeds;
using Portal.Hypervisor.Storage;

namespace Portal.Web.Operations.Provisioning;

/// <summary>
/// What is done at one host to make one machine. Every step looks first, so that it can be done again. A call that changes something
/// is waited for even after a cancel: it cannot be called back, and what it made after the undo nobody would remove.
/// </summary>
public sealed class ProvisionSteps(Blueprint blueprint, FleetHost host)
{
    /// <summary>How often the new guest is pinged until it answers.</summary>
    private static readonly TimeSpan PingEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a new guest may take until it answers; one that takes longer runs nevertheless.</summary>
    private static readonly TimeSpan FirstPing = TimeSpan.FromMinutes(3);

    private VolumeInfo? _disk;
    private VolumeInfo? _seed;

    private Machine Machine => blueprint.Machine;

    private HostReport Report => blueprint.Host?.Report ?? throw new UnfitHostException($"{host.Name} has not said yet what it can do.");

    /// <summary>The host can make machines and sees the image.</summary>
    public async Task<string?> CheckHostAsync(CancellationToken cancellationToken)
    {
        foreach (var needed in (string[])[CapabilityNames.Lifecycle, CapabilityNames.Storage])
        {
            var capability = Report.Capabilities.FirstOrDefault(capability => capability.Name == needed);
            if (capability is not { Available: true })
                throw new UnfitHostException($"{host.Name} cannot make machines: {capability?.Reason ?? $"it does not offer {needed}."}");
        }

        var image = await host.Storage.FindAsync(host.Pool, blueprint.Image.Volume, cancellationToken);
        return image is null
            ? throw new UnfitHostException($"{host.Name} has no image {blueprint.Image.Volume} in its pool {host.Pool}. Check that the image store is mounted there.")
            : $"{host.Name} answers and has {blueprint.Image.Title}.";
    }

    /// <summary>Disk and seed, side by side: neither needs the other.</summary>
    public async Task<string?> MakeVolumesAsync(CancellationToken cancellationToken)
    {
        if (await host.Machines.FindAsync(Machine.Id, cancellationToken) is { State: not PowerState.Off })
            return "The machine runs already; its disks are left alone.";
        var disk = host.Storage.CloneAsync(host.Pool, blueprint.Image.Volume, blueprint.Image.Format, MachineFiles.Disk(Machine.Id), (long)Machine.DiskGib << 30, CancellationToken.None);
        var seed = host.Storage.UploadAsync(host.Pool, MachineFiles.Seed(Machine.Id), NoCloudImage.Build(Seed()), CancellationToken.None);
        await Task.WhenAll(disk, seed);
        cancellationToken.ThrowIfCancellationRequested();
        (_disk, _seed) = (await disk, await seed);
        return $"{Machine.DiskGib} GiB, grown from {blueprint.Image.Volume}.";
    }

    /// <summary>Makes the machine known to the host.</summary>
    public async Task<string?> DefineAsync(CancellationToken cancellationToken)
    {
        if (_disk is null || _seed is null)
            return "The host knows it already.";
        await host.Machines.DefineAsync(new MachineDefinition(
            Machine.Id, MachineFiles.DomainName(Machine.Name, Machine.Id), Machine.Vcpus, Machine.MemoryMib, Devices(), Enum.Parse<Accelerator>(Report.Accelerator),
            _disk.Path, "qcow2", _seed.Path, Machine.Mac, blueprint.Network.Bridge), CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    /// <summary>Switches it on.</summary>
    public async Task<string?> StartAsync(CancellationToken cancellationToken)
    {
        await host.Machines.StartAsync(Machine.Id, CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    /// <summary>Waits until its address answers. Silence is told, not punished: the machine is there.</summary>
    public async Task<string?> AwaitAnswerAsync(CancellationToken cancellationToken)
    {
        if (Report.Accelerator == nameof(Accelerator.None))
            return "This host's driver runs no guests, so nothing answers.";
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(FirstPing);
        await using var probe = PingProbe.Start(Machine.Address, PingEvery);
        try
        {
            using var tick = new PeriodicTimer(PingEvery);
            while (double.IsNegativeInfinity(probe.LastAnsweredSentMs))
                await tick.WaitForNextTickAsync(deadline.Token);
            return $"{Machine.Address} answers.";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"It runs, but {Machine.Address} did not answer within {FirstPing.TotalMinutes:0} minutes. Look at its console.";
        }
    }

    /// <summary>Takes everything back. Nothing there is fine.</summary>
    public async Task UndoAsync(CancellationToken cancellationToken)
    {
        await host.Machines.DestroyAsync(Machine.Id, cancellationToken);
        await host.Machines.UndefineAsync(Machine.Id, cancellationToken);
        await host.Storage.DeleteAsync(host.Pool, MachineFiles.Disk(Machine.Id), cancellationToken);
        await host.Storage.DeleteAsync(host.Pool, MachineFiles.Seed(Machine.Id), cancellationToken);
    }

    private DeviceModel Devices() => Machine.Devices switch
    {
        Domain.Catalog.DeviceModel.Paravirtual => DeviceModel.Paravirtual,
        Domain.Catalog.DeviceModel.Emulated => DeviceModel.Emulated,
    };

    private Seed Seed() => new(
        Machine.Id.ToString(), Machine.Name, Machine.SshKey.Length > 0 ? [Machine.SshKey] : [], Machine.Mac, Machine.Address,
        IPNetwork.Parse(blueprint.Network.Cidr).PrefixLength, blueprint.Network.Gateway, blueprint.Network.Dns is { } dns ? [dns] : []);
}
