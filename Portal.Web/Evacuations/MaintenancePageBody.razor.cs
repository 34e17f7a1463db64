using Microsoft.AspNetCore.Components;
using MudBlazor;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Web.Controls;

namespace Portal.Web.Evacuations;

/// <summary>A host's maintenance: what would be done, what is done, and the way back.</summary>
public sealed partial class MaintenancePageBody
{
    HostRow? host;
    EvacuationDetails? last;
    EvacuationPreview? plan;
    EvacuationPreview? back;
    EvacuationOrder order = new(Limits: EvacuationLimits.Usual);
    Refusal? refusal;
    bool missing;
    bool operates;

    [Inject] HostService Hosts { get; set; } = default!;

    [Inject] EvacuationService Evacuations { get; set; } = default!;

    [Inject] IDialogService Dialogs { get; set; } = default!;

    /// <summary>The host.</summary>
    [Parameter] public Guid Id { get; set; }

    bool IsRunning => last?.Evacuation.IsActive == true;

    string Title => (host, last) switch
    {
        (null, _) => "Maintenance",
        (_, { Evacuation: { IsActive: true, Kind: EvacuationKind.Empty } }) => $"{host.Name} is being emptied",
        (_, { Evacuation: { IsActive: true, Kind: EvacuationKind.BringBack } }) => $"Machines come back to {host.Name}",
        (_, { Evacuation: { IsActive: true, Kind: EvacuationKind.Relocate } }) => $"A schedule moves what is on {host.Name}",
        _ => $"Maintenance of {host.Name}",
    };

    /// <inheritdoc />
    protected override bool Concerns(Change change) => change.Kind switch
    {
        ChangeKind.Host or ChangeKind.Evacuation or ChangeKind.Machine => true,
        ChangeKind.Migration or ChangeKind.Operation => IsRunning,
        _ => change.Kind == ChangeKind.Everything,
    };

    /// <inheritdoc />
    protected override async Task LoadAsync(Actor actor, CancellationToken cancellationToken)
    {
        var found = await Hosts.GetAsync(actor, Id, cancellationToken);
        var latest = found is null ? null : await Evacuations.LastAsync(actor, Id, cancellationToken);
        var planned = found is null || latest?.Evacuation.IsActive == true ? null : await PreviewAsync(actor, EvacuationKind.Empty, cancellationToken);
        var returning = planned is null || found!.MaintenanceSince is null ? null : await PreviewAsync(actor, EvacuationKind.BringBack, cancellationToken);
        (host, last, plan, back, missing, operates) = (found, latest, planned, returning, found is null, actor.IsOperator);
    }

    async Task<EvacuationPreview?> PreviewAsync(Actor actor, EvacuationKind kind, CancellationToken cancellationToken)
    {
        if (!actor.IsOperator)
            return null;
        var preview = await Evacuations.PlanAsync(actor, Id, kind, order, cancellationToken);
        // Figures that make no sense are said once, beside the plan they were meant for.
        if (preview.Refusal is InvalidText wrong)
            refusal = wrong;
        return preview.IsOk ? preview.Value : kind == EvacuationKind.Empty ? plan : back;
    }

    async Task ReplanAsync(EvacuationOrder asked)
    {
        (order, refusal) = (asked, null);
        await ReloadAsync();
    }

    async Task StartAsync(EvacuationPreview seen)
    {
        var moves = Format.Count(seen.Plan.Moves.Count, "machine");
        if (await Dialogs.AskAsync($"Empty {seen.HostName}?", $"Nothing is placed on {seen.HostName} from now on, and {moves} move{(seen.Plan.Moves.Count == 1 ? "s" : "")} to other hosts. It can be paused and cancelled at any time.", $"Empty {seen.HostName}", keep: "Leave it in service"))
            await ActAsync(async actor => refusal = (await Evacuations.StartAsync(actor, Id, order with { Plan = seen.Fingerprint }, Alive)).Refusal);
    }

    Task ReleaseAsync(EvacuationPreview? bringBack) => ActAsync(async actor =>
        refusal = (await Evacuations.ReleaseAsync(actor, Id, bringBack is null ? null : order with { Plan = bringBack.Fingerprint }, Alive)).Refusal);

    Task PauseAsync() => ActAsync(async actor => refusal = (await Evacuations.PauseAsync(actor, last!.Evacuation.Id, Alive)).Refusal);

    Task ResumeAsync() => ActAsync(async actor => refusal = (await Evacuations.ResumeAsync(actor, last!.Evacuation.Id, Alive)).Refusal);

    async Task CancelAsync()
    {
        var running = last!.Evacuation;
        var (title, lost) = EvacuationText.Cancelling(running);
        if (await Dialogs.AskAsync(title, lost, "Stop", keep: "Let it go on"))
            await ActAsync(async actor => refusal = (await Evacuations.CancelAsync(actor, running.Id, Alive)).Refusal);
    }
}
