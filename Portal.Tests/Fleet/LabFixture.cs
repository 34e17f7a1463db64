using System.Net;
using System.Text.Json;
using Portal.Hypervisor.Hosts;
using Portal.Web.Operations;

namespace Portal.Tests.Fleet;

/// <summary>Tests on the lab's hosts run one after the other: they measure, and the machine is small.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LabCollection : ICollectionFixture<LabFixture>
{
    public const string Name = "lab";
}

/// <summary>
/// The real fleet named by <c>PORTAL_TEST_LAB</c>, connected. Without it these tests fail, loudly: a fleet that was not
/// there proves nothing.
/// </summary>
public sealed class LabFixture : IAsyncLifetime
{
    private int _addresses = Random.Shared.Next(0, 200);

    public LabFile File { get; private set; } = null!;

    /// <summary>Every host, connected, in the lab's order.</summary>
    public IReadOnlyList<HostConnection> Hosts { get; private set; } = [];

    /// <summary>How guests run here.</summary>
    public Accelerator Accelerator => File.Accelerator == "kvm" ? Accelerator.Kvm : Accelerator.Tcg;

    public HostConnection this[string name] => Hosts.Single(h => h.Endpoint.Name == name);

    public async ValueTask InitializeAsync()
    {
        var path = Environment.GetEnvironmentVariable("PORTAL_TEST_LAB")
            ?? throw new InvalidOperationException("PORTAL_TEST_LAB does not name a lab.json. Start a lab (./portal lab up) and name it, or run ./portal test.");
        File = JsonSerializer.Deserialize<LabFile>(await System.IO.File.ReadAllTextAsync(path), JsonSerializerOptions.Web)!;
        Hosts = [.. File.Hosts.Select(host => Open(host))];
        foreach (var host in Hosts)
        {
            var link = await host.ConnectAsync(CancellationToken.None);
            if (link.State != HostLinkState.Connected)
                throw new InvalidOperationException($"The lab is not up: {link.Reason}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts)
            await host.DisposeAsync();
    }

    /// <summary>Another connection to a host, for tests that break it.</summary>
    public HostConnection Connection(string name, HostConnectionOptions? options = null, TimeProvider? time = null)
        => Open(File.Hosts.Single(h => h.Name == name), options, time);

    /// <summary>An address of the lab's pool that this run has not used, from its end: people's machines begin at its start.</summary>
    public IPAddress NextAddress()
    {
        var last = IPAddress.Parse(File.Network.Last).GetAddressBytes();
        last[3] = (byte)(last[3] - Interlocked.Increment(ref _addresses) % 240);
        return new IPAddress(last);
    }

    /// <summary>Removes a machine the portal made, and its volumes, wherever it is.</summary>
    public async Task RemoveAsync(Guid machine)
    {
        foreach (var host in Hosts)
        {
            await host.Machines.DestroyAsync(machine, CancellationToken.None);
            await host.Machines.UndefineAsync(machine, CancellationToken.None);
        }

        await Hosts[0].Storage.DeleteAsync(File.Pool, MachineFiles.Disk(machine), CancellationToken.None);
        await Hosts[0].Storage.DeleteAsync(File.Pool, MachineFiles.Seed(machine), CancellationToken.None);
    }

    private static HostConnection Open(LabHost host, HostConnectionOptions? options = null, TimeProvider? time = null)
        => new(new HostEndpoint(Guid.CreateVersion7(), host.Name, host.Uri, host.Address), options, time: time);
}

/// <summary>What <c>lab.json</c> says.</summary>
public sealed record LabFile(string Name, string Accelerator, string Pool, LabNetwork Network, IReadOnlyList<LabHost> Hosts, IReadOnlyList<LabImage> Images)
{
    /// <summary>The small image the tests use.</summary>
    public LabImage Micro => Images.Single(i => i.Name == "micro");
}

public sealed record LabNetwork(string Cidr, string Gateway, string Dns, string First, string Last, string Bridge)
{
    public int PrefixLength => int.Parse(Cidr[(Cidr.IndexOf('/', StringComparison.Ordinal) + 1)..]);
}

public sealed record LabHost(string Name, string Uri, string Address);

public sealed record LabImage(string Name, string Volume, string Format, string User, int MinMemoryMib);
