using System.Net;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Seeds;
using Portal.Hypervisor.Storage;

namespace Portal.Tests.Fleet;

/// <summary>A micro machine made through the hypervisor layer alone, and removed from every host when disposed.</summary>
public sealed class LabMachine : IAsyncDisposable
{
    private readonly LabFixture _lab;

    private LabMachine(LabFixture lab, MachineDefinition definition, IPAddress address, string pool)
    {
        Pool = pool;
        _lab = lab;
        Definition = definition;
        Address = address;
    }

    public MachineDefinition Definition { get; }

    public Guid Id => Definition.Uuid;

    public IPAddress Address { get; }

    /// <summary>The pool its disks are in, at whichever host it is.</summary>
    public string Pool { get; }

    /// <summary>Volumes a host needs to run it.</summary>
    public IReadOnlyList<string> Volumes => [DiskName(Id), SeedName(Id)];

    /// <summary>Provisions and starts a machine, and returns once its counter answers.</summary>
    public static async Task<LabMachine> StartAsync(
        LabFixture lab, HostConnection host, DeviceModel devices = DeviceModel.Paravirtual, int memoryMib = 96, IReadOnlyList<string>? sshKeys = null, string? pool = null)
    {
        pool ??= lab.File.Pool;
        var stop = TestContext.Current.CancellationToken;
        var id = Guid.CreateVersion7();
        var name = $"t-{id:N}"[..14];
        var address = lab.NextAddress();
        var mac = $"52:54:00:{Random.Shared.Next(256):x2}:{Random.Shared.Next(256):x2}:{Random.Shared.Next(256):x2}";
        var disk = await host.Storage.CloneAsync(pool, lab.File.Micro.Volume, DiskName(id), 1L << 30, stop);
        var seed = await host.Storage.UploadAsync(pool, SeedName(id), NoCloudImage.Build(new Seed(
            id.ToString(), name, sshKeys ?? [], mac, address, lab.File.Network.PrefixLength,
            IPAddress.Parse(lab.File.Network.Gateway), [IPAddress.Parse(lab.File.Network.Dns)])), stop);
        var definition = new MachineDefinition(
            id, name, Vcpus: 1, memoryMib, devices, lab.Accelerator, disk.Path, "qcow2", seed.Path, mac, lab.File.Network.Bridge);
        var machine = new LabMachine(lab, definition, address, pool);
        try
        {
            await host.Machines.DefineAsync(definition, stop);
            await host.Machines.StartAsync(id, stop);
            await machine.ReadCounterAsync();
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks the guest's counter; waits for the guest to answer, two minutes at most.</summary>
    public Task<CounterReading> ReadCounterAsync() => GuestCounter.ReadAsync(Address, TestContext.Current.CancellationToken);

    /// <summary>Asks the counter until it says what is waited for, two minutes at most.</summary>
    public Task<CounterReading> UntilAsync(Func<CounterReading, bool> matches)
        => GuestCounter.UntilAsync(Address, matches, TestContext.Current.CancellationToken);

    /// <summary>Stops it in memory, as a person would.</summary>
    public Task PauseAsync(HostConnection host) => host.Machines.SuspendAsync(Id, TestContext.Current.CancellationToken);

    /// <summary>The host that runs it, as the hosts say.</summary>
    public async Task<IReadOnlyList<string>> RunsOnAsync()
    {
        var running = new List<string>();
        foreach (var host in _lab.Hosts)
        {
            if (await host.Machines.FindAsync(Id, TestContext.Current.CancellationToken) is { State: PowerState.Running })
                running.Add(host.Endpoint.Name);
        }

        return running;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _lab.Hosts)
        {
            await host.Machines.DestroyAsync(Id, CancellationToken.None);
            await host.Machines.UndefineAsync(Id, CancellationToken.None);
        }

        foreach (var host in Pool == _lab.File.Pool ? _lab.Hosts.Take(1) : _lab.Hosts)
        {
            foreach (var volume in Volumes)
                await host.Storage.DeleteAsync(Pool, volume, CancellationToken.None);
        }
    }

    private static string DiskName(Guid id) => $"{id}.qcow2";

    private static string SeedName(Guid id) => $"{id}-seed.iso";
}
