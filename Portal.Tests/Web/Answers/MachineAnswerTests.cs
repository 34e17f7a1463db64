using Portal.Tests.Postgres;
using Portal.Web.Answers;

namespace Portal.Tests.Web.Answers;

public sealed class MachineAnswerTests
{
    static readonly Guid Machine = Guid.CreateVersion7();

    readonly ManualTime time = new();
    readonly DateTimeOffset start;
    readonly AnswerBoard board;

    public MachineAnswerTests()
    {
        start = time.GetUtcNow();
        board = new AnswerBoard(time);
        board.Watch(Machine);
    }

    [Fact]
    public void A_machine_that_answers_has_answered_since_its_first_answer()
    {
        Pings(null, 0.5, 0.4);

        board.Of(Machine)!.ShouldSatisfyAllConditions(a => a.Answers.ShouldBeTrue(), a => a.Since.ShouldBe(start.AddSeconds(1)), a => a.RttMs.ShouldBe(0.4));
    }

    [Fact]
    public void One_lost_ping_is_not_silence_and_three_in_a_row_are_since_the_last_answer()
    {
        Pings(0.5, null, 0.5, null, null);
        board.Of(Machine)!.Answers.ShouldBeTrue();

        Pings([null]);

        board.Of(Machine)!.ShouldSatisfyAllConditions(a => a.IsSilent.ShouldBeTrue(), a => a.Since.ShouldBe(start.AddSeconds(2)));
        board.InTrouble.ShouldBe([Machine]);
    }

    [Fact]
    public void The_first_answer_ends_silence()
    {
        Pings(0.5, null, null, null, 0.6);

        board.Of(Machine)!.ShouldSatisfyAllConditions(a => a.Answers.ShouldBeTrue(), a => a.Since.ShouldBe(start.AddSeconds(4)));
        board.InTrouble.ShouldBeEmpty();
    }

    [Fact]
    public void A_machine_that_has_just_started_may_take_its_time()
    {
        Pings(null, null, null);
        board.Of(Machine)!.IsSilent.ShouldBeTrue();
        board.InTrouble.ShouldBeEmpty();

        time.Advance(MachineAnswer.StartsWithin);

        board.InTrouble.ShouldBe([Machine]);
    }

    [Fact]
    public void What_is_heard_of_a_machine_that_is_asked_no_more_is_dropped()
    {
        board.Forget(Machine);

        Pings(0.5);

        board.Of(Machine).ShouldBeNull();
    }

    void Pings(params double?[] rtts)
    {
        foreach (var rtt in rtts)
        {
            board.Tell(Machine, time.GetUtcNow(), rtt);
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
