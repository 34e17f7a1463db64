namespace Portal.Domain.Operations;

/// <summary>Something is being done to the machine already; one thing at a time.</summary>
/// <param name="OperationId">The operation in the way.</param>
/// <param name="Title">What it is called on screen.</param>
/// <param name="By">Who asked for it.</param>
public sealed record MachineBusy(Guid OperationId, string Title, string By)
    : Refusal("machine-busy", $"“{Title}”, asked for by {By}, is not finished; a machine does one thing at a time.", "Wait until it ends, or cancel it first.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>There is nothing left to cancel.</summary>
/// <param name="Title">The operation.</param>
/// <param name="Status">How it ended.</param>
public sealed record AlreadyEnded(string Title, OperationStatus Status) : Refusal("already-ended", $"“{Title}” has {Word(Status)} already.", "Nothing is left to cancel.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;

    static string Word(OperationStatus status) => status switch
    {
        OperationStatus.Succeeded => "succeeded",
        OperationStatus.Failed => "failed",
        OperationStatus.Cancelled => "been cancelled",
        OperationStatus.Queued or OperationStatus.Running => "begun",
    };
}

/// <summary>A deletion does not stop half-way: half a machine is of use to nobody.</summary>
/// <param name="Title">The operation.</param>
public sealed record CannotCancel(string Title)
    : Refusal("cannot-cancel", $"“{Title}” cannot be cancelled: a deletion that stopped half-way would leave a broken machine.", "Let it finish, then ask for a new machine.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>What a caller's key for a call may look like; the same rule wherever a call may be repeated.</summary>
static class CallKey
{
    /// <summary>Why a key is refused, or null.</summary>
    public static InvalidText? Refuse(string? key) => key is { Length: > 0 and <= 100 } && Texts.IsLine(key) ? null
        : new("idempotencyKey", "A call that may be repeated needs a key of 1 to 100 characters.", "Send a random UUID, and the same one when you try again.");
}

/// <summary>
/// Another worker holds the operation now, because this one's lease ran out. Whatever this worker was about to write was not
/// written; it stops at once and undoes nothing, since the other one carries on from the hypervisor's truth.
/// </summary>
public sealed class LeaseLostException(Guid operationId, long fence) : Exception($"Operation {operationId} is no longer held with fence {fence}.")
{
    /// <summary>The operation.</summary>
    public Guid OperationId { get; } = operationId;

    /// <summary>The fence this worker held.</summary>
    public long Fence { get; } = fence;
}
