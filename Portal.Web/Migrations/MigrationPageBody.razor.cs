using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Web.Controls;

namespace Portal.Web.Migrations;

/// <summary>
/// One move: as it happens, and afterwards its receipt, for ever. Phases, decisions and the receipt come from the database with every
/// change; the chart and the six figures come to the browser straight from the hub, without this circuit.
/// </summary>
public sealed partial class MigrationPageBody
{
    private MigrationDetails? details;
    private bool cancelling;
    private bool mayLimit;
    private CancellationTokenSource? asking;
    private ElementReference root;
    private IJSObjectReference? live;
    private bool opening;
    private LiveKnown? told;

    /// <summary>The migration.</summary>
    [Parameter]
    public Guid Id { get; set; }

    [Inject]
    private MigrationService Migrations { get; set; } = default!;

    [Inject]
    private OperationService Operations { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    /// <inheritdoc />
    protected override bool Concerns(Change change) =>
        change.Concerns(ChangeKind.Migration, Id) || (details is not null && change.Concerns(ChangeKind.Operation, details.Migration.OperationId));

    /// <inheritdoc />
    protected override async Task LoadAsync(Actor actor, CancellationToken cancellationToken)
    {
        details = await Migrations.GetAsync(actor, Id, cancellationToken);
        mayLimit = actor.IsOperator;
        // Who could cancel it and may not any more sees that it was asked for, here or in another browser.
        cancelling = actor.IsOperator && details is { MayCancel: false, Migration.IsActive: true };
        if (asking is not null && details is not { Migration.IsActive: true })
            asking.Cancel();
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (details is null || (opening && live is null))
            return;
        try
        {
            if (!opening)
            {
                opening = true;
                told = LiveKnown.Of(details.Migration);
                await using var module = await Js.InvokeAsync<IJSObjectReference>("import", Alive, "./dist/migration.js");
                live = await module.InvokeAsync<IJSObjectReference>("open", Alive, root, "hubs/migration", Id, told);
            }

            // What changed while the script was loading is told too.
            if (live is not null && LiveKnown.Of(details.Migration) is var known && known != told)
            {
                told = known;
                await live.InvokeVoidAsync("update", Alive, known);
            }
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException)
        {
            // The browser has gone; nobody is left to draw for.
        }
    }

    /// <inheritdoc />
    protected override async ValueTask DisposeCoreAsync()
    {
        try
        {
            if (live is not null)
            {
                await live.InvokeVoidAsync("dispose");
                await live.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone, and the chart with it.
        }

        await base.DisposeCoreAsync();
    }

    private async Task CancelAsync(MigrationRow move)
    {
        if (!await SureAsync(move))
            return;
        cancelling = true;
        var answer = await Operations.CancelAsync(await ActorAsync(), move.OperationId, Alive);
        if (answer.IsOk)
            return;
        cancelling = false;
        Snackbar.Add($"{answer.Refusal.Message} {answer.Refusal.Advice}", Severity.Warning);
    }

    /// <summary>Asks whether it is to be cancelled. A move that ends meanwhile takes the question back, and the person is told why it went.</summary>
    private async Task<bool> SureAsync(MigrationRow move)
    {
        if (asking is not null)
            return false;
        using var ended = asking = new CancellationTokenSource();
        try
        {
            var sure = await Dialogs.AskAsync($"Cancel the move of {move.MachineName}?", MigrationWords.CancelMeans(move), "Cancel the move", keep: "Let it move", moot: ended.Token);
            if (ended.IsCancellationRequested)
                Snackbar.Add($"The move of {move.MachineName} has ended: nothing is left to cancel.", Severity.Info);
            return sure;
        }
        finally
        {
            asking = null;
        }
    }
}
