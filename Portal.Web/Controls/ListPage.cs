using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Portal.Domain;
using Portal.Web.Layout;

namespace Portal.Web.Controls;

/// <summary>A page that is one server-side list: its state is its address, its rows follow the database.</summary>
/// <typeparam name="TRow">A row.</typeparam>
public abstract class ListPage<TRow> : LiveComponent
{
    [Inject] NavigationManager Nav { get; set; } = default!;

    /// <summary>The project the person looks at.</summary>
    [Inject] protected ProjectScope Scope { get; set; } = default!;

    /// <summary>What the address asks for.</summary>
    protected ListUrl Url { get; private set; } = default!;

    /// <summary>The rows of this page; null until the first answer.</summary>
    protected IReadOnlyList<TRow>? Items { get; private set; }

    /// <summary>All rows that fit, on every page.</summary>
    protected int Total { get; private set; }

    /// <summary>Whether counting stopped at <see cref="Total"/>: there are more.</summary>
    protected bool AtLeast { get; private set; }

    /// <summary>Where the pages beside this one begin, where they are not found by number.</summary>
    protected PageEnds? Ends { get; private set; }

    /// <summary>The rows that are ticked.</summary>
    protected ISet<Guid> Picked { get; } = new HashSet<Guid>();

    /// <summary>Asks the service for one page of rows.</summary>
    protected abstract Task<Page<TRow>> FetchAsync(Actor actor, ListQuery query, CancellationToken cancellationToken);

    /// <summary>What a row is known by.</summary>
    protected abstract Guid IdOf(TRow row);

    /// <summary>Whether the list belongs to projects, so that the one a person looks at narrows it.</summary>
    protected virtual bool GoesByProject => true;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        Url = ListUrl.Read(Nav.Uri);
        Nav.LocationChanged += Moved;
        Scope.Changed += Rescoped;
        if (RendererInfo.IsInteractive)
            Agree();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync(Actor actor, CancellationToken cancellationToken)
    {
        var page = await FetchAsync(actor, Url.ToQuery(), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        // What stood here was deleted, or the address is older than the list: its last page instead of an empty one.
        if (page is { Items.Count: 0, Total: > 0 } && Url.Number > 1)
        {
            Show(Url.OnPage((page.Total + ListUrl.PageSize - 1) / ListUrl.PageSize));
            page = await FetchAsync(actor, Url.ToQuery(), cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }

        (Items, Total, AtLeast) = (page.Items, page.Total, page.AtLeast);
        Ends = page is { AtLeast: true, Items.Count: > 0 } ? new(IdOf(page.Items[0]), IdOf(page.Items[^1]), page.Items.Count, page.Follows) : null;
        Picked.IntersectWith(page.Items.Select(IdOf));
    }

    /// <inheritdoc />
    protected override ValueTask DisposeCoreAsync()
    {
        Nav.LocationChanged -= Moved;
        Scope.Changed -= Rescoped;
        return base.DisposeCoreAsync();
    }

    void Moved(object? sender, LocationChangedEventArgs e)
    {
        var next = ListUrl.Read(e.Location);
        if (next.Path != Url.Path || next.ToString() == Url.ToString())
            return;
        Url = next;
        Agree();
        Refresh();
    }

    /// <summary>
    /// The project stands in the address like every other filter, so that a link shows others the same list: an address that names one
    /// wins over the switcher, one that names none takes over the switcher's.
    /// </summary>
    void Agree()
    {
        if (!GoesByProject)
            return;
        if (Guid.TryParse(Url["project"], out var named))
            Scope.Choose(named);
        else if (Scope.ProjectId is { } chosen)
            Show(Url with { Filters = Url.Filters.SetItem("project", chosen.ToString()) });
    }

    void Rescoped()
    {
        if (!GoesByProject || Guid.TryParse(Url["project"], out var shown) && shown == Scope.ProjectId)
            return;
        Show(Url.Filtered("project", Scope.ProjectId?.ToString()));
        Refresh();
    }

    void Show(ListUrl url)
    {
        Url = url;
        Nav.NavigateTo(url.ToString(), replace: true);
    }
}
