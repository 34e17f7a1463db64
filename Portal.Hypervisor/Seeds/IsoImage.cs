using System.Buffers.Binary;
using System.Text;

namespace Portal.Hypervisor.Seeds;

/// <summary>A file of an image; its name is kept as it is.</summary>
internal sealed record IsoFile(string Name, byte[] Content);

/// <summary>
/// Writes an ISO 9660 image of a few files in one directory (ECMA-119), with a Joliet tree beside it for systems that
/// need lower case and long names. Sectors: 16 and 17 descriptors, 18 terminator, 19 to 22 path tables, 23 and 24 the two
/// root directories, then the files.
/// </summary>
internal static class IsoImage
{
    private const int Sector = 2048, PathTables = 19, RootDirectory = 23, JolietDirectory = 24, FirstFile = 25;

    /// <summary>128 KiB. Tools that tell file systems apart read ahead; BusyBox gives up on a device below 68 KiB.</summary>
    private const int LeastSectors = 64;

    public static byte[] Write(string label, IReadOnlyList<IsoFile> files)
    {
        var starts = new int[files.Count];
        var next = FirstFile;
        for (var i = 0; i < files.Count; i++)
        {
            starts[i] = next;
            next += Math.Max(1, (files[i].Content.Length + Sector - 1) / Sector);
        }

        next = Math.Max(next, LeastSectors);
        var image = new byte[next * Sector];
        WriteDescriptor(At(image, 16), type: 1, Encoding.ASCII, label, next, PathTables, RootDirectory);
        WriteDescriptor(At(image, 17), type: 2, Encoding.BigEndianUnicode, label, next, PathTables + 2, JolietDirectory);
        WriteHeader(At(image, 18), type: 255);
        WritePathTables(image, PathTables, RootDirectory);
        WritePathTables(image, PathTables + 2, JolietDirectory);
        WriteDirectory(At(image, RootDirectory), RootDirectory, files, starts, name => Encoding.ASCII.GetBytes($"{name.ToUpperInvariant()};1"));
        WriteDirectory(At(image, JolietDirectory), JolietDirectory, files, starts, Encoding.BigEndianUnicode.GetBytes);
        for (var i = 0; i < files.Count; i++)
            files[i].Content.CopyTo(image, starts[i] * Sector);
        return image;
    }

    private static Span<byte> At(byte[] image, int sector) => image.AsSpan(sector * Sector, Sector);

    private static void WriteHeader(Span<byte> sector, byte type)
    {
        sector[0] = type;
        "CD001"u8.CopyTo(sector[1..]);
        sector[6] = 1;
    }

    /// <summary>ECMA-119 8.4 and 8.5; a Joliet descriptor is a supplementary one that names its level 3 escape sequence.</summary>
    private static void WriteDescriptor(Span<byte> sector, byte type, Encoding text, string label, int sectors, int pathTable, int directory)
    {
        WriteHeader(sector, type);
        FillText(sector[8..40], text, "");
        FillText(sector[40..72], text, label);
        Both32(sector[80..], sectors);
        if (type == 2)
            "%/E"u8.CopyTo(sector[88..]);
        Both16(sector[120..], 1);
        Both16(sector[124..], 1);
        Both16(sector[128..], Sector);
        Both32(sector[132..], 10);
        BinaryPrimitives.WriteInt32LittleEndian(sector[140..], pathTable);
        BinaryPrimitives.WriteInt32BigEndian(sector[148..], pathTable + 1);
        WriteRecord(sector[156..], directory, Sector, isDirectory: true, [0]);
        FillText(sector[190..813], text, "");
        for (var date = 813; date < 881; date += 17)
            sector.Slice(date, 16).Fill((byte)'0');
        sector[881] = 1;
    }

    private static void FillText(Span<byte> field, Encoding text, string value)
    {
        var space = text.GetBytes(" ");
        for (var i = 0; i + space.Length <= field.Length; i += space.Length)
            space.CopyTo(field[i..]);
        text.GetBytes(value).CopyTo(field);
    }

    /// <summary>One entry, the root, once in each byte order.</summary>
    private static void WritePathTables(byte[] image, int first, int directory)
    {
        var little = At(image, first);
        var big = At(image, first + 1);
        little[0] = big[0] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(little[2..], directory);
        BinaryPrimitives.WriteInt32BigEndian(big[2..], directory);
        little[6] = 1;
        big[7] = 1;
    }

    private static void WriteDirectory(Span<byte> sector, int self, IReadOnlyList<IsoFile> files, int[] starts, Func<string, byte[]> encode)
    {
        var at = WriteRecord(sector, self, Sector, isDirectory: true, [0]);
        at += WriteRecord(sector[at..], self, Sector, isDirectory: true, [1]);
        for (var i = 0; i < files.Count; i++)
            at += WriteRecord(sector[at..], starts[i], files[i].Content.Length, isDirectory: false, encode(files[i].Name));
    }

    /// <summary>ECMA-119 9.1. The recording date stays zero: an image depends on nothing but its seed.</summary>
    private static int WriteRecord(Span<byte> at, int start, int length, bool isDirectory, ReadOnlySpan<byte> name)
    {
        var size = (33 + name.Length + 1) & ~1;
        at[0] = (byte)size;
        Both32(at[2..], start);
        Both32(at[10..], length);
        at[25] = isDirectory ? (byte)2 : (byte)0;
        Both16(at[28..], 1);
        at[32] = (byte)name.Length;
        name.CopyTo(at[33..]);
        return size;
    }

    private static void Both16(Span<byte> at, short value)
    {
        BinaryPrimitives.WriteInt16LittleEndian(at, value);
        BinaryPrimitives.WriteInt16BigEndian(at[2..], value);
    }

    private static void Both32(Span<byte> at, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(at, value);
        BinaryPrimitives.WriteInt32BigEndian(at[4..], value);
    }
}
