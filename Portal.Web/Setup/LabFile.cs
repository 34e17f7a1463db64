using System.Text.Json;

namespace Portal.Web.Setup;

/// <summary>What the lab wrote about itself: its hosts, its network, its images.</summary>
public sealed record LabFile(string Name, string Pool, LabNetwork Network, IReadOnlyList<LabHost> Hosts, IReadOnlyList<LabImage> Images)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads the file.</summary>
    /// <exception cref="SettingsException">It is not there, or not what the lab writes.</exception>
    public static async Task<LabFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = File.OpenRead(path);
            var lab = await JsonSerializer.DeserializeAsync<LabFile>(stream, Json, cancellationToken);
            return lab is { Hosts: not null, Images: not null, Network: not null }
                ? lab
                : throw new SettingsException($"{path} names no hosts, network or images. Run './portal lab up' to write it again.");
        }
        catch (JsonException wrong)
        {
            throw new SettingsException($"{path} is not a lab description: {wrong.Message} Run './portal lab up' to write it again.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{path} cannot be read: {fault.Message} Run './portal lab up' first, and seed as a user who may read it.");
        }
    }
}

/// <summary>The network guests live in.</summary>
public sealed record LabNetwork(string Name, string Cidr, string Gateway, string Dns, string First, string Last, string Bridge);

/// <summary>One host.</summary>
public sealed record LabHost(string Name, string Uri, string Address);

/// <summary>One base image in the pool.</summary>
public sealed record LabImage(
    string Name, string Title, string Description, string Volume, string Format, long SizeBytes, long VirtualBytes, string Sha256,
    string User, int MinMemoryMib, int MinDiskGib);
