using System.Globalization;
using System.IO.Pipelines;
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
    // So much is sent at once, bytes or characters.
    const int Batch = 16 * 1024;

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

    /// <summary>Writes a receipt as JSON, a <see cref="ReceiptDocument"/>, while its samples are read.</summary>
    public static async Task WriteJsonAsync(Stream to, MigrationDetails receipt, IAsyncEnumerable<Sampled> samples, CancellationToken ct)
    {
        // The writer fills a pipe and never waits: what is sent is sent between two samples.
        var pipe = PipeWriter.Create(to, new StreamPipeWriterOptions(leaveOpen: true));
        await using var json = new Utf8JsonWriter(pipe);
        json.WriteStartObject();
        json.WritePropertyName("receipt");
        JsonSerializer.Serialize(json, receipt, Domain.Json.Options);
        json.WriteString("verdict", Verdict.Of(receipt.Migration)?.Text);
        json.WriteStartObject("samples");
        json.WriteStartArray("pings");
        // There are some ten looks at the copy a second, and hundreds of pings: those can wait for their turn.
        var copy = new List<SampleCopy>();
        await foreach (var sample in samples.WithCancellation(ct))
        {
            if (sample.Copy is { } look)
                copy.Add(look);
            else
                JsonSerializer.Serialize(json, sample.Ping, Domain.Json.Options);
            if (pipe.UnflushedBytes + json.BytesPending > Batch)
                await SendAsync();
        }

        json.WriteEndArray();
        json.WritePropertyName("copy");
        JsonSerializer.Serialize(json, copy, Domain.Json.Options);
        json.WriteEndObject();
        json.WriteEndObject();
        await SendAsync();
        await pipe.CompleteAsync();

        async Task SendAsync()
        {
            await json.FlushAsync(ct);
            await pipe.FlushAsync(ct);
        }
    }

    /// <summary>Writes samples as comma-separated values, in the order of time, while they are read. A cell that says nothing of a kind is empty.</summary>
    public static async Task WriteCsvAsync(Stream to, IAsyncEnumerable<Sampled> samples, CancellationToken ct)
    {
        var text = new StringBuilder("seconds,kind,ping,roundTripMs,lost,late,duplicate,invalid,leftBytes,bytesPerSecond,writesBytesPerSecond,pass\r\n");
        await foreach (var sample in samples.WithCancellation(ct))
        {
            text.Append(Text(sample.At)).Append(sample switch
            {
                { Ping: { } p } => $",ping,{p.Sequence},{Text(p.RoundTripMs)},{Bit(p.IsLost)},{Bit(p.IsLate)},{Bit(p.IsDuplicate)},{Bit(p.IsInvalid)},,,,\r\n",
                { Copy: var c } => $",copy,,,,,,,{c!.LeftBytes},{c.BytesPerSecond},{c.WritesBytesPerSecond},{c.Pass}\r\n",
            });
            if (text.Length > Batch)
                await WriteAsync();
        }

        await WriteAsync();

        async Task WriteAsync()
        {
            await to.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), ct);
            text.Clear();
        }
    }

    static string Text(double? number) => number?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";

    static int Bit(bool it) => it ? 1 : 0;
}
