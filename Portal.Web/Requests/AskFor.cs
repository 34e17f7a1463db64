using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Portal.Domain.Requests;
using Portal.Web.Controls;

namespace Portal.Web.Requests;

/// <summary>Opens the dialog in which something is asked for.</summary>
public static class AskFor
{
    static readonly DialogOptions Wide = new() { MaxWidth = MaxWidth.Small, FullWidth = true };

    /// <summary>Opens the dialog for a draft of that kind.</summary>
    /// <param name="dialogs">The circuit's dialogs.</param>
    /// <param name="draft">What to begin with; a new machine has a page of its own instead.</param>
    /// <param name="subject">The name of what it is about.</param>
    /// <param name="replaces">The request the new one would stand in place of.</param>
    /// <returns>The request that was sent; null when none was.</returns>
    public static async Task<Guid?> AskForAsync(this IDialogService dialogs, Draft draft, string subject, Guid? replaces = null)
    {
        var ended = draft switch
        {
            ResizeDraft resize => await dialogs.OpenOnceAsync(subject, new DialogParameters<ResizeDialog> { { d => d.Start, resize }, { d => d.Subject, subject }, { d => d.Replaces, replaces } }, Wide),
            ExtendDraft extend => await dialogs.OpenOnceAsync(subject, new DialogParameters<ExtendDialog> { { d => d.Start, extend }, { d => d.Subject, subject }, { d => d.Replaces, replaces } }, Wide),
            QuotaDraft quota => await dialogs.OpenOnceAsync(subject, new DialogParameters<QuotaDialog> { { d => d.Start, quota }, { d => d.Subject, subject }, { d => d.Replaces, replaces } }, Wide),
            DeleteDraft delete => await dialogs.OpenOnceAsync(subject, new DialogParameters<DeleteAskDialog> { { d => d.Start, delete }, { d => d.Subject, subject }, { d => d.Replaces, replaces } }, Wide),
            _ => throw new ArgumentException("A new machine is asked for on its own page.", nameof(draft)),
        };
        return ended is { Canceled: false, Data: Guid request } ? request : null;
    }

    /// <summary>What stands in a field for whole numbers; nothing, or what is no number, is 0.</summary>
    internal static int Number(ChangeEventArgs change) => int.TryParse(change.Value as string, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
