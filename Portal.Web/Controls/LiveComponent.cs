using Microsoft.AspNetCore.Components;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Web.Accounts;

namespace Portal.Web.Controls;

/// <summary>
/// A component that shows what the database says and keeps showing it: loads once the page is interactive (never while prerendering, which
/// would ask everything twice), and again whenever a change it cares about is told. Owns one cancellation and one pump, and awaits it.
/// </summary>
public abstract class LiveComponent : ComponentBase, IAsyncDisposable
{
    readonly CancellationTokenSource _life = new();
    CancellationTokenSource? _loading;
    Task _pump = Task.CompletedTask;
    Task _refresh = Task.CompletedTask;
    readonly TaskCompletionSource _loaded = new();
    Guid _viewer;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    [Inject] ChangeFeed Changes { get; set; } = default!;

    [Inject] ActorProvider Actors { get; set; } = default!;

    [Inject] ILoggerFactory Loggers { get; set; } = default!;

    /// <summary>A component that lives until it is disposed.</summary>
    protected LiveComponent() => Alive = _life.Token;

    /// <summary>Why the last load failed; null when it did not. What was loaded before stays on the page.</summary>
    protected Fault? Fault { get; private set; }

    /// <summary>Whether something that was asked for is being done.</summary>
    protected bool IsBusy { get; private set; }

    /// <summary>Whether the first load has not ended yet.</summary>
    protected bool IsLoading { get; private set; } = true;

    /// <summary>Ends when the component goes.</summary>
    protected CancellationToken Alive { get; }

    /// <summary>Reads what is shown into fields, as <paramref name="actor"/> may see it. Cancelled when a newer load takes over.</summary>
    protected abstract Task LoadAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>Whether a change could show here.</summary>
    protected abstract bool Concerns(Change change);

    /// <summary>Who acts, asked anew each time: a sign-out elsewhere counts at once.</summary>
    protected Task<Actor> ActorAsync() => Actors.GetAsync();

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        if (!RendererInfo.IsInteractive || Alive.IsCancellationRequested)
            return;
        _pump = PumpAsync();
        // The feed says "everything" as soon as it hears the database, and a snapshot read after that misses nothing. When it hears
        // nothing the database is away, and the page must say so instead of waiting.
        if (await Task.WhenAny(_loaded.Task, Task.Delay(Patience, Alive)) != _loaded.Task && !Alive.IsCancellationRequested)
            await ReloadAsync();
    }

    /// <summary>Loads again; a load under way is given up for it.</summary>
    protected async Task ReloadAsync()
    {
        if (Alive.IsCancellationRequested)
            return;
        _loading?.Cancel();
        using var mine = CancellationTokenSource.CreateLinkedTokenSource(Alive);
        _loading = mine;
        try
        {
            var actor = await Actors.GetAsync();
            _viewer = actor.UserId;
            await LoadAsync(actor, mine.Token);
            Fault = null;
        }
        catch (Exception) when (mine.IsCancellationRequested)
        {
            // A newer load, or the end of the component, made this one pointless; whatever it died of is no news.
            return;
        }
        catch (Exception fault) when (Fault.IsExpected(fault))
        {
            Loggers.CreateLogger(GetType()).LogWarning(fault, "Could not load {Component}", GetType().Name);
            Fault = Fault.From(fault);
        }
        finally
        {
            if (_loading == mine)
                _loading = null;
        }

        IsLoading = false;
        _loaded.TrySetResult();
    }

    /// <summary>
    /// Does what a person asked for, once at a time. When the database is away the page says so and keeps what was typed; otherwise it
    /// shows what became of it at once.
    /// </summary>
    protected async Task ActAsync(Func<Actor, Task> act)
    {
        if (IsBusy)
            return;
        IsBusy = true;
        try
        {
            await act(await Actors.GetAsync());
            Fault = null;
        }
        catch (Exception) when (Alive.IsCancellationRequested)
        {
            // The page was left; the ledger goes on without it.
            return;
        }
        catch (Exception fault) when (Fault.IsExpected(fault))
        {
            Loggers.CreateLogger(GetType()).LogWarning(fault, "{Component} could not do what was asked", GetType().Name);
            Fault = Fault.Acting(fault);
            return;
        }
        finally
        {
            IsBusy = false;
        }

        await ReloadAsync();
    }

    /// <summary>
    /// Does the same to several things, each on its own, and tells what became of each. When the database goes away in between, those done
    /// are still told and the rest is left alone.
    /// </summary>
    protected async Task<IReadOnlyList<ItemResult>> EachAsync<T>(IEnumerable<T> things, Func<T, string> name, Func<T, Task<Refusal?>> act, string done)
    {
        var results = new List<ItemResult>();
        Fault? away = null;
        foreach (var thing in things)
        {
            if (away is not null)
            {
                results.Add(new(name(thing), false, $"{away.What} This one was not tried."));
                continue;
            }
            try
            {
                results.Add(ItemResult.Of(name(thing), await act(thing), done));
            }
            catch (Exception fault) when (!Alive.IsCancellationRequested && Fault.IsExpected(fault))
            {
                Loggers.CreateLogger(GetType()).LogWarning(fault, "{Component} could not do what was asked to {Thing}", GetType().Name, name(thing));
                away = Fault.Acting(fault);
                results.Add(new(name(thing), false, $"{away.What} {away.Advice}"));
            }
        }

        return results;
    }

    /// <summary>Loads again and draws, from where nothing can be awaited; what goes wrong shows as a stopped page.</summary>
    protected void Refresh() => _refresh = InvokeAsync(async () =>
    {
        try
        {
            await ReloadAsync();
            StateHasChanged();
        }
        catch (Exception fault) when (!Fault.IsExpected(fault))
        {
            await DispatchExceptionAsync(fault);
        }
    });

    /// <summary>Loads again and draws: for a button, such as "Try again".</summary>
    protected async Task RetryAsync()
    {
        Fault = null;
        await ReloadAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync();
        await _pump;
        await _refresh;
        await DisposeCoreAsync();
        _life.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>For what a page owns besides.</summary>
    protected virtual ValueTask DisposeCoreAsync() => ValueTask.CompletedTask;

    async Task PumpAsync()
    {
        try
        {
            await foreach (var batch in Changes.SubscribeAsync(Alive))
            {
                // Somebody whose place in a project changes sees other things everywhere, whatever is shown here.
                if (!batch.Any(c => c.Concerns(ChangeKind.Account, _viewer) || Concerns(c)))
                    continue;
                Refresh();
                await _refresh;
            }
        }
        catch (OperationCanceledException) when (Alive.IsCancellationRequested)
        {
            // The component has gone.
        }
    }
}
