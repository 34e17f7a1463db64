using System.Globalization;
using System.Text;
using Portal.Domain.Migrations.History;

namespace Portal.Web.Migrations.History;

/// <summary>Milliseconds on a logarithmic axis of whole decades, as per cent of its width.</summary>
/// <param name="From">The first decade: 10^<paramref name="From"/> ms.</param>
/// <param name="To">The last.</param>
sealed record LogAxis(int From, int To)
{
    // Dots of one height would hide each other; they are spread over so much of a band's height.
    const double Spread = 60;

    /// <summary>The axis that shows all of the distributions; at least one that reaches a second.</summary>
    public static LogAxis Over(IReadOnlyList<BlackoutBand> bands)
    {
        var least = bands.SelectMany(b => b.Dots.Select(d => d.BlackoutMs)).Append(10).Min();
        var most = bands.Select(b => b.WorstMs).Append(1000).Max();
        return new LogAxis((int)Math.Floor(Math.Log10(Math.Max(1, least))), (int)Math.Ceiling(Math.Log10(most)));
    }

    /// <summary>Every decade in milliseconds with its place.</summary>
    public IEnumerable<(double Ms, string At)> Ticks
    {
        get
        {
            for (var decade = From; decade <= To; decade++)
                yield return (Math.Pow(10, decade), Text(Place(Math.Pow(10, decade))));
        }
    }

    /// <summary>Where so many milliseconds lie, per cent.</summary>
    public double Place(double ms) => Math.Clamp((Math.Log10(Math.Max(ms, 1e-3)) - From) / (To - From) * 100, 0, 100);

    /// <summary>Where so many milliseconds lie, per cent, for a style or a path.</summary>
    public string At(double ms) => Text(Place(ms));

    /// <summary>How much lies between two, per cent.</summary>
    public string Between(double low, double high) => Text(Place(high) - Place(low));

    /// <summary>All dots of a distribution as one path of points in a box of 100 by 100.</summary>
    public string Dots(BlackoutBand band)
    {
        var path = new StringBuilder();
        foreach (var (dot, n) in band.Dots.Select((dot, n) => (dot, n)))
        {
            // The golden ratio spreads them evenly, and the same each time.
            var y = 50 + (n * 0.618034 % 1 - 0.5) * Spread;
            path.Append('M').Append(At(dot.BlackoutMs)).Append(' ').Append(Text(y)).Append("h0");
        }

        return path.ToString();
    }

    static string Text(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
