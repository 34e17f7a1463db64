using Microsoft.AspNetCore.WebUtilities;
using Microsoft.JSInterop;
using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Changes;
using Portal.Domain.Requests;
using Portal.Web.Controls;

namespace Portal.Web.Approvals;

/// <summary>The queue and the decision: which request is looked at stands in the address, so that it can be sent to a colleague.</summary>
public sealed partial class ApprovalsPage
{
    static readonly string[] Letters = ["j", "k", "a", "d"];

    readonly HashSet<Guid> picked = [];
    IReadOnlyList<RequestView>? queue;
    ApprovalPreview? preview;
    AlreadyDecided? gone;
    Refusal? forbidden;
    IReadOnlyList<ItemResult> results = [];
    string resultTitle = "";
    Guid chosen;
    int total;
    TimeSpan? median;
    string? reason;
    bool reasonMissing;
    DotNetObjectReference<ApprovalsPage>? self;
    IJSObjectReference? keys;

    /* What is decided is what is shown: while another request is being looked up, nothing can be pressed. Ticked ones were chosen by hand. */
    bool CanDecide => preview is not null && (picked.Count > 0 || (gone is null && preview.Request.Id == chosen));

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        var query = QueryHelpers.ParseQuery(new Uri(Nav.Uri).Query);
        if (query.TryGetValue("request", out var asked) && Guid.TryParse(asked, out var id))
            chosen = id;
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        self = DotNetObjectReference.Create(this);
        keys = await Js.InvokeAsync<IJSObjectReference>("portal.keys", self, Letters);
    }

    /// <inheritdoc />
    protected override bool Concerns(Change change) => change.Kind is ChangeKind.Request or ChangeKind.Host or ChangeKind.Project;

    /// <inheritdoc />
    protected override async Task LoadAsync(Actor actor, CancellationToken cancellationToken)
    {
        var answer = await Approvals.QueueAsync(actor, cancellationToken);
        forbidden = answer.Refusal;
        var waiting = answer.IsOk ? answer.Value : new([], 0);
        if (chosen == Guid.Empty)
            chosen = waiting.Items is [var first, ..] ? first.Id : Guid.Empty;
        (queue, total) = (waiting.Items, waiting.Total);
        median = await Approvals.MedianDecisionAsync(actor, cancellationToken);
        picked.IntersectWith(queue.Select(r => r.Id));
        if (chosen == Guid.Empty)
            preview = null;
        else
            Show(await Approvals.PreviewAsync(actor, chosen, cancellationToken));
    }

    void Show(Result<ApprovalPreview> look)
    {
        if (look.IsOk)
        {
            (preview, gone) = (look.Value, null);
        }
        else if (look.Refusal is AlreadyDecided decided)
        {
            // Somebody else was faster. Say so and keep it on the page, instead of putting another one under a hand about to press.
            gone = decided;
            if (preview?.Request.Id != chosen)
                Nav.NavigateTo($"/requests/{chosen}", replace: true);
        }
        else
        {
            (chosen, preview, gone) = (Guid.Empty, null, null);
        }
    }

    /// <summary>Called by the browser for the keys of this page.</summary>
    [JSInvokable]
    public Task KeyPressed(string key) => InvokeAsync(async () =>
    {
        switch (key)
        {
            case "j":
                await StepAsync(1);
                break;
            case "k":
                await StepAsync(-1);
                break;
            case "a" when CanDecide:
                await DecideAsync(approve: true);
                break;
            case "d" when CanDecide:
                await DecideAsync(approve: false);
                break;
        }

        StateHasChanged();
    });

    async Task StepAsync(int by)
    {
        if (queue is not { Count: > 0 })
            return;
        var at = queue.ToList().FindIndex(r => r.Id == chosen);
        await ChooseAsync(queue[Math.Clamp(at < 0 ? 0 : at + by, 0, queue.Count - 1)].Id);
        await Js.InvokeVoidAsync("portal.intoView", $"item-{chosen}");
    }

    /// <summary>Pressed: on a phone the decision stands below the queue, so it comes into view.</summary>
    async Task OpenAsync(Guid id)
    {
        await ChooseAsync(id);
        await Js.InvokeVoidAsync("portal.intoView", "decision");
    }

    async Task ChooseAsync(Guid id)
    {
        if (id == chosen && gone is null)
            return;
        (chosen, gone, reason, reasonMissing) = (id, null, null, false);
        if (id == Guid.Empty)
            preview = null;
        Nav.NavigateTo(id == Guid.Empty ? "/approvals" : $"/approvals?request={id}", replace: true);
        // What can be decided changes now, not when the look at it has come; for the keys nobody else draws.
        StateHasChanged();
        await ReloadAsync();
    }

    void Pick(Guid id, bool on)
    {
        if (on)
            picked.Add(id);
        else
            picked.Remove(id);
    }

    void PickAll(bool on)
    {
        picked.Clear();
        if (on)
            picked.UnionWith(queue!.Select(r => r.Id));
    }

    Task LeaveGoneAsync() => ChooseAsync(queue is [var first, ..] ? first.Id : Guid.Empty);

    async Task DecideAsync(bool approve)
    {
        // A press may have been under way when the page moved on.
        if (!CanDecide)
            return;
        // A reason is asked for before, not after.
        if (!approve && string.IsNullOrWhiteSpace(reason))
        {
            reasonMissing = true;
            await Js.InvokeVoidAsync("portal.focus", "reason");
            return;
        }

        var why = reason;
        IReadOnlyList<Guid> ids = picked.Count > 0 ? [.. queue!.Where(r => picked.Contains(r.Id)).Select(r => r.Id)] : [chosen];
        var names = queue!.ToDictionary(r => r.Id, r => r.Subject);
        var next = queue!.SkipWhile(r => r.Id != chosen).FirstOrDefault(r => !ids.Contains(r.Id)) ?? queue!.FirstOrDefault(r => !ids.Contains(r.Id));
        await ActAsync(async actor =>
        {
            results = await EachAsync(ids, id => names.GetValueOrDefault(id, "request"), async id =>
            {
                var decisions = approve ? await Approvals.ApproveAsync(actor, [id], why, Alive) : await Approvals.DenyAsync(actor, [id], why!, Alive);
                return decisions[0].Refusal;
            }, approve ? "approved; it is being made" : "denied; what it held is free again");
            resultTitle = approve ? "Approved" : "Denied";
            picked.Clear();
            var done = results.All(r => r.Ok);
            if (done)
                (reason, reasonMissing) = (null, false);
            if (done && ids.Contains(chosen))
                (chosen, preview) = (next?.Id ?? Guid.Empty, next is null ? null : preview);
        });
    }

    /// <inheritdoc />
    protected override async ValueTask DisposeCoreAsync()
    {
        try
        {
            if (keys is not null)
            {
                await keys.InvokeVoidAsync("stop");
                await keys.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone, and its keys with it.
        }

        self?.Dispose();
        await base.DisposeCoreAsync();
    }
}
