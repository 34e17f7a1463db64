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
    public async Task A_ping_counts_once_as_it_turned_out()
    {
        var samples = await AllAsync(Frames);

        samples.Pings.ShouldBe([new(0, 0.1, 0.4, false, false, false, false), new(1, 0.105, null, true, false, false, false), new(2, 0.11, 61.5, false, true, false, false), new(3, 1.3, 0.5, false, false, false, true)]);
        samples.Copy.Select(c => c.Pass).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_move_that_began_again_is_read_from_there_as_its_page_shows_it()
    {
        MigrationFrame begins = new(-1, "phase") { Phase = "Check", State = "started" };

        (await AllAsync([begins, .. Frames, begins, new(0.3, "pings") { Samples = [[0, 300, 0.7, 0]] }])).Pings.ShouldHaveSingleItem().RoundTripMs.ShouldBe(0.7);
    }

    [Fact]
    public async Task What_cannot_change_any_more_is_written_before_the_rest_is_read()
    {
        var read = 0;
        await using var samples = SampleReader.ReadAsync(AMinuteAsync(), 0, Ct).GetAsyncEnumerator(Ct);

        (await samples.MoveNextAsync()).ShouldBeTrue();

        samples.Current.Ping!.Sequence.ShouldBe(0);
        read.ShouldBeInRange(5, 15);

        async IAsyncEnumerable<MigrationFrame> AMinuteAsync()
        {
            for (; read < 60; read++)
            {
                await Task.CompletedTask;
                yield return new(read, "pings") { Samples = [[read, read * 1000, 0.4, 0]] };
            }
        }
    }

    [Fact]
    public async Task A_spreadsheet_gets_a_line_for_each_sample_in_the_order_of_time()
    {
        using var file = new Response();
        await ReceiptFile.WriteCsvAsync(file, SamplesAsync(Frames), Ct);

        Encoding.UTF8.GetString(file.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            "seconds,kind,ping,roundTripMs,lost,late,duplicate,invalid,leftBytes,bytesPerSecond,writesBytesPerSecond,pass",
            "0.1,ping,0,0.4,0,0,0,0,,,,", "0.1,copy,,,,,,,209715200,83886080,2097152,1", "0.105,ping,1,,1,0,0,0,,,,", "0.11,ping,2,61.5,0,1,0,0,,,,",
            "1.2,copy,,,,,,,1048576,94371840,3145728,2", "1.3,ping,3,0.5,0,0,0,1,,,,",
        ]);
    }

    [Fact]
    public async Task A_program_gets_everything()
    {
        var receipt = new MigrationDetails(Moves.Moved, [new("Copy", 0, 1.2, null)], [new(0.4, "Allow a pause of 30 ms instead of 20 ms.", "12 MiB left")], MayCancel: false);

        using var file = new Response();
        await ReceiptFile.WriteJsonAsync(file, receipt, SamplesAsync(Frames), Ct);
        using var json = JsonDocument.Parse(file.ToArray());

        json.RootElement.GetProperty("receipt").GetProperty("decisions")[0].GetProperty("figures").GetString().ShouldBe("12 MiB left");
        json.RootElement.GetProperty("receipt").GetProperty("migration").GetProperty("measured").GetProperty("blackoutMs").GetDouble().ShouldBe(Moves.Moved.Measured!.BlackoutMs!.Value);
        json.RootElement.GetProperty("samples").GetProperty("pings").GetArrayLength().ShouldBe(4);
        json.RootElement.GetProperty("samples").GetProperty("copy").GetArrayLength().ShouldBe(2);
        json.RootElement.GetProperty("verdict").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task The_picture_shows_the_move_with_letters_that_need_no_font_of_the_system()
    {
        var receipt = new MigrationDetails(Moves.Moved, [new("Copy", 0, 1.2, null), new("SwitchOver", 1.2, 1.25, null)], [], MayCancel: false);

        using var picture = SKBitmap.Decode(Draw(receipt, await AllAsync(Frames)));

        (picture.Width, picture.Height).ShouldBe((1400, 760));
        picture.Pixels.Distinct().Count().ShouldBeGreaterThan(50);
        Draw(receipt, new ReceiptSamples([], [])).Length.ShouldBeGreaterThan(1000);
    }

    [Theory]
    [InlineData("web-01", "move-web-01-")]
    [InlineData("../../etc/passwd\"", "move-etcpasswd-")]
    public void Its_name_is_of_letters_every_system_takes(string machine, string begins) =>
        ReceiptFile.NameOf(Moves.Moved with { MachineName = machine }, ReceiptFile.Csv).ShouldStartWith(begins);

    /// <summary>The body of a response: nobody may make a thread wait for the network.</summary>
    sealed class Response : MemoryStream
    {
        bool asked;

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (!asked)
                throw new InvalidOperationException("Written to while a thread waits.");
            base.Write(buffer, offset, count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            asked = true;
            base.Write(buffer.Span);
            asked = false;
            return ValueTask.CompletedTask;
        }
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static Task<ReceiptSamples> AllAsync(MigrationFrame[] frames) => ReceiptSamples.AllAsync(SamplesAsync(frames), Ct);

    static IAsyncEnumerable<Sampled> SamplesAsync(MigrationFrame[] frames) =>
        SampleReader.ReadAsync(frames.ToAsyncEnumerable(), frames.Count(f => f is { Phase: "Check", State: "started" }), Ct);

    static byte[] Draw(MigrationDetails receipt, ReceiptSamples samples)
    {
        using var font = File.OpenRead(Path.Combine(Repository.Root, "Portal.Web", "wwwroot", "dist", "inter-drawn.woff"));
        return ReceiptChart.Draw(font, receipt, samples);
    }
}
