using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;
using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Changes;
using Portal.Domain.Requests;
using Portal.Web.Controls;
using Portal.Web.Requests;

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
    QueueFacts? facts;
    bool isAdmin;
    string? reason;
    bool reasonMissing;
    DotNetObjectReference<ApprovalsPage>? self;
    IJSObjectReference? keys;

    /* What is decided is what is shown: while another request is being looked up, nothing can be pressed. Ticked ones were chosen by hand. */
    bool CanDecide => preview is not null && (picked.Count > 0 || (gone is null && preview.Request.Id == chosen && preview.MayNot is null));

    /// <summary>What the address asks for: filters, order, page, and the request looked at.</summary>
    ListUrl Url { get; set; } = default!;

    static IEnumerable<(string, string)> Kinds => Enum.GetValues<RequestKind>().Select(kind => (kind.ToString(), RequestWords.Of(kind)));

    static readonly (string, string)[] AskedOf = [("me", "Asked of me")];

    static readonly (string, string)[] Sorts =
        [("", "Oldest first"), ("-submitted", "Newest first"), ("subject", "By name"), ("project", "By project"), ("requester", "By person"), ("rule", "By rule"), ("expires", "By what expires first")];

    static IEnumerable<(string, string)> Of(IEnumerable<(string, string)>? options, bool several) => several ? options ?? [] : options?.Take(1) ?? [];

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        Url = ListUrl.Read(Nav.Uri);
        if (Guid.TryParse(Url["request"], out var id))
            chosen = id;
        Nav.LocationChanged += Moved;
    }

    void Moved(object? sender, LocationChangedEventArgs e)
    {
        var next = ListUrl.Read(e.Location);
        if (next.Path != Url.Path || next.ToString() == Url.ToString())
            return;
        var isOther = Guid.TryParse(next["request"], out var id) && id != chosen;
        Url = next;
        if (isOther)
            (chosen, gone) = (id, null);
        Refresh();
    }

    void Go(ListUrl url) => Nav.NavigateTo(url.ToString());

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        self = DotNetObjectReference.Create(this);
        keys = await Js.InvokeAsync<IJSObjectReference>("portal.keys", self, Letters);
    }

    /// <inheritdoc />
    protected override bool Concerns(Change change) => change.Kind is ChangeKind.Request or ChangeKind.Host or ChangeKind.Project or ChangeKind.Policy;

    /// <inheritdoc />
    protected override async Task LoadAsync(Actor actor, CancellationToken cancellationToken)
    {
        isAdmin = actor.IsAdmin;
        var answer = await Approvals.QueueAsync(actor, Url.ToQuery(), cancellationToken);
        forbidden = answer.Refusal;
        var waiting = answer.IsOk ? answer.Value : new([], 0);
        // The page that was looked at was decided away: its last page instead of an empty one.
        if (waiting is { Items.Count: 0, Total: > 0 } && Url.Number > 1)
        {
            Url = Url.OnPage((waiting.Total + ListUrl.PageSize - 1) / ListUrl.PageSize);
            waiting = (await Approvals.QueueAsync(actor, Url.ToQuery(), cancellationToken)).Value;
        }

        var now = await Approvals.FactsAsync(actor, cancellationToken);
        if (chosen == Guid.Empty)
            chosen = waiting.Items is [var first, ..] ? first.Id : Guid.Empty;
        (queue, total) = (waiting.Items, waiting.Total);
        facts = now;
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
        Url = Url with { Filters = id == Guid.Empty ? Url.Filters.Remove("request") : Url.Filters.SetItem("request", id.ToString()) };
        Nav.NavigateTo(Url.ToString(), replace: true);
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
        // A yes is meant for the level that was on the screen: a second press never decides the next one.
        var seen = queue!.Append(preview!.Request).DistinctBy(r => r.Id).ToDictionary(r => r.Id);
        var said = new List<RequestView?>();
        var next = queue!.SkipWhile(r => r.Id != chosen).FirstOrDefault(r => !ids.Contains(r.Id)) ?? queue!.FirstOrDefault(r => !ids.Contains(r.Id));
        await ActAsync(async actor =>
        {
            results = await EachAsync(ids, id => seen.GetValueOrDefault(id)?.Subject ?? "request", async id =>
            {
                IReadOnlyList<SeenRequest> one = [new(id, seen.GetValueOrDefault(id)?.Level)];
                var decision = (approve ? await Approvals.ApproveAsync(actor, one, why, Alive) : await Approvals.DenyAsync(actor, one, why!, Alive))[0];
                said.Add(decision.Request);
                return decision.Refusal;
            }, "denied; what it held is free again");
            if (approve)
                results = [.. results.Select((result, n) => result.Ok && n < said.Count ? result with { Outcome = Outcome(said[n]) } : result)];
            resultTitle = approve ? "Approved" : "Denied";
            picked.Clear();
            var done = results.All(r => r.Ok);
            if (done)
                (reason, reasonMissing) = (null, false);
            if (done && ids.Contains(chosen))
                (chosen, preview) = (next?.Id ?? Guid.Empty, next is null ? null : preview);
        });
    }

    static string Outcome(RequestView? approved) => approved switch
    {
        { Status: RequestStatus.Waiting, Level: var level, Levels.Count: var levels } => $"you said yes; it waits for level {level + 1} of {levels}",
        { Kind: RequestKind.Create } => "approved; it is being made",
        _ => "approved; it is being carried out",
    };

    /// <inheritdoc />
    protected override async ValueTask DisposeCoreAsync()
    {
        Nav.LocationChanged -= Moved;
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
