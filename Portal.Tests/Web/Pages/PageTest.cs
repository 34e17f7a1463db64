using System.Security.Claims;
using AngleSharp.Dom;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MudBlazor;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;
using Portal.Web.Accounts;
using Portal.Web.Layout;

namespace Portal.Tests.Web.Pages;

/// <summary>A page rendered for a person on a database of the test's own, with the real services behind it.</summary>
public abstract class PageTest(PostgresCluster cluster) : FreshDatabase(cluster), IAsyncLifetime
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    BunitAuthorizationContext authorization = default!;

    protected BunitContext Browser { get; } = new();

    protected World World { get; private set; } = default!;

    /// <summary>Where dialogs appear.</summary>
    protected IRenderedComponent<MudDialogProvider> Dialogs { get; private set; } = default!;

    protected NavigationManager Nav => Browser.Services.GetRequiredService<NavigationManager>();

    /// <summary>The address as the browser shows it.</summary>
    protected string Address => new Uri(Nav.Uri).PathAndQuery;

    protected RequestService Requests => Get<RequestService>();

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        World = await Postgres.NewWorldAsync();
        BunitContext.DefaultWaitTimeout = Patience;
        Browser.JSInterop.Mode = JSRuntimeMode.Loose;
        Browser.Services.AddSingleton(TimeProvider.System).AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(NullLoggerFactory.Instance)
            .AddPortalDomain(ConnectionString).AddPortalPages().AddScoped<ActorProvider>();
        authorization = Browser.AddAuthorization();
        Browser.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Browser.DisposeAsync();
        await DisposeAsync();
    }

    /// <summary>Where the page's own services find the database; another address for what happens when it is away.</summary>
    protected virtual string ConnectionString => Postgres.ConnectionString;

    /// <summary>Signs a person in.</summary>
    protected void SignIn(Actor actor)
    {
        authorization.SetAuthorized(actor.Name);
        authorization.SetRoles([.. Roles.NamesOf(actor.Platform), Roles.Member]);
        authorization.SetClaims(new Claim(ClaimTypes.NameIdentifier, actor.UserId.ToString()), new Claim(PortalClaims.DisplayName, actor.Name));
    }

    /// <summary>The session ends while pages are open.</summary>
    protected void SignOut()
    {
        authorization.SetNotAuthorized();
        // bUnit's double tells of it before it forgets who was authorized: whoever asks in between is answered as before. Told again, all know.
        authorization.SetNotAuthorized();
    }

    /// <summary>Opens a page for a person at an address.</summary>
    protected IRenderedComponent<TPage> Open<TPage>(Actor actor, string address, Action<ComponentParameterCollectionBuilder<TPage>>? parameters = null)
        where TPage : IComponent
    {
        SignIn(actor);
        Nav.NavigateTo(address);
        Browser.Render<MudPopoverProvider>();
        Dialogs = Browser.Render<MudDialogProvider>();
        return Browser.Render(parameters ?? (_ => { }));
    }

    /// <summary>Opens another page of the same browser, for the same person or another.</summary>
    protected IRenderedComponent<TPage> OpenNext<TPage>(Actor actor, Action<ComponentParameterCollectionBuilder<TPage>>? parameters = null)
        where TPage : IComponent
    {
        SignIn(actor);
        return Browser.Render(parameters ?? (_ => { }));
    }

    /// <summary>A request that waits.</summary>
    protected async Task<RequestView> AskAsync(string name, string? why = null) =>
        (await Requests.SubmitAsync(World.Member, World.Draft(name) with { Why = why }, Guid.NewGuid().ToString(), Ct)).Value;

    protected Task<IReadOnlyList<Decision>> ApproveAsync(Guid request) => Get<ApprovalService>().ApproveAsync(World.Admin, [request], null, Ct);

    protected Task<IReadOnlyList<Decision>> DenyAsync(Guid request, string reason) => Get<ApprovalService>().DenyAsync(World.Admin, [request], reason, Ct);
}

/// <summary>What a person reads and presses on a page.</summary>
static class PageReading
{
    /// <summary>Waits until the page says something.</summary>
    public static void Says<T>(this IRenderedComponent<T> page, string text)
        where T : IComponent => page.WaitForState(() => page.Text().Contains(text, StringComparison.Ordinal));

    /// <summary>All text of the page with thin spaces as plain ones and each run of blanks as one.</summary>
    public static string Text<T>(this IRenderedComponent<T> page)
        where T : IComponent => Plain(string.Concat(page.Nodes.Select(n => n.TextContent)));

    /// <summary>An element's text, likewise.</summary>
    public static string Plain(this IElement element) => Plain(element.TextContent);

    /// <summary>The button that says this.</summary>
    public static IElement Button<T>(this IRenderedComponent<T> page, string text)
        where T : IComponent => page.FindAll("button").Single(b => b.Plain() == text || b.GetAttribute("aria-label") == text);

    /// <summary>Does something to an element. Found and done in one turn of the renderer, so that no redraw comes between.</summary>
    public static Task DoAsync<T>(this IRenderedComponent<T> page, string selector, Func<IElement, Task> act)
        where T : IComponent => page.InvokeAsync(() => act(page.Find(selector)));

    /// <summary>Presses the button that says this.</summary>
    public static Task PressAsync<T>(this IRenderedComponent<T> page, string text)
        where T : IComponent => page.InvokeAsync(() => page.Button(text).ClickAsync());

    /// <summary>Types into a field.</summary>
    public static Task TypeAsync<T>(this IRenderedComponent<T> page, string selector, string text)
        where T : IComponent => page.DoAsync(selector, e => e.InputAsync(text));

    /// <summary>The row of a table that holds a text.</summary>
    public static IElement Row<T>(this IRenderedComponent<T> page, string text)
        where T : IComponent => page.FindAll("tbody tr").Single(r => r.Plain().Contains(text, StringComparison.Ordinal));

    static string Plain(string text) => string.Join(' ', text.Replace('\u2009', ' ').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
