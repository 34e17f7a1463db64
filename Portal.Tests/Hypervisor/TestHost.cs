using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Machines;

namespace Portal.Tests.Hypervisor;

/// <summary>libvirt's own in-memory host: the real client and the real event loop, without guests.</summary>
internal static class TestHost
{
    public const string Uri = "test:///default";

    /// <summary>The pool every test host is born with.</summary>
    public const string Pool = "default-pool";

    public static async Task<HostConnection> ConnectAsync(HostConnectionOptions? options = null)
    {
        var host = new HostConnection(new HostEndpoint(Guid.CreateVersion7(), "test-host", Uri, Address: null), options);
        (await host.ConnectAsync(TestContext.Current.CancellationToken)).State.ShouldBe(HostLinkState.Connected);
        return host;
    }

    public static MachineDefinition Machine(string name) => new(
        Guid.CreateVersion7(), $"{name}-{Guid.NewGuid():N}", Vcpus: 1, MemoryMib: 96, DeviceModel.Paravirtual, Accelerator.None,
        DiskPath: "/images/disk.qcow2", DiskFormat: "qcow2", SeedPath: "/images/seed.iso", Mac: "52:54:00:00:00:01", Bridge: "br0");

    /// <summary>The first event that matches, within a deadline.</summary>
    public static async Task<T> FirstAsync<T>(this IAsyncEnumerable<HostEvent> events, Func<T, bool> matches)
        where T : HostEvent
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        await foreach (var e in events.WithCancellation(deadline.Token))
        {
            if (e is T wanted && matches(wanted))
                return wanted;
        }

        throw new InvalidOperationException($"The events ended without a {typeof(T).Name}.");
    }
}
