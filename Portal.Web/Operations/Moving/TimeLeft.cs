using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Hypervisor.Migrations;

namespace Portal.Web.Operations.Moving;

/// <summary>
/// How long a move still takes until the machine runs at the destination, as a range. Its end comes nearer with the clock and sooner when
/// the copy does better; where it has to come later it says why, in a few words that stay until it is no later than was said before.
/// </summary>
sealed class TimeLeft
{
    // Writes of so great a part of what is carried leave no end in sight; of less than the other there is one again.
    const double Endless = 0.95;
    const double Better = 0.8;

    bool endless;
    double until = double.PositiveInfinity;
    (MigrationProgress Figures, double? Writes)? grounds;

    /// <summary>What is left; null while the copy says nothing.</summary>
    public Eta? Now { get; private set; }

    /// <summary>Why it is more than was said before; null where it is not.</summary>
    public string? Why { get; private set; }

    /// <summary>Takes in how the copy goes.</summary>
    /// <param name="now">Seconds on the move's axis.</param>
    /// <param name="figures">The copy.</param>
    /// <param name="foretold">What it was foretold to be; null: nothing was.</param>
    public void Take(double now, MigrationProgress figures, Prediction? foretold)
    {
        double left = figures.RemainingBytes + figures.DiskRemainingBytes, rate = figures.BytesPerSecond;
        if (left <= 0 || rate <= 0)
        {
            Now = null;
            return;
        }

        // Between "nothing is written meanwhile" and "every write is sent again".
        // The hypervisor says what the guest writes only after a pass; until then it is what was measured before the move.
        var known = figures.DirtyBytesPerSecond ?? foretold?.DirtyBytesPerSecond;
        var writes = known ?? 0;
        endless = writes >= rate * (endless ? Better : Endless);
        var (least, most) = (left / rate, endless ? double.PositiveInfinity : left / (rate - writes));
        if (grounds is null && foretold is not null)
            until = Math.Max(now, foretold.TotalSeconds);
        Hold(now, most, figures, known);
        var held = Math.Max(until - now, 0);
        Now = new Eta(Math.Min(least, held), double.IsFinite(held) ? held : null);
    }

    void Hold(double now, double most, MigrationProgress figures, double? writes)
    {
        var end = now + most;
        // What differs by less than a second, or a sixth of what is left, is the estimate's own unrest.
        var unrest = double.IsFinite(most) ? Math.Max(1, most / 6) : 0;
        if (end > until && end <= until + unrest)
            return;
        if (end > until)
            Why = Reason(figures, writes);
        else if (end < until - unrest)
            Why = null;
        (until, grounds) = (end, (figures, writes));
    }

    /// <summary>Why an end is later than was said, by what changed most plainly since.</summary>
    string Reason(MigrationProgress now, double? writes) => grounds switch
    {
        _ when endless => "the guest writes about as fast as it is copied",
        null => "longer than was foretold",
        { Figures: var then } when now.BytesPerSecond < 0.8 * then.BytesPerSecond => "the network carries less than before",
        { Writes: { } wrote } when writes > 1.25 * wrote => "the guest writes more than before",
        { Figures: var then } when now.Iteration > then.Iteration => "what it wrote is sent again",
        _ => "the copy is slower than it was",
    };
}
