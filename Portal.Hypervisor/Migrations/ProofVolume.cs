using System.Globalization;

namespace Portal.Hypervisor.Migrations;

/// <summary>
/// The small volume that proves a store to be shared. It is removed with the proof; one that a portal left behind that died in between is
/// known by its name alone, which no machine's volume has, and tells its own age.
/// </summary>
public static class ProofVolume
{
    private const string Prefix = "portal-proof-";

    /// <summary>Longer than any proof lives: its calls have a quarter of an hour together.</summary>
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(30);

    /// <summary>A name nobody has, with the time in it.</summary>
    public static string NewName(DateTimeOffset now) => $"{Prefix}{Guid.CreateVersion7(now):N}";

    /// <summary>Whether a volume is a proof that nobody waits for any more.</summary>
    public static bool IsLeftOver(string volume, DateTimeOffset now) =>
        volume.StartsWith(Prefix, StringComparison.Ordinal) && MadeAt(volume[Prefix.Length..]) is { } made && now - made > LongestLife;

    /// <summary>The time in a UUIDv7, which is its first 48 bits, ms since 1970 (RFC 9562); null when it is none.</summary>
    private static DateTimeOffset? MadeAt(string stamp) =>
        Guid.TryParseExact(stamp, "N", out var id) && id.Version == 7 && id.ToString("N") == stamp
            ? DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(stamp[..12], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
            : null;
}
