using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Portal.Web.Migrations;

/// <summary>How frames are written: the same JSON to the browser and, compressed, to the history.</summary>
public static class FrameCodec
{
    /// <summary>Frames leave out what they do not say.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Packs frames for a history chunk.</summary>
    public static byte[] Pack(IReadOnlyList<MigrationFrame> frames)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest))
            JsonSerializer.Serialize(zip, frames, Json);
        return packed.ToArray();
    }

    /// <summary>Reads a chunk back.</summary>
    public static MigrationFrame[] Unpack(byte[] payload)
    {
        using var zip = new GZipStream(new MemoryStream(payload), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<MigrationFrame[]>(zip, Json) ?? [];
    }
}
