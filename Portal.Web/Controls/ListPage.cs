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

    /// <summary>The rows that are ticked.</summary>
    protected ISet<Guid> Picked { get; } = new HashSet<Guid>();

    /// <summary>Asks the service for one page of rows.</summary>
    protected abstract Task<Page<TRow>> FetchAsync(Actor actor, ListQuery query, CancellationToken cancellationToken);

    /// <summary>What a row is known by.</summary>
    protected abstract Guid IdOf(TRow row);

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        Url = ListUrl.Read(Nav.Uri);
        Nav.LocationChanged += Moved;
        Scope.Changed += Rescoped;
    }

    /// <inheritdoc />
    protected override async Task LoadAsync(Actor actor, CancellationToken cancellationToken)
    {
        var asked = Url;
        var query = asked.ToQuery();
        if (Scope.ProjectId is { } project && asked["project"] is null)
            query = query with { Filters = asked.Filters.SetItem("project", project.ToString()) };
        var page = await FetchAsync(actor, query, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        (Items, Total) = (page.Items, page.Total);
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
        Refresh();
    }

    void Rescoped() => Refresh();
}
