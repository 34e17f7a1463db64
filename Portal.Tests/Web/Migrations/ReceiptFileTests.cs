using System.Text;
using System.Text.Json;
using Portal.Domain.Migrations;
using Portal.Web.Migrations;
using Portal.Web.Migrations.Export;
using SkiaSharp;

namespace Portal.Tests.Web.Migrations;

/// <summary>A receipt as a file.</summary>
public class ReceiptFileTests
{
    static readonly MigrationFrame[] Frames =
    [
        new(0.1, "progress") { Left = 200 << 20, Bandwidth = 80 << 20, Dirty = 2 << 20, Iteration = 1 },
        new(0.2, "pings") { Samples = [[0, 100, 0.4, 0], [1, 105, null, 0]] },
        new(1.2, "progress") { Left = 1 << 20, Bandwidth = 90 << 20, Dirty = 3 << 20, Iteration = 2 },
        new(5.2, "pings") { Samples = [[1, 105, null, 1], [2, 110, 61.5, 2], [3, 1300, 0.5, 8]] },
    ];

    [Fact]
    public void A_ping_counts_once_as_it_turned_out()
    {
        var samples = ReceiptSamples.From(Frames);

        samples.Pings.ShouldBe([new(0, 0.1, 0.4, false, false, false, false), new(1, 0.105, null, true, false, false, false), new(2, 0.11, 61.5, false, true, false, false), new(3, 1.3, 0.5, false, false, false, true)]);
        samples.Copy.Select(c => c.Pass).ShouldBe([1, 2]);
    }

    [Fact]
    public void A_spreadsheet_gets_a_line_for_each_sample_in_the_order_of_time()
    {
        var lines = Encoding.UTF8.GetString(ReceiptFile.AsCsv(ReceiptSamples.From(Frames))).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        lines.ShouldBe(
        [
            "seconds,kind,ping,roundTripMs,lost,late,duplicate,invalid,leftBytes,bytesPerSecond,writesBytesPerSecond,pass",
            "0.1,ping,0,0.4,0,0,0,0,,,,", "0.1,copy,,,,,,,209715200,83886080,2097152,1", "0.105,ping,1,,1,0,0,0,,,,", "0.11,ping,2,61.5,0,1,0,0,,,,",
            "1.2,copy,,,,,,,1048576,94371840,3145728,2", "1.3,ping,3,0.5,0,0,0,1,,,,",
        ]);
    }

    [Fact]
    public void A_program_gets_everything()
    {
        var receipt = new MigrationDetails(Moves.Moved, [new("Copy", 0, 1.2, null)], [new(0.4, "Allow a pause of 30 ms instead of 20 ms.", "12 MiB left")], MayCancel: false);

        using var json = JsonDocument.Parse(ReceiptFile.AsJson(receipt, ReceiptSamples.From(Frames)));

        json.RootElement.GetProperty("receipt").GetProperty("decisions")[0].GetProperty("figures").GetString().ShouldBe("12 MiB left");
        json.RootElement.GetProperty("receipt").GetProperty("migration").GetProperty("measured").GetProperty("blackoutMs").GetDouble().ShouldBe(Moves.Moved.Measured!.BlackoutMs!.Value);
        json.RootElement.GetProperty("samples").GetProperty("pings").GetArrayLength().ShouldBe(4);
        json.RootElement.GetProperty("verdict").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void The_picture_shows_the_move_with_letters_that_need_no_font_of_the_system()
    {
        var receipt = new MigrationDetails(Moves.Moved, [new("Copy", 0, 1.2, null), new("SwitchOver", 1.2, 1.25, null)], [], MayCancel: false);

        using var picture = SKBitmap.Decode(Draw(receipt, ReceiptSamples.From(Frames)));

        (picture.Width, picture.Height).ShouldBe((1400, 760));
        picture.Pixels.Distinct().Count().ShouldBeGreaterThan(50);
        Draw(receipt, new ReceiptSamples([], [])).Length.ShouldBeGreaterThan(1000);
    }

    [Theory]
    [InlineData("web-01", "move-web-01-")]
    [InlineData("../../etc/passwd\"", "move-etcpasswd-")]
    public void Its_name_is_of_letters_every_system_takes(string machine, string begins) =>
        ReceiptFile.NameOf(Moves.Moved with { MachineName = machine }, ReceiptFile.Csv).ShouldStartWith(begins);

    static byte[] Draw(MigrationDetails receipt, ReceiptSamples samples)
    {
        using var font = File.OpenRead(Path.Combine(Repository.Root, "Portal.Web", "wwwroot", "dist", "inter-drawn.woff"));
        return ReceiptChart.Draw(font, receipt, samples);
    }
}
