using System.Threading.Channels;

namespace Portal.Hypervisor.Migrations;

/// <summary>Where a move tells what happens; several of its tasks write, one reader reads.</summary>
internal sealed class Bulletin(Timeline timeline)
{
    private readonly Channel<MigrationUpdate> _updates = Channel.CreateUnbounded<MigrationUpdate>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _gate = new();
    private MigrationPhase? _phase;

    public ChannelReader<MigrationUpdate> Reader => _updates.Reader;

    /// <summary>Ends the present phase and begins the next.</summary>
    public void Enter(MigrationPhase phase, string endOfLast, double? at = null)
    {
        lock (_gate)
        {
            // Several tasks see the move go on; the first to see a phase begins it, and nobody goes back.
            if (_phase >= phase)
                return;
            EndPhase(endOfLast, at);
            _phase = phase;
            Write(new PhaseStarted(at ?? timeline.Now, phase));
        }
    }

    public void Decide(string text, string figures = "") => Write(new Decision(timeline.Now, text, figures));

    public void Foretell(Predicted predicted) => Write(new Foretold(timeline.Now, predicted));

    public void Report(MigrationProgress figures) => Write(new Progress(timeline.Now, figures));

    public void Report(IReadOnlyList<Probing.PingSample> samples)
    {
        if (samples.Count > 0)
            Write(new Pings(timeline.Now, samples));
    }

    public void Finish(MigrationOutcome outcome)
    {
        lock (_gate)
            EndPhase(outcome.Message, at: null);
        Write(new Finished(timeline.Now, outcome));
        _updates.Writer.TryComplete();
    }

    private void EndPhase(string detail, double? at)
    {
        if (_phase is { } last)
            Write(new PhaseEnded(at ?? timeline.Now, last, detail));
        _phase = null;
    }

    private void Write(MigrationUpdate update) => _updates.Writer.TryWrite(update);
}
