using Bunit;
using Portal.Domain.Migrations.History;
using Portal.Web.Migrations.History;

namespace Portal.Tests.Web.Migrations.History;

/// <summary>The course of predictions' errors, drawn.</summary>
public sealed class ErrorBarsTests : BunitContext
{
    static readonly DateTime Monday = new(2026, 11, 23, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Where_nothing_is_known_there_is_a_gap_and_nought_is_a_bar()
    {
        var bars = Bars(new(Monday, 2, 0, null), new(Monday.AddDays(1), 0, null, null), new(Monday.AddDays(2), 1, 40, null), new(Monday.AddDays(3), 1, null, 0.2));

        bars.FindAll("rect").Select(bar => (bar.GetAttribute("x"), bar.GetAttribute("height"))).ShouldBe([("1", "1"), ("21", "96")]);
        bars.Find("svg").GetAttribute("viewBox").ShouldBe("0 0 40 100");
        bars.Find("figcaption").TextContent.ShouldContain("newest 40 · largest 40");
    }

    [Fact]
    public void Of_what_was_never_foretold_it_says_so() =>
        Bars(new ErrorPoint(Monday, 1, null, 0.2)).Find("figcaption").TextContent.ShouldContain("nothing of this was foretold in this time");

    IRenderedComponent<ErrorBars> Bars(params ErrorPoint[] points) => Render<ErrorBars>(p => p
        .Add(b => b.Points, points).Add(b => b.Title, "Silence").Add(b => b.Of, (ErrorPoint point) => point.BlackoutErrorMs).Add(b => b.Text, (double ms) => $"{ms:0}"));
}
