using Portal.Domain.Migrations;
using Portal.Hypervisor.Migrations;
using Decision = Portal.Domain.Migrations.Decision;

namespace Portal.Web.Operations.Moving;

/// <summary>What is known of a move so far, as its row keeps it. One writer; readers take a copy.</summary>
public sealed class MoveRecord
{
    private readonly Lock _gate = new();
    private readonly List<PhaseTime> _phases = [];
    private readonly List<Decision> _decisions = [];
    private Prediction? _predicted;
    private double _percent;
    private int _version;

    /// <summary>The row's part as of now, with a number that grows with every change.</summary>
    public (int Version, string? Phase, IReadOnlyList<PhaseTime> Phases, IReadOnlyList<Decision> Decisions, Prediction? Predicted, double Percent) Read()
    {
        lock (_gate)
            return (_version, _phases.LastOrDefault(phase => phase.EndedAt is null)?.Phase, [.. _phases], [.. _decisions], _predicted, _percent);
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
                return false;
            default:
                return false;
        }
    }
}
