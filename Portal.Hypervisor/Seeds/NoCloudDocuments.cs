using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Portal.Hypervisor.Seeds;

/// <summary>
/// The three documents of a NoCloud seed. Every value goes through a serializer: a JSON string is a YAML string, so no
/// key or name can end a line and begin a directive of its own.
/// </summary>
internal static class NoCloudDocuments
{
    /// <summary>Keys contain '+' and '/', which need no escape outside of HTML; control characters and quotes always get one.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string MetaData(Seed seed) => Lines(
        $"instance-id: {Quote(seed.InstanceId)}",
        $"local-hostname: {Quote(seed.HostName)}");

    public static string UserData(Seed seed) => Lines(
        ["#cloud-config", "ssh_authorized_keys:", .. seed.SshKeys.Select(key => $"  - {Quote(key)}")]);

    /// <summary>Network configuration version 2: the interface is found by its address, not by a name the guest may choose.</summary>
    public static string NetworkConfig(Seed seed)
    {
        var lines = new List<string>
        {
            "version: 2",
            "ethernets:",
            "  primary:",
            "    match:",
            $"      macaddress: {Quote(seed.Mac)}",
            "    addresses:",
            $"      - {Quote($"{seed.Address}/{seed.PrefixLength}")}",
        };
        if (seed.Gateway is { } gateway)
            lines.AddRange(["    routes:", "      - to: default", $"        via: {Quote(gateway.ToString())}"]);
        if (seed.NameServers.Count > 0)
            lines.AddRange(["    nameservers:", "      addresses:", .. seed.NameServers.Select(server => $"        - {Quote(server.ToString())}")]);
        return Lines([.. lines]);
    }

    private static string Quote(string value) => JsonSerializer.Serialize(value, Plain);

    private static string Lines(params string[] lines) => new StringBuilder().AppendJoin('\n', lines).Append('\n').ToString();
}
