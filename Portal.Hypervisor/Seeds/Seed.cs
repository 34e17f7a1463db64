using System.Net;

namespace Portal.Hypervisor.Seeds;

/// <summary>What a new machine is told at its first start (NoCloud).</summary>
public sealed record Seed(
    string InstanceId, string HostName, IReadOnlyList<string> SshKeys, string Mac, IPAddress Address, int PrefixLength,
    IPAddress? Gateway, IReadOnlyList<IPAddress> NameServers);
