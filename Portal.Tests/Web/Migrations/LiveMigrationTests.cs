using Portal.Web.Migrations;

namespace Portal.Tests.Web.Migrations;

public class LiveMigrationTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_who_comes_halfway_gets_everything_once_and_in_order()
    {
        var live = new LiveMigration([Frame(0), Frame(1)]);
        live.Publish(Frame(2));
        var late = live.ReadAsync(0, Stop).GetAsyncEnumerator(Stop);
        (await late.MoveNextAsync()).ShouldBeTrue();
        late.Current.Select(frame => frame.At).ShouldBe([0, 1, 2]);

        live.Publish(Frame(3));
        live.Complete();
        (await late.MoveNextAsync()).ShouldBeTrue();
        late.Current.Select(frame => frame.At).ShouldBe([3]);
        (await late.MoveNextAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Many_readers_beside_a_busy_writer_each_see_every_frame()
    {
        var live = new LiveMigration([]);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadAllAsync(live), Stop)).ToArray();
        for (var at = 0; at < 5_000; at++)
            live.Publish(Frame(at));
        live.Complete();
        foreach (var seen in await Task.WhenAll(readers))
            seen.ShouldBe(Enumerable.Range(0, 5_000).Select(at => (double)at));
    }

    [Fact]
    public void A_frame_comes_back_from_the_history_as_it_went_in()
    {
        var frame = new MigrationFrame(1.5, "pings") { Samples = [[7, 1500.25, null, 1], [8, 1505.5, 0.75, 0]] };
        var back = FrameCodec.Unpack(FrameCodec.Pack([frame])).ShouldHaveSingleItem();
        back.At.ShouldBe(1.5);
        back.Samples.ShouldNotBeNull().SelectMany(sample => sample).ShouldBe([7, 1500.25, null, 1, 8, 1505.5, 0.75, 0]);
    }

    static MigrationFrame Frame(double at) => new(at, "decision");

    static async Task<List<double>> ReadAllAsync(LiveMigration live)
    {
        var seen = new List<double>();
        await foreach (var batch in live.ReadAsync(0, Stop))
            seen.AddRange(batch.Select(frame => frame.At));
        return seen;
    }
}
