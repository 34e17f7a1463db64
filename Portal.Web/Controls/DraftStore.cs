using System.Text.Json;
using Microsoft.JSInterop;

namespace Portal.Web.Controls;

/// <summary>Keeps what is being typed in the browser tab's own storage, so that a restart of the portal or a lost circuit loses nothing.</summary>
public sealed class DraftStore(IJSRuntime js)
{
    /// <summary>Reads a draft; null when there is none or it cannot be read any more.</summary>
    public async Task<T?> ReadAsync<T>(string name, CancellationToken cancellationToken)
        where T : class
    {
        var text = await js.InvokeAsync<string?>("portal.draft", cancellationToken, name);
        try
        {
            return string.IsNullOrEmpty(text) ? null : JsonSerializer.Deserialize<T>(text);
        }
        catch (JsonException)
        {
            // Written by an older page; a form that cannot be restored starts empty.
            return null;
        }
    }

    /// <summary>Keeps a draft.</summary>
    public async Task KeepAsync<T>(string name, T draft, CancellationToken cancellationToken) =>
        await js.InvokeVoidAsync("portal.keepDraft", cancellationToken, name, JsonSerializer.Serialize(draft));

    /// <summary>Forgets a draft: it was sent.</summary>
    public async Task ForgetAsync(string name, CancellationToken cancellationToken) =>
        await js.InvokeVoidAsync("portal.keepDraft", cancellationToken, name, null);
}
