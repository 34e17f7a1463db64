using Microsoft.AspNetCore.Components;
using MudBlazor;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Web.Controls;
using Portal.Web.Requests;

namespace Portal.Web.Machines;

/// <summary>One machine: how it is and how to log in, then what can be done, then what was.</summary>
public sealed partial class MachinePageBody
{
    MachineDetails? details;
    OperationDetails? running;
    IReadOnlyList<ActivityEntry>? activity;
    Refusal? refusal;
    bool missing;

    [Inject] MachineService Machines { get; set; } = default!;

    [Inject] OperationService Operations { get; set; } = default!;

    [Inject] IDialogService Dialogs { get; set; } = default!;

    [Inject] NavigationManager Nav { get; set; } = default!;

    /// <summary>The machine.</summary>
    [Parameter] public Guid Id { get; set; }

    /* Before it is made and after it is gone there is nothing to press. */
    bool HasActions => details!.Machine.State is MachineState.Running or MachineState.Off or MachineState.Unknown or MachineState.Failed;

    string LoginHint => details!.Machine.State switch
    {
        MachineState.Running => "with the key that was given when it was asked for",
        MachineState.Waiting => "works once it is approved and made",
        MachineState.Provisioning => "works in a moment: it is being made",
        MachineState.Off => "works once it is started",
        MachineState.Unknown => "it may well answer: only its host is silent",
        MachineState.Failed or MachineState.Deleting or MachineState.Deleted => "not any more",
    };

    /// <inheritdoc />
    protected override bool Concerns(Change change) => change.Kind switch
    {
        ChangeKind.Machine => change.Id == Id,
        ChangeKind.Operation or ChangeKind.Migration or ChangeKind.Request => change.ProjectId == details?.Machine.ProjectId,
        _ => false,
    };

    /// <inheritdoc />
    protected override async Task LoadAsync(Actor actor, CancellationToken cancellationToken)
    {
        var machine = Machines.GetAsync(actor, Id, cancellationToken);
        var story = Machines.ActivityAsync(actor, Id, cancellationToken);
        await Task.WhenAll(machine, story);
        (details, activity, missing) = (await machine, await story ?? [], await machine is null);
        running = details?.Machine.Active is { } active ? await Operations.GetAsync(actor, active.Id, cancellationToken) : null;
    }

    async Task PowerAsync(PowerAction action)
    {
        var name = details!.Machine.Name;
        var sure = action switch
        {
            PowerAction.Reset => await Dialogs.AskAsync($"Reset {name}?", "It starts anew at once without shutting down. What its programs have not saved is lost; its disk stays.", "Reset", keep: "Let it run"),
            PowerAction.PowerOff => await Dialogs.AskAsync($"Cut the power of {name}?", "It stops at once without shutting down. What its programs have not saved is lost; its disk stays. “Shut down” is gentler.", "Cut the power", keep: "Let it run"),
            PowerAction.Start or PowerAction.ShutDown => true,
        };
        if (sure)
            await OrderAsync(async actor => (await Machines.PowerAsync(actor, Id, action, Guid.NewGuid().ToString(), Alive)).Refusal);
    }

    async Task DeleteAsync()
    {
        var name = details!.Machine.Name;
        if (await Dialogs.AskAsync($"Delete {name}?", "The machine, its disk and every snapshot of it are gone for good: nobody can bring them back. Its name, address and quota are free again.", $"Delete {name}", typeName: name))
            await OrderAsync(async actor => (await Machines.DeleteAsync(actor, Id, name, Guid.NewGuid().ToString(), Alive)).Refusal);
    }

    async Task MoveAsync()
    {
        var machine = details!.Machine;
        var ended = await Dialogs.OpenOnceAsync($"Move {machine.Name}", new DialogParameters<MoveDialog> { { d => d.MachineId, Id }, { d => d.Title, $"Move {machine.Name} from {machine.HostName}" } }, new DialogOptions { MaxWidth = MaxWidth.Medium, FullWidth = true });
        if (ended is { Canceled: false, Data: Guid migration })
            Nav.NavigateTo($"/migrations/{migration}");
    }

    async Task AskAsync(RequestKind kind)
    {
        var machine = details!.Machine;
        var has = details.Pending?.Next ?? new MachineSize(machine.Vcpus, machine.MemoryMib, machine.DiskGib);
        Draft draft = kind switch
        {
            RequestKind.Resize => new ResizeDraft(Id, has.Vcpus, has.MemoryMib, has.DiskGib, null),
            RequestKind.ExtendLease => new ExtendDraft(Id, 30, null),
            RequestKind.Delete => new DeleteDraft(Id, "", null),
            RequestKind.Create or RequestKind.QuotaIncrease => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Nothing to ask of a machine."),
        };
        if (await Dialogs.AskForAsync(draft, machine.Name) is { } request)
            Nav.NavigateTo($"/requests/{request}");
    }

    async Task ProtectAsync()
    {
        var on = !details!.Protected;
        var name = details.Machine.Name;
        if (on || await Dialogs.AskAsync($"Take the protection off {name}?", "Everybody who may delete machines of this project can delete it then, without asking.", "Unprotect", keep: "Keep it protected"))
            await OrderAsync(async actor => (await Machines.ProtectAsync(actor, Id, on, Alive)).Refusal);
    }

    Task CancelAsync(OperationRow operation) => OrderAsync(async actor => (await Operations.CancelAsync(actor, operation.Id, Alive)).Refusal);

    Task OrderAsync(Func<Actor, Task<Refusal?>> order) => ActAsync(async actor => refusal = await order(actor));
}
