using System.Net;
using System.Net.Sockets;
using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;
using Portal.Hypervisor.Seeds;
using Portal.Hypervisor.Storage;

namespace Portal.Tests.Fleet;

/// <summary>What the guest's counter says. The same boot and a larger count prove that it never restarted.</summary>
public sealed record CounterReading(string Boot, long Count, long UptimeMs);

/// <summary>A micro machine made through the hypervisor layer alone, and removed from every host when disposed.</summary>
public sealed class LabMachine : IAsyncDisposable
{
    private const int CounterPort = 7777;
    private readonly LabFixture _lab;

    private LabMachine(LabFixture lab, MachineDefinition definition, IPAddress address)
    {
        _lab = lab;
        Definition = definition;
        Address = address;
    }

    public MachineDefinition Definition { get; }

    public Guid Id => Definition.Uuid;

    public IPAddress Address { get; }

    /// <summary>Volumes a host needs to run it.</summary>
    public IReadOnlyList<string> Volumes => [DiskName(Id), SeedName(Id)];

    /// <summary>Provisions and starts a machine, and returns once its counter answers.</summary>
    public static async Task<LabMachine> StartAsync(
        LabFixture lab, HostConnection host, DeviceModel devices = DeviceModel.Paravirtual, int memoryMib = 96, IReadOnlyList<string>? sshKeys = null)
    {
        var stop = TestContext.Current.CancellationToken;
        var id = Guid.CreateVersion7();
        var name = $"t-{id:N}"[..14];
        var address = lab.NextAddress();
        var mac = $"52:54:00:{Random.Shared.Next(256):x2}:{Random.Shared.Next(256):x2}:{Random.Shared.Next(256):x2}";
        var disk = await host.Storage.CloneAsync(lab.File.Pool, lab.File.Micro.Volume, DiskName(id), 1L << 30, stop);
        var seed = await host.Storage.UploadAsync(lab.File.Pool, SeedName(id), NoCloudImage.Build(new Seed(
            id.ToString(), name, sshKeys ?? [], mac, address, lab.File.Network.PrefixLength,
            IPAddress.Parse(lab.File.Network.Gateway), [IPAddress.Parse(lab.File.Network.Dns)])), stop);
        var definition = new MachineDefinition(
            id, name, Vcpus: 1, memoryMib, devices, lab.Accelerator, disk.Path, "qcow2", seed.Path, mac, lab.File.Network.Bridge);
        var machine = new LabMachine(lab, definition, address);
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

    /// <summary>Asks the guest's counter; waits for the guest to answer, a minute at most.</summary>
    public async Task<CounterReading> ReadCounterAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            deadline.Token.ThrowIfCancellationRequested();
            if (await TryReadCounterAsync(deadline.Token) is { } reading)
                return reading;
            await Task.Delay(TimeSpan.FromMilliseconds(50), deadline.Token);
        }
    }

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

        foreach (var volume in Volumes)
            await _lab.Hosts[0].Storage.DeleteAsync(_lab.File.Pool, volume, CancellationToken.None);
    }

    private async Task<CounterReading?> TryReadCounterAsync(CancellationToken stop)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(TimeSpan.FromSeconds(2));
            using var client = new TcpClient();
            await client.ConnectAsync(Address, CounterPort, patience.Token);
            using var reader = new StreamReader(client.GetStream());
            var parts = (await reader.ReadLineAsync(patience.Token))?.Split(' ');
            return parts is [var boot, var count, var uptime] ? new CounterReading(boot, long.Parse(count), long.Parse(uptime)) : null;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private static string DiskName(Guid id) => $"{id}.qcow2";

    private static string SeedName(Guid id) => $"{id}-seed.iso";
}
