using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Portal.Web.Controls;

/// <summary>Questions before something is lost, and other dialogs, one at a time.</summary>
public static class Ask
{
    // Dialogs cover the page, so a second one can only come of a second press before the first one shows.
    private static readonly ConditionalWeakTable<IDialogService, object> Open = [];

    /// <summary>Asks, and says whether the answer was yes.</summary>
    /// <param name="dialogs">The circuit's dialogs.</param>
    /// <param name="title">The question, with the thing's name.</param>
    /// <param name="lost">What is lost, in a sentence.</param>
    /// <param name="action">The verb on the button.</param>
    /// <param name="typeName">A name that has to be typed first; null when a press is enough.</param>
    /// <param name="keep">The way out.</param>
    /// <param name="moot">Takes the question back, as answered with no: there is nothing left to ask about.</param>
    public static async Task<bool> AskAsync(this IDialogService dialogs, string title, string lost, string action, string? typeName = null, string keep = "Keep it", CancellationToken moot = default) =>
        await dialogs.OpenOnceAsync(title, new DialogParameters<ConfirmDialog>
        {
            { d => d.Title, title },
            { d => d.Lost, lost },
            { d => d.Action, action },
            { d => d.TypeName, typeName },
            { d => d.Keep, keep },
        }, moot: moot) is { Canceled: false };

    /// <summary>Opens a dialog and returns what it ended with; null when one is open already: the second press of a double click opens nothing.</summary>
    public static async Task<DialogResult?> OpenOnceAsync<TDialog>(this IDialogService dialogs, string title, DialogParameters<TDialog>? parameters = null, DialogOptions? options = null, CancellationToken moot = default)
        where TDialog : IComponent
    {
        if (!Open.TryAdd(dialogs, dialogs))
            return null;
        try
        {
            var dialog = await dialogs.ShowAsync<TDialog>(title, parameters ?? [], options ?? new DialogOptions());
            await using var taken = moot.Register(() => dialog.Close(DialogResult.Cancel()));
            return await dialog.Result;
        }
        finally
        {
            Open.Remove(dialogs);
        }
    }
}
