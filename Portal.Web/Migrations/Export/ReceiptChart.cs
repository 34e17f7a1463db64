using System.Globalization;
using Portal.Domain.Migrations;
using SkiaSharp;

namespace Portal.Web.Migrations.Export;

/// <summary>Draws a move as its page does, for a report: memory, bandwidth and writes above, every ping below, one time axis, the blackout through both.</summary>
sealed class ReceiptChart : IDisposable
{
    const int Width = 1400, Height = 760;
    const float Left = 90, Right = Width - 90, CopyTop = 110, CopyBottom = 400, PingTop = 450, PingBottom = 690;

    // The light theme's own colours (Client/src/theme.ts reads them from the page): this is drawn for paper.
    static readonly SKColor Ink = new(0x14, 0x18, 0x1f), Muted = new(0x5b, 0x64, 0x72), Grid = new(0xe4, 0xe7, 0xec), Memory = new(0x2f, 0x5f, 0xe0), Bandwidth = new(0x1f, 0x8a, 0x54), Writes = new(0xb4, 0x6a, 0x12),
        Bad = new(0xc8, 0x32, 0x2f), Stalled = new(0x9a, 0xa3, 0xb0), Shade = new(0xc8, 0x32, 0x2f, 0x22);

    // Ends of scales, as parts of the power below: of memory, and of what is counted in tens.
    static readonly double[] Halves = [1, 1.25, 1.5, 1.75, 2], Tens = [1, 2, 4, 8, 10];

    readonly SKTypeface letters;
    readonly SKBitmap bitmap = new(Width, Height);
    readonly SKCanvas canvas;
    readonly double from, to;

    ReceiptChart(Stream font, double from, double to)
    {
        letters = SKTypeface.FromStream(font) ?? throw new InvalidOperationException("The font of drawn pictures cannot be read.");
        canvas = new SKCanvas(bitmap);
        (this.from, this.to) = (from, Math.Max(to, from + 0.1));
    }

