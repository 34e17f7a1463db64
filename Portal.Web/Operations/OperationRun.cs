using Portal.Domain.Operations;

namespace Portal.Web.Operations;

/// <summary>One operation in the hands of this process: its steps are told to people, and outlive a database that is away for a moment.</summary>
public sealed class OperationRun(Claim claim, DatabasePatience patience, CancellationToken cancel, CancellationToken abandon)
{
    /// <summary>The hold on the operation; the books are closed with it.</summary>
    public Claim Claim { get; } = claim;

    /// <summary>Somebody asked to stop and undo.</summary>
    public CancellationToken Cancel { get; } = cancel;

    /// <summary>Does one step and tells of it. A step that fails is marked so, with the reason.</summary>
    /// <param name="ordinal">Its place.</param>
    /// <param name="name">What it does, in plain words.</param>
    /// <param name="percent">How far the operation is when the step ends.</param>
    /// <param name="work">Does it; returns what was found or done, for people.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task StepAsync(int ordinal, string name, double percent, Func<CancellationToken, Task<string?>> work, CancellationToken stop)
    {
        await KeepAsync(held => Claim.BeginStepAsync(ordinal, name, held));
        string? detail;
        try
        {
            detail = await work(stop);
        }
        catch (Exception fault) when (fault is not LeaseLostException && !abandon.IsCancellationRequested)
        {
            await KeepAsync(held => Claim.EndStepAsync(ordinal, StepState.Failed, fault is OperationCanceledException ? "Stopped on request." : fault.Message, held));
            throw;
        }

        await KeepAsync(held => Claim.EndStepAsync(ordinal, StepState.Done, detail, held));
        await ProgressAsync(percent, eta: null);
    }

    /// <summary>Tells how far the operation is.</summary>
    public Task ProgressAsync(double percent, Eta? eta) => KeepAsync(held => Claim.ProgressAsync(percent, eta, held));

    /// <summary>Writes something that must get through, however long the database is away; only abandoning ends the wait.</summary>
    public Task KeepAsync(Func<CancellationToken, Task> write) => patience.RunAsync(Claim.Title, write, abandon);

    /// <summary>Reads or writes something that must get through, and returns its result.</summary>
    public Task<T> KeepAsync<T>(Func<CancellationToken, Task<T>> work) => patience.RunAsync(Claim.Title, work, abandon);
}
