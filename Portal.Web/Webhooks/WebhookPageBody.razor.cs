using Microsoft.AspNetCore.Components;
using MudBlazor;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Webhooks;
using Portal.Web.Controls;

namespace Portal.Web.Webhooks;

/// <summary>One webhook: what it is called for, its secret, and the log of its calls.</summary>
public sealed partial class WebhookPageBody
{
    WebhookView? hook;
    WebhookForm? form;
    Refusal? refusal;
    string? secret;
    uint version;
    int hours = 24;
    bool missing;
    bool saved;

    /// <summary>The webhook.</summary>
    [Parameter, EditorRequired]
    public Guid Id { get; set; }

    [Inject] WebhookService Webhooks { get; set; } = default!;

    [Inject] DeliveryService Deliveries { get; set; } = default!;

    [Inject] IDialogService Dialogs { get; set; } = default!;

    [Inject] NavigationManager Nav { get; set; } = default!;

    /// <inheritdoc />
    protected override bool GoesByProject => false;

    /// <inheritdoc />
    protected override Guid IdOf(DeliveryView row) => row.Id;

    /// <inheritdoc />
    protected override bool Concerns(Change change) => change.Concerns(ChangeKind.Webhook, Id);

    /// <inheritdoc />
    protected override async Task<Page<DeliveryView>> FetchAsync(Actor actor, ListQuery query, CancellationToken cancellationToken)
    {
        var found = await Webhooks.GetAsync(actor, Id, cancellationToken);
        (hook, missing) = (found.IsOk ? found.Value : null, !found.IsOk);
        // What somebody types stays theirs, whatever changes meanwhile: saving then says what differs.
        if (form is null && hook is not null)
            (form, version) = (WebhookForm.Of(hook), hook.Version);
        var filters = new Dictionary<string, string>(query.Filters ?? new Dictionary<string, string>()) { ["webhook"] = Id.ToString() };
        return await Deliveries.ListAsync(actor, query with { Filters = filters }, cancellationToken);
    }

    Task SaveAsync() => ActAsync(async actor =>
    {
        (saved, refusal) = (false, null);
        var result = await Webhooks.ChangeAsync(actor, Id, version, form!.ToDraft(), Alive);
        if (result.IsOk)
        {
            (saved, version, form) = (true, result.Value.Version, WebhookForm.Of(result.Value));
            return;
        }

        refusal = result.Refusal;
        // The difference is told; saving again is then a decision made with open eyes.
        if (refusal is ChangedMeanwhile && await Webhooks.GetAsync(actor, Id, Alive) is { IsOk: true } now)
            version = now.Value.Version;
    });

    Task RotateAsync() => ActAsync(async actor =>
    {
        var result = await Webhooks.RotateAsync(actor, Id, TimeSpan.FromHours(hours), Alive);
        (refusal, secret) = (result.Refusal, result.IsOk ? result.Value.Secret : null);
        // This very person made the change: what is in the form is no older for it.
        if (result.IsOk)
            version = result.Value.Webhook.Version;
    });

    Task PingAsync() => ActAsync(async actor => refusal = (await Webhooks.PingAsync(actor, Id, Alive)).Refusal);

    Task AgainAsync(DeliveryView row) => ActAsync(async actor => refusal = (await Deliveries.RedeliverAsync(actor, row.Id, Alive)).Refusal);

    async Task DeleteAsync()
    {
        if (!await Dialogs.AskAsync($"Remove “{hook!.Name}”?", "It is called no more, what waits for it is not sent, and its log goes with it.", "Remove"))
            return;
        await ActAsync(async actor =>
        {
            refusal = (await Webhooks.DeleteAsync(actor, Id, Alive)).Refusal;
            if (refusal is null)
                Nav.NavigateTo("/webhooks");
        });
    }
}