    /// <summary>The chart as PNG.</summary>
    /// <param name="font">A WOFF or TrueType font.</param>
    /// <param name="receipt">The receipt.</param>
    /// <param name="samples">What was sampled.</param>
    public static byte[] Draw(Stream font, MigrationDetails receipt, ReceiptSamples samples)
    {
        var times = samples.Pings.Select(p => p.SentAt).Concat(samples.Copy.Select(c => c.At)).DefaultIfEmpty(0).ToList();
        using var chart = new ReceiptChart(font, times.Min(), times.Max());
        chart.Everything(receipt, samples);
        using var png = chart.bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    public void Dispose()
    {
        canvas.Dispose();
        bitmap.Dispose();
        letters.Dispose();
    }

    void Everything(MigrationDetails receipt, ReceiptSamples samples)
    {
        canvas.Clear(SKColors.White);
        var move = receipt.Migration;
        Text(MigrationWords.Title(move), Left, 42, Ink, 24);
        Text(Said(move), Left, 70, Muted, 15);
        if (move.Measured is { BlackoutStart: { } began, BlackoutEnd: { } ended })
            Fill(X(began), CopyTop, Math.Max(1, X(ended) - X(began)), PingBottom - CopyTop, Shade);
        TimeAxis(receipt);
        Copy(samples.Copy);
        Pings(samples.Pings);
    }

    static string Said(MigrationRow move)
    {
        var parts = new List<string> { move.Mode.ToString(), Format(move.StartedAt ?? move.CreatedAt) };
        if (move.Measured is { BlackoutMs: { } blackout, ProbeInvalid: null })
            parts.Add($"silent for {MigrationWords.Ms(blackout)}");
        if (move.Predicted is { } predicted)
            parts.Add($"foretold {MigrationWords.MsRange(predicted.BlackoutMsLow, predicted.BlackoutMsHigh)}");
        if (Verdict.Of(move) is { } verdict)
            parts.Add(verdict.Text.TrimStart('✓', ' '));
        return string.Join("  ·  ", parts);
    }

    void TimeAxis(MigrationDetails receipt)
    {
        var step = Step((to - from) / 10);
        for (var n = Math.Ceiling(from / step); n * step <= to; n++)
        {
            // Nought has no sign on an axis.
            var at = n * step + 0.0;
            Line(X(at), CopyTop, X(at), PingBottom, Grid);
            Text($"{at.ToString("0.##", CultureInfo.InvariantCulture)} s", X(at), PingBottom + 24, Muted, 13, SKTextAlign.Center);
        }

        foreach (var phase in receipt.Phases.Where(p => p.Phase is "Copy" or "SwitchOver" or "Confirm" or "Undo"))
        {
            Line(X(phase.StartedAt), CopyTop - 8, X(phase.StartedAt), PingBottom, Muted);
            Text(MigrationWords.Phase(phase.Phase), X(phase.StartedAt) + 4, CopyTop - 10 - (phase.Phase == "Confirm" ? 14 : 0), Muted, 12);
        }
    }

    void Copy(IReadOnlyList<SampleCopy> copy)
    {
        Text("memory left", Left, CopyBottom + 22, Memory, 13);
        Text("bandwidth", Left + 110, CopyBottom + 22, Bandwidth, 13);
        Text("guest writes", Left + 200, CopyBottom + 22, Writes, 13);
        var memory = Top(copy.Max(c => c.LeftBytes) ?? 1, Halves, by: 2);
        var rate = Top(copy.Select(c => Math.Max(c.BytesPerSecond ?? 0, c.WritesBytesPerSecond ?? 0)).DefaultIfEmpty(1).Max(), Tens, by: 10);
        Scale(CopyTop, CopyBottom, memory, Left - 8, SKTextAlign.Right, "MiB", Memory);
        Scale(CopyTop, CopyBottom, rate, Right + 8, SKTextAlign.Left, "MiB/s", Bandwidth);
        Course(copy, c => c.LeftBytes / 1048576.0, memory, Memory);
        Course(copy, c => c.BytesPerSecond / 1048576.0, rate, Bandwidth);
        Course(copy, c => c.WritesBytesPerSecond / 1048576.0, rate, Writes);
    }

    void Pings(IReadOnlyList<SamplePing> pings)
    {
        var most = pings.Select(p => p.RoundTripMs ?? 0).DefaultIfEmpty(0).Max();
        var decades = Math.Max(1, Math.Ceiling(Math.Log10(Math.Max(most, 1)) + 1));
        float Y(double ms) => (float)(PingBottom - (Math.Clamp(Math.Log10(Math.Max(ms, 0.1)), -1, decades - 1) + 1) / decades * (PingBottom - PingTop));
        for (var decade = -1; decade < decades; decade++)
        {
            Line(Left, Y(Math.Pow(10, decade)), Right, Y(Math.Pow(10, decade)), Grid);
            Text(MigrationWords.Ms(Math.Pow(10, decade)), Left - 8, Y(Math.Pow(10, decade)) + 4, Muted, 12, SKTextAlign.Right);
        }

        Text("every ping: its reply's time; red: lost; grey: does not count, the probe was held up", Left, PingTop - 10, Muted, 13);
        foreach (var ping in pings)
        {
            if (ping.IsLost)
                Line(X(ping.SentAt), PingTop, X(ping.SentAt), PingTop + 14, Bad);
            else if (ping.RoundTripMs is { } ms)
                Dot(X(ping.SentAt), Y(ms), ping.IsInvalid ? Stalled : Ink);
        }
    }

    void Scale(float top, float bottom, double most, float x, SKTextAlign align, string unit, SKColor color)
    {
        for (var quarter = 0; quarter <= 4; quarter++)
        {
            var y = bottom - quarter / 4f * (bottom - top);
            Line(Left, y, Right, y, Grid);
            Text((most * quarter / 4).ToString(most < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + (quarter == 4 ? " " + unit : ""), x, y + 4, color, 12, align);
        }
    }

    void Course(IReadOnlyList<SampleCopy> copy, Func<SampleCopy, double?> of, double most, SKColor color)
    {
        using var path = new SKPath();
        foreach (var look in copy)
        {
            if (of(look) is not { } value)
                continue;
            var y = (float)(CopyBottom - value / most * (CopyBottom - CopyTop));
            if (path.IsEmpty)
                path.MoveTo(X(look.At), y);
            else
                path.LineTo(X(look.At), y);
        }

        using var paint = new SKPaint { Color = color, IsStroke = true, StrokeWidth = 2, IsAntialias = true };
        canvas.DrawPath(path, paint);
    }

    float X(double at) => (float)(Left + (at - from) / (to - from) * (Right - Left));

    void Line(float x1, float y1, float x2, float y2, SKColor color)
    {
        using var paint = new SKPaint { Color = color, IsStroke = true, StrokeWidth = 1, IsAntialias = true };
        canvas.DrawLine(x1, y1, x2, y2, paint);
    }

    void Fill(float x, float y, float width, float height, SKColor color)
    {
        using var paint = new SKPaint { Color = color };
        canvas.DrawRect(x, y, width, height, paint);
    }

    void Dot(float x, float y, SKColor color)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        canvas.DrawCircle(x, y, 1.6f, paint);
    }

    void Text(string text, float x, float y, SKColor color, float size, SKTextAlign align = SKTextAlign.Left)
    {
        using var font = new SKFont(letters, size);
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        // A thin space is no glyph of every font.
        canvas.DrawText(text.Replace('\u2009', ' ').Replace('\u202f', ' '), x, y, align, font, paint);
    }

    /// <summary>The end of a scale in MiB whose quarters are short numbers, as the page's own axes have it.</summary>
    static double Top(double bytes, double[] factors, double by)
    {
        var value = Math.Max(bytes / 1048576, 1);
        var power = Math.Pow(by, Math.Floor(Math.Log(value, by)));
        return factors.FirstOrDefault(factor => factor * power >= value * 0.96, by) * power;
    }

    static double Step(double least)
    {
        var decade = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return decade * (least <= decade ? 1 : least <= 2 * decade ? 2 : least <= 5 * decade ? 5 : 10);
    }

    static string Format(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
}
