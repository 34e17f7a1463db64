using System.Text.Json;

namespace Portal.Bench;

/// <summary>The fleet the figures are taken on, as <c>lab/lab up</c> describes it.</summary>
sealed record Lab(string Name, string Accelerator, string Pool, LabNetwork Network, IReadOnlyList<LabHost> Hosts, IReadOnlyList<LabImage> Images)
{
    public static Lab Load(string path) =>
        JsonSerializer.Deserialize<Lab>(File.ReadAllText(path), JsonSerializerOptions.Web)
        ?? throw new InvalidOperationException($"{path} describes no lab.");
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
