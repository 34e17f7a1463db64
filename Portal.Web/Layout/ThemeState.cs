using Microsoft.JSInterop;

namespace Portal.Web.Layout;

/// <summary>The theme of one circuit; the browser is told of a choice and tells when its system changes.</summary>
public sealed class ThemeState(IJSRuntime js) : IAsyncDisposable
{
    DotNetObjectReference<ThemeState>? _self;

    /// <summary>What is shown now.</summary>
    public ThemeChoice Current { get; private set; } = ThemeChoice.Default;

    /// <summary>Raised after <see cref="Current"/> changed.</summary>
    public event Action? Changed;

    /// <summary>Starts from what the browser's cookies said.</summary>
    public void Begin(ThemeChoice choice) => Current = choice;

    /// <summary>Hears from the browser from now on; call once the page is interactive.</summary>
    public async Task ListenAsync()
    {
        _self ??= DotNetObjectReference.Create(this);
        await js.InvokeVoidAsync("portalTheme.listen", _self);
    }

    /// <summary>Chooses <c>light</c>, <c>dark</c> or <c>system</c>, for this browser and for good.</summary>
    public async Task ChooseAsync(string choice) => await js.InvokeVoidAsync("portalTheme.choose", choice);

    /// <summary>Called by <c>theme.js</c> when the choice or the system's preference changed.</summary>
    [JSInvokable]
    public void ThemeChanged(string choice, bool dark)
    {
        var heard = ThemeChoice.For(choice, dark);
        if (heard == Current)
            return;
        Current = heard;
        Changed?.Invoke();
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _self?.Dispose();
        return ValueTask.CompletedTask;
    }
}
