using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Hypervisor.Migrations;
using Portal.Web.Migrations;
using Decision = Portal.Domain.Migrations.Decision;

namespace Portal.Web.Operations.Moving;

/// <summary>What is known of a move so far, as its row keeps it. One writer; readers take a copy.</summary>
public sealed class MoveRecord
{
    private readonly Lock _gate = new();
    private readonly List<PhaseTime> _phases = [];
    private readonly List<Decision> _decisions = [];
    private Prediction? _predicted;
    private readonly TimeLeft _left = new();
    private double _percent;
    private int _version;

    /// <summary>The row's part as of now, with a number that grows with every change.</summary>
    public (int Version, string? Phase, IReadOnlyList<PhaseTime> Phases, IReadOnlyList<Decision> Decisions, Prediction? Predicted, double Percent, Eta? Left) Read()
    {
        lock (_gate)
        {
            var phase = _phases.LastOrDefault(phase => phase.EndedAt is null)?.Phase;
            return (_version, phase, [.. _phases], [.. _decisions], _predicted, _percent, Left(phase));
        }
    }

    /// <summary>A frame of the copy with how long it still takes, as told by the updates so far.</summary>
    public MigrationFrame Tell(MigrationFrame frame)
    {
        lock (_gate)
            return frame.Kind == "progress" && _left.Now is { } left ? frame with { LeastSeconds = Tenths(left.LeastSeconds), MostSeconds = Tenths(left.MostSeconds), Why = _left.Why } : frame;
    }

    /// <summary>Takes one update in.</summary>
    public void Take(MigrationUpdate update)
    {
        lock (_gate)
        {
            _version += Change(update) ? 1 : 0;
        }
    }

    /// <summary>Takes what is foretold in; the engine's own telling of it says less.</summary>
    public void Foretell(Prediction predicted)
    {
        lock (_gate)
            (_predicted, _version) = (predicted, _version + 1);
    }

    /// <summary>Before the copy tells anything there is what was foretold; once it is over nothing is left to wait for.</summary>
    private Eta? Left(string? phase) => phase switch
    {
        "Predict" or "Prepare" or "Copy" => _left.Now ?? (_phases.Exists(p => p.Phase == "Copy") || _predicted is null ? null : Eta.About(_predicted.TotalSeconds)),
        _ => null,
    };

    private static double? Tenths(double? seconds) => seconds is { } known ? Math.Round(known, 1) : null;

    private bool Change(MigrationUpdate update)
    {
        switch (update)
        {
            case PhaseStarted started:
                _phases.Add(new PhaseTime(started.Phase.ToString(), started.At, null, null));
                return true;
            case PhaseEnded ended when _phases.FindLastIndex(phase => phase.Phase == ended.Phase.ToString()) is >= 0 and var at:
                _phases[at] = _phases[at] with { EndedAt = ended.At, Detail = ended.Detail };
                return true;
            case Hypervisor.Migrations.Decision decision:
                _decisions.Add(new Decision(decision.At, decision.Text, decision.Figures.Length > 0 ? decision.Figures : null));
                return true;
            case Progress progress:
                _percent = progress.Figures.Percent;
                _left.Take(progress.At, progress.Figures, _predicted);
                return false;
            default:
                return false;
        }
    }
}
