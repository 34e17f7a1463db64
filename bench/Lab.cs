using System.Text.Json;
using System.Xml.Linq;

namespace Portal.Bench;

/// <summary>The fleet the figures are taken on, as <c>lab/lab up</c> describes it.</summary>
sealed record Lab(string Name, string Accelerator, string Pool, LabNetwork Network, IReadOnlyList<LabHost> Hosts, IReadOnlyList<LabImage> Images)
{
    public static Lab Load(string path) =>
        JsonSerializer.Deserialize<Lab>(File.ReadAllText(path), JsonSerializerOptions.Web)
        ?? throw new InvalidOperationException($"{path} describes no lab.");

    /// <summary>The host after this one, round and round.</summary>
    public LabHost Next(LabHost host) => Hosts[(Hosts.ToList().FindIndex(h => h.Name == host.Name) + 1) % Hosts.Count];

    /// <summary>Removes a machine the portal made, wherever it is, with its disk and seed. Nothing there is fine.</summary>
    public async Task RemoveAsync(Guid machine)
    {
        foreach (var host in Hosts)
        {
            if (!(await host.VirshAsync(["list", "--all", "--uuid"], CancellationToken.None)).Contains(machine.ToString(), StringComparison.Ordinal))
                continue;
            if ((await host.VirshAsync(["list", "--uuid"], CancellationToken.None)).Contains(machine.ToString(), StringComparison.Ordinal))
                await host.VirshAsync(["destroy", machine.ToString()], CancellationToken.None);
            await host.VirshAsync(["undefine", machine.ToString()], CancellationToken.None);
        }

        var store = await StoreAsync(CancellationToken.None);
        foreach (var file in Directory.EnumerateFiles(store, $"{machine}*"))
            File.Delete(file);
    }

    /// <summary>The directory that all hosts keep disks in.</summary>
    public async Task<string> StoreAsync(CancellationToken ct) =>
        XDocument.Parse(await Hosts[0].VirshAsync(["pool-dumpxml", Pool], ct)).Root!.Element("target")!.Element("path")!.Value;
}

sealed record LabHost(string Name, string Uri, string Address)
{
    /// <summary>The URI another host's daemon connects to: without the client's own certificate path.</summary>
    public string PeerUri => Uri.Split('?')[0];

    /// <summary>Runs virsh on it the way an administrator would: over its URI.</summary>
    public Task<string> VirshAsync(IReadOnlyList<string> arguments, CancellationToken ct) => Tool.RunAsync("virsh", ["-q", "-c", Uri, .. arguments], ct);
}

sealed record LabNetwork(string Name, string Cidr, string Gateway, string First, string Last, string Bridge);

sealed record LabImage(string Name, string Volume, string Format);
