using System.Globalization;
using System.Text;
using System.Text.Json;
using Portal.Domain.Migrations;

namespace Portal.Web.Migrations.Export;

/// <summary>A receipt whole, as a file: everything that is known of the move.</summary>
/// <param name="Receipt">Predicted, measured, policy, objective, phases and decisions with their figures.</param>
/// <param name="Verdict">What it comes to, in words; null while it is on its way.</param>
/// <param name="Samples">Every ping and every look at the copy.</param>
public sealed record ReceiptDocument(MigrationDetails Receipt, string? Verdict, ReceiptSamples Samples);

/// <summary>The forms a receipt is written in.</summary>
static class ReceiptFile
{
    /// <summary>Everything, for a program.</summary>
    public const string Json = "json";

    /// <summary>Every ping and every look at the copy, a line each, for a spreadsheet.</summary>
    public const string Csv = "csv";

    /// <summary>The chart as a picture.</summary>
    public const string Png = "png";

    /// <summary>Every form.</summary>
    public static IReadOnlyList<string> All { get; } = [Json, Csv, Png];

    /// <summary>The file's name: of letters that every system takes, with when it began, so that two of one machine do not clash.</summary>
    public static string NameOf(MigrationRow move, string form) =>
        $"move-{string.Concat(move.MachineName.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-'))}-{(move.StartedAt ?? move.CreatedAt).UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.{form}";

    /// <summary>A receipt as JSON.</summary>
    public static byte[] AsJson(MigrationDetails receipt, ReceiptSamples samples) =>
        JsonSerializer.SerializeToUtf8Bytes(new ReceiptDocument(receipt, Verdict.Of(receipt.Migration)?.Text, samples), Domain.Json.Options);

    /// <summary>Its samples as comma-separated values, in the order of time. A cell that says nothing of a kind is empty.</summary>
    public static byte[] AsCsv(ReceiptSamples samples)
    {
        var text = new StringBuilder("seconds,kind,ping,roundTripMs,lost,late,duplicate,invalid,leftBytes,bytesPerSecond,writesBytesPerSecond,pass\r\n");
        var pings = samples.Pings.Select(p => (p.SentAt, Line: $"ping,{p.Sequence},{Text(p.RoundTripMs)},{Bit(p.IsLost)},{Bit(p.IsLate)},{Bit(p.IsDuplicate)},{Bit(p.IsInvalid)},,,,"));
        var copies = samples.Copy.Select(c => (c.At, Line: $"copy,,,,,,,{c.LeftBytes},{c.BytesPerSecond},{c.WritesBytesPerSecond},{c.Pass}"));
        foreach (var (at, line) in pings.Concat(copies).OrderBy(row => row.Item1))
            text.Append(Text(at)).Append(',').Append(line).Append("\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    static string Text(double? number) => number?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";

    static int Bit(bool it) => it ? 1 : 0;
}
