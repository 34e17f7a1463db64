using Microsoft.AspNetCore.Components;
using MudBlazor;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Domain.Operations;
using Portal.Domain.Snapshots;
using Portal.Web.Controls;

namespace Portal.Web.Snapshots;

/// <summary>A machine's snapshots on its page. What is being done shows there, with its steps, as every operation does.</summary>
public sealed partial class SnapshotsCard
{
    SnapshotList? list;
    Refusal? refusal;

    [Inject] SnapshotService Snapshots { get; set; } = default!;

    [Inject] IDialogService Dialogs { get; set; } = default!;

    /// <summary>The machine.</summary>
    [Parameter, EditorRequired] public Guid MachineId { get; set; }

    /// <summary>The machine's name.</summary>
    [Parameter, EditorRequired] public string MachineName { get; set; } = default!;

    /// <summary>Shuts the machine down, since it has to be off.</summary>
    [Parameter] public EventCallback ShutDown { get; set; }

    /// <inheritdoc />
    protected override bool Concerns(Change change) => change.Kind == ChangeKind.Machine && change.Id == MachineId;

    /// <inheritdoc />
    protected override async Task LoadAsync(Actor actor, CancellationToken cancellationToken) => list = await Snapshots.ListAsync(actor, MachineId, cancellationToken);

    async Task TakeAsync()
    {
        refusal = null;
        await Dialogs.OpenOnceAsync($"Take a snapshot of {MachineName}", new DialogParameters<TakeDialog> { { d => d.MachineId, MachineId }, { d => d.MachineName, MachineName } },
            new DialogOptions { MaxWidth = MaxWidth.Small, FullWidth = true });
    }

    async Task RevertAsync(SnapshotRow snapshot)
    {
        if (await Dialogs.AskAsync($"Revert {MachineName} to “{snapshot.Name}”?",
            $"Everything written to its disk since {Format.Exact(snapshot.CreatedAt)} is lost for good, also what later snapshots do not hold. The snapshots stay.", "Revert", keep: "Leave the disk as it is"))
            await OrderAsync(actor => Snapshots.RevertAsync(actor, MachineId, snapshot.Id, Guid.NewGuid().ToString(), Alive));
    }

    async Task DeleteAsync(SnapshotRow snapshot)
    {
        if (await Dialogs.AskAsync($"Delete the snapshot “{snapshot.Name}”?",
            $"What the disk of {MachineName} held at {Format.Exact(snapshot.CreatedAt)} is lost for good. The machine and its other snapshots stay as they are.", "Delete snapshot"))
            await OrderAsync(actor => Snapshots.DeleteAsync(actor, MachineId, snapshot.Id, Guid.NewGuid().ToString(), Alive));
    }

    Task OrderAsync(Func<Actor, Task<Result<SnapshotOrder>>> order) => ActAsync(async actor => refusal = (await order(actor)).Refusal);

    RenderFragment Button(string text, string name, Refusal? whyNot, Func<Task> press, string? tone = null) => builder =>
    {
        builder.OpenElement(0, "button");
        builder.AddAttribute(1, "type", "button");
        builder.AddAttribute(2, "class", $"btn tight {tone}".TrimEnd());
        builder.AddAttribute(3, "aria-label", whyNot is null ? name : $"{name} (not now: {whyNot.Message})");
        if (whyNot is null)
        {
            builder.AddAttribute(4, "disabled", IsBusy);
            builder.AddAttribute(5, "onclick", EventCallback.Factory.Create(this, press));
        }
        else
        {
            builder.AddAttribute(6, "aria-disabled", "true");
            builder.AddAttribute(7, "title", $"{whyNot.Message} {whyNot.Advice}");
        }

        builder.AddContent(8, text);
        builder.CloseElement();
    };

    /* One that is ready needs no word; one being put back is only under way while an operation is. */
    (string? Tone, string Sign, string Text)? Look(SnapshotRow snapshot) => snapshot.State switch
    {
        SnapshotState.Ready or SnapshotState.Deleted => null,
        SnapshotState.Taking => ("accent", "spin", "being taken"),
        SnapshotState.Reverting => list?.WhyNotRevert is MachineBusy ? ("accent", "spin", "being put back") : ("bad", "dot", "putting it back broke off"),
        SnapshotState.Deleting => (null, "spin", "being deleted"),
        SnapshotState.Failed => ("bad", "dot", "not whole"),
    };
}
