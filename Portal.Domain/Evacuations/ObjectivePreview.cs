using Microsoft.EntityFrameworkCore;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.MovePolicies;
using Portal.Domain.Scoping;

namespace Portal.Domain.Evacuations;

/// <summary>What a planned move means for its machine's objective.</summary>
/// <param name="Objective">The objective, in words.</param>
/// <param name="Mode">The mode it would be moved in; null when none will do, and it stays.</param>
/// <param name="Outlook">Whether that keeps it.</param>
/// <param name="Figures">What every mode would cost, where none will do.</param>
public sealed record MovePromise(string Objective, MigrationMode? Mode, ObjectiveOutlook Outlook, string? Figures);

/// <summary>Says before an evacuation begins what each machine's objective will say to its move; by the rules that decide when the move is ordered.</summary>
static class ObjectivePreview
{
    /// <summary>The plan with what the objectives say to its moves.</summary>
    public static async Task<EvacuationPlan> WithPromisesAsync(PortalDbContext db, EvacuationSurvey survey, EvacuationPlan plan, EvacuationTerms terms, CancellationToken ct)
    {
        var ids = plan.Moves.Where(m => !m.IsOff).Select(m => m.MachineId).ToList();
        var machines = await db.Machines.IgnoreQueryFilters([Scopes.Filter]).AsNoTracking().Where(m => ids.Contains(m.Id)).ToDictionaryAsync(m => m.Id, ct);
        var projects = machines.Values.Select(m => m.ProjectId).Distinct().ToList();
        var shared = await db.Projects.IgnoreQueryFilters([Scopes.Filter]).AsNoTracking().Where(p => projects.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => Objective.Of(p.ObjectiveMs, p.ObjectivePings), ct);
        var promised = machines.Values.Select(m => (Machine: m, Standing: m.Objective ?? shared[m.ProjectId])).Where(m => (m.Standing ?? Asked(terms)) is not null).ToDictionary(m => m.Machine.Id);
        if (promised.Count == 0)
            return plan;
        // Receipts of everybody: a machine's own weigh more among them, as when its move is ordered.
        var predictor = await MoveOutlook.LearnAsync(db, promised.Keys.First(), ct);
        return plan with
        {
            Moves = [.. plan.Moves.Select(move => promised.TryGetValue(move.MachineId, out var of) ? move with { Promise = Look(survey, predictor, of.Machine, of.Standing, terms, move.Route) } : move)],
        };
    }

    static Objective? Asked(EvacuationTerms terms) => Objective.Of(terms.Move?.ObjectiveMs ?? terms.ObjectiveMs, terms.Move?.ObjectivePings);

    static MovePromise? Look(EvacuationSurvey survey, MovePredictor predictor, Machine machine, Objective? standing, EvacuationTerms terms, Route route)
    {
        if (ObjectiveRules.Stricter(standing, Asked(terms)) is not { } objective || survey.HostOf(route.From) is not { } from || survey.HostOf(route.To) is not { } to)
            return null;
        var modes = new MoveOutlook(machine, predictor, null, GuestSight.Unseen).Modes(from, to, objective);
        // What a made policy would do is not looked up for a preview: it is taken for one that pauses.
        var ending = terms.Move?.PolicyId is null ? ObjectiveRules.EndingOf(terms.Move?.Policy, made: null) : MoveEnding.PauseAndFinish;
        var mode = ObjectiveRules.Pick(objective, modes, terms.Mode, mayChoose: true, ending);
        var way = modes.Single(m => m.Mode == (mode ?? terms.Mode));
        var outlook = ObjectiveRules.Outlook(objective, way.Predicted, way.Mode == MigrationMode.Live && ObjectiveRules.IsBound(ending, modes.Any(m => m is { Mode: MigrationMode.PostCopy, WhyNot: null })));
        return new MovePromise(objective.Words, mode, outlook, mode is null ? ObjectiveRules.Figures(modes) : null);
    }
}
