using System.Text.RegularExpressions;
using MudBlazor;
using MudBlazor.Utilities;
using Portal.Web.Layout;

namespace Portal.Tests.Web.Layout;

public partial class PortalThemeTests
{
    public static TheoryData<bool> Modes => [false, true];

    [Theory, MemberData(nameof(Modes))]
    public void MudBlazor_shows_the_colours_of_the_style_sheet(bool dark)
    {
        var tokens = Tokens(dark);
        Palette palette = dark ? PortalTheme.Theme.PaletteDark : PortalTheme.Theme.PaletteLight;

        palette.Primary.ShouldBe(Colour(tokens["accent"]));
        palette.PrimaryContrastText.ShouldBe(Colour(tokens["accent-ink"]));
        palette.Background.ShouldBe(Colour(tokens["bg"]));
        palette.Surface.ShouldBe(Colour(tokens["surface"]));
        palette.TextPrimary.ShouldBe(Colour(tokens["ink"]));
        palette.TextSecondary.ShouldBe(Colour(tokens["muted"]));
        palette.TextDisabled.ShouldBe(Colour(tokens["faint"]));
        palette.LinesDefault.ShouldBe(Colour(tokens["line"]));
        palette.LinesInputs.ShouldBe(Colour(tokens["line-strong"]));
        palette.Success.ShouldBe(Colour(tokens["good"]));
        palette.Warning.ShouldBe(Colour(tokens["warn"]));
        palette.Error.ShouldBe(Colour(tokens["bad"]));
    }

    [Theory, MemberData(nameof(Modes))]
    public void Every_text_colour_reads_on_every_ground_it_stands_on(bool dark)
    {
        var tokens = Tokens(dark);

        foreach (var ground in new[] { "bg", "surface" })
            foreach (var text in new[] { "ink", "muted", "faint", "accent", "good", "warn", "bad" })
                Contrast(tokens[text], tokens[ground]).ShouldBeGreaterThanOrEqualTo(4.5, $"{text} on {ground}");
        foreach (var tone in new[] { "accent", "good", "warn", "bad" })
            Contrast(tokens[tone], tokens[tone + "-soft"]).ShouldBeGreaterThanOrEqualTo(4.5, $"{tone} on its soft ground");
        Contrast(tokens["accent-ink"], tokens["accent"]).ShouldBeGreaterThanOrEqualTo(4.5);
    }

    static Dictionary<string, string> Tokens(bool dark)
    {
        var css = File.ReadAllText(Path.Combine(Repository.Root, "Portal.Web", "wwwroot", "css", "tokens.css"));
        var block = css.Split('}')[dark ? 1 : 0];
        return Token().Matches(block).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
    }

    static MudColor Colour(string hex) => new(hex);

    /// <summary>The contrast ratio of WCAG 2.2, 1 to 21.</summary>
    static double Contrast(string a, string b)
    {
        var (x, y) = (Luminance(Colour(a)), Luminance(Colour(b)));
        return (Math.Max(x, y) + 0.05) / (Math.Min(x, y) + 0.05);
    }

    static double Luminance(MudColor c) => 0.2126 * Linear(c.R) + 0.7152 * Linear(c.G) + 0.0722 * Linear(c.B);

    static double Linear(byte channel)
    {
        var s = channel / 255.0;
        return s <= 0.04045 ? s / 12.92 : Math.Pow((s + 0.055) / 1.055, 2.4);
    }

    [GeneratedRegex(@"--(?<name>[a-z-]+):\s*(?<colour>#[0-9a-f]{3,6})\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();
}
