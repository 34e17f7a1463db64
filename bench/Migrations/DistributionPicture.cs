using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Portal.Tests;

namespace Portal.Bench.Migrations;

/// <summary>One row of the picture: a kind of move with every silence that was seen.</summary>
/// <param name="Name">The kind.</param>
/// <param name="SilencesMs">Every silence, ms.</param>
/// <param name="TargetMs">What the median, or each where an objective was given, is to stay within; null: no target.</param>
sealed record Distribution(string Name, IReadOnlyList<double> SilencesMs, double? TargetMs);

/// <summary>The silences of all kinds of moves on one logarithmic axis, as a picture for the documentation: a dot a move, the box half of them, the line the median.</summary>
static class DistributionPicture
{
    const double Left = 300, Right = 860, Top = 46, Row = 46, FirstDecade = 1, LastDecade = 4;

    static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>Draws it to <c>docs/pictures/migration-bench.svg</c>.</summary>
    public static async Task WriteAsync(IReadOnlyList<Distribution> rows, CancellationToken ct)
    {
        var file = Path.Combine(Repository.Root, "docs", "pictures", "migration-bench.svg");
        await File.WriteAllTextAsync(file, Draw([.. rows.Where(row => row.SilencesMs.Count > 0)]) + "\n", ct);
        Console.WriteLine($"    drawn to {Path.GetRelativePath(Repository.Root, file)}");
    }

    /// <summary>The picture as SVG; it follows the reader's light or dark theme.</summary>
    public static string Draw(IReadOnlyList<Distribution> rows)
    {
        var bottom = Top + rows.Count * Row;
        var picture = new XElement(Svg + "svg", new XAttribute("viewBox", Box(bottom)), new XAttribute("role", "img"), new XAttribute("font-family", "Inter, system-ui, sans-serif"), new XAttribute("font-size", 13),
            new XElement(Svg + "title", "Silence of a guest during a move, by way of moving"),
            new XElement(Svg + "style", """
                svg { --text: #14181f; --muted: #5b6472; --line: #dde1e7; --this: #2f5fe0; --other: #8a93a2; --good: #1f8a54; background: #ffffff }
                @media (prefers-color-scheme: dark) { svg { --text: #e8ebf0; --muted: #98a2b3; --line: #2a303a; --this: #86a8ff; --other: #737d8c; --good: #4cc38a; background: #0f1216 } }
                text { fill: var(--text) } .muted { fill: var(--muted) } .grid { stroke: var(--line) } .target { stroke: var(--good); stroke-width: 2; stroke-dasharray: 4 3 }
                .this { fill: var(--this); stroke: var(--this) } .other { fill: var(--other); stroke: var(--other) } .box { fill-opacity: .18; stroke: none } .dots { fill: none; stroke-width: 4; stroke-linecap: round; stroke-opacity: .5 } .median { stroke-width: 2.5 }
                """),
            Text(16, 24, "Silence of a guest during a move: a dot a move, the box half of them, the line the median, dashed the target", "muted"));
        for (var decade = FirstDecade; decade <= LastDecade; decade++)
        {
            var ms = Math.Pow(10, decade);
            picture.Add(Line(X(ms), Top, X(ms), bottom, "grid"), Text(X(ms), bottom + 20, ms >= 1000 ? $"{Number(ms / 1000)} s" : $"{Number(ms)} ms", "muted", "middle"));
        }

        foreach (var (row, n) in rows.Select((row, n) => (row, n)))
            picture.Add(Band(row, Top + n * Row));
        return picture.ToString();
    }

    static IEnumerable<XElement> Band(Distribution row, double top)
    {
        var kind = row.Name.StartsWith("Portal", StringComparison.Ordinal) ? "this" : "other";
        var (low, median, high) = (row.SilencesMs.Percentile(25), row.SilencesMs.Median(), row.SilencesMs.Percentile(75));
        yield return Text(16, top + 20, row.Name);
        yield return Text(16, top + 36, $"{row.SilencesMs.Count} moves, median {Words(median)}, 95 % within {Words(row.SilencesMs.Percentile(95))}", "muted", size: 11);
        yield return new XElement(Svg + "rect", At("x", X(low)), At("y", top + 8), At("width", Math.Max(2, X(high) - X(low))), At("height", Row - 16), new XAttribute("class", $"{kind} box"));
        yield return new XElement(Svg + "path", new XAttribute("class", $"{kind} dots"), new XAttribute("d", Dots(row.SilencesMs, top)));
        yield return Line(X(median), top + 5, X(median), top + Row - 5, $"{kind} median");
        if (row.TargetMs is { } target)
            yield return Line(X(target), top + 2, X(target), top + Row - 2, "target");
    }

    static string Dots(IReadOnlyList<double> silences, double top)
    {
        var path = new StringBuilder();
        // The golden ratio spreads dots evenly over the height, and the same each time.
        foreach (var (ms, n) in silences.Select((ms, n) => (ms, n)))
            path.Append(CultureInfo.InvariantCulture, $"M{Number(X(ms))} {Number(top + Row / 2 + (n * 0.618034 % 1 - 0.5) * (Row - 20))}h0");
        return path.ToString();
    }

    static double X(double ms) => Left + Math.Clamp((Math.Log10(Math.Max(ms, 1)) - FirstDecade) / (LastDecade - FirstDecade), 0, 1) * (Right - Left);

    static string Words(double ms) => ms < 999.5 ? $"{Number(Math.Round(ms))} ms" : $"{Number(Math.Round(ms / 10) / 100)} s";

    static string Box(double bottom) => string.Create(CultureInfo.InvariantCulture, $"0 0 {Right + 30} {bottom + 34}");

    static XElement Line(double x1, double y1, double x2, double y2, string kind) => new(Svg + "line", At("x1", x1), At("y1", y1), At("x2", x2), At("y2", y2), new XAttribute("class", kind));

    static XElement Text(double x, double y, string text, string? kind = null, string? anchor = null, double? size = null) => new(Svg + "text", At("x", x), At("y", y),
        kind is null ? null : new XAttribute("class", kind), anchor is null ? null : new XAttribute("text-anchor", anchor), size is { } given ? At("font-size", given) : null, text);

    static XAttribute At(string name, double value) => new(name, Number(value));

    static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
