using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Portal.Bench;

/// <summary>Prints the figures as a table for people and as a JSON array for machines.</summary>
static class Report
{
    static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Print(IReadOnlyList<Figure> figures, TextWriter output)
    {
        string[] head = ["figure", "this", "alternative", "ratio", "target", "met"];
        var rows = figures.Select(Row).Prepend(head).ToList();
        var widths = head.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) =>
                column is 0 or 4 or 5 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
    }

    public static async Task WriteJsonAsync(IReadOnlyList<Figure> figures, string path, CancellationToken ct)
    {
        var rows = figures.Select(f => new
        {
            figure = f.Name,
            value = Rounded(f.Value),
            unit = f.Unit,
            baseline = Rounded(f.Baseline),
            ratio = Rounded(f.Ratio),
            target = f.Target,
            met = f.Met,
        });
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(rows, Json) + "\n", ct);
    }

    static double? Rounded(double? value) => value is { } known && double.IsFinite(known) ? Math.Round(known, 3) : null;

    static string[] Row(Figure f) =>
    [
        f.Name, Number(f.Value, f.Unit), f.Baseline is { } b ? Number(b, f.Unit) : "–",
        f.Ratio is { } r && double.IsFinite(r) ? r.ToString("0.00", CultureInfo.InvariantCulture) : "–", f.Target, f.Met ? "yes" : "NO",
    ];

    static string Number(double value, string unit) => double.IsNaN(value) ? "none" :
        string.Create(CultureInfo.InvariantCulture, $"{(Math.Abs(value) < 10 ? value.ToString("0.##", CultureInfo.InvariantCulture) : value.ToString("0.#", CultureInfo.InvariantCulture))} {unit}").TrimEnd();
}
