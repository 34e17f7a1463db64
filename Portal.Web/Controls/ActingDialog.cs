using Microsoft.AspNetCore.Components;
using MudBlazor;
using Portal.Domain;
using Portal.Web.Accounts;

namespace Portal.Web.Controls;

/// <summary>A dialog with a form: sends it once at a time, and keeps what was typed whatever becomes of it.</summary>
public abstract class ActingDialog : ComponentBase, IDisposable
{
    readonly CancellationTokenSource life = new();

    [Inject] ActorProvider Actors { get; set; } = default!;

    [Inject] ILoggerFactory Loggers { get; set; } = default!;

    /// <summary>The dialog this is in.</summary>
    [CascadingParameter] public IMudDialogInstance Dialog { get; set; } = default!;

    /// <summary>Why what was asked is refused; null when it is not.</summary>
    protected Refusal? Refusal { get; set; }

    /// <summary>What broke; null when nothing did.</summary>
    protected Fault? Fault { get; private set; }

    /// <summary>Whether something that was asked for is being done.</summary>
    protected bool IsBusy { get; private set; }

    /// <summary>Ends when the dialog goes.</summary>
    protected CancellationToken Alive => life.Token;

    /// <summary>Does what a person asked for; a second press meanwhile does nothing.</summary>
    protected async Task ActAsync(Func<Actor, Task> act)
    {
        if (IsBusy)
            return;
        (IsBusy, Refusal, Fault) = (true, null, null);
        try
        {
            await act(await Actors.GetAsync());
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            // The dialog was closed meanwhile.
        }
        catch (Exception broke) when (Fault.IsExpected(broke))
        {
            Loggers.CreateLogger(GetType()).LogWarning(broke, "{Dialog} could not do what was asked", GetType().Name);
            Fault = Fault.Acting(broke);
        }
        finally
        {
            IsBusy = false;
        }
    }

    /// <summary>What is wrong with a field, in words; null when nothing is.</summary>
    protected string? Wrong(string field) => Refusal?.Field == field ? $"{Refusal.Message} {Refusal.Advice}" : null;

    /// <inheritdoc />
    public void Dispose()
    {
        life.Cancel();
        life.Dispose();
        GC.SuppressFinalize(this);
    }
}
