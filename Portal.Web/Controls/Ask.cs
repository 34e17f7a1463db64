using MudBlazor;

namespace Portal.Web.Controls;

/// <summary>Questions before something is lost.</summary>
public static class Ask
{
    /// <summary>Asks, and says whether the answer was yes.</summary>
    /// <param name="dialogs">The circuit's dialogs.</param>
    /// <param name="title">The question, with the thing's name.</param>
    /// <param name="lost">What is lost, in a sentence.</param>
    /// <param name="action">The verb on the button.</param>
    /// <param name="typeName">A name that has to be typed first; null when a press is enough.</param>
    /// <param name="keep">The way out.</param>
    public static async Task<bool> AskAsync(this IDialogService dialogs, string title, string lost, string action, string? typeName = null, string keep = "Keep it")
    {
        var dialog = await dialogs.ShowAsync<ConfirmDialog>(title, new DialogParameters<ConfirmDialog>
        {
            { d => d.Title, title },
            { d => d.Lost, lost },
            { d => d.Action, action },
            { d => d.TypeName, typeName },
            { d => d.Keep, keep },
        });
        return await dialog.Result is { Canceled: false };
    }
}
