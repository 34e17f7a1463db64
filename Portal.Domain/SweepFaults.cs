namespace Portal.Domain;

/// <summary>
/// What one sweep could not do. A fault stops the one thing it is about and none of the others that are due; all of them are told when the
/// sweep is over, and tried again by the next. A database that went away stops the sweep itself.
/// </summary>
/// <param name="things">What is swept, for people, e.g. <c>leases</c>.</param>
/// <param name="ct">Gives up; what was done stays.</param>
sealed class SweepFaults(string things, CancellationToken ct)
{
    /// <summary>So many at once are no fault of single things: what is left waits for the next sweep.</summary>
    public const int Most = 50;

    readonly List<Exception> faults = [];

    /// <summary>Does one thing.</summary>
    public async Task TryAsync(Guid id, Func<Task> deed)
    {
        try
        {
            await deed();
        }
        catch (Exception fault) when (IsOfOneThing(fault))
        {
            Note(id, fault);
        }
    }

    /// <summary>
    /// Does all that is due, a batch in a transaction. A batch that fails is done anew in halves, until what fails is alone; that one is passed
    /// over, and the batches grow again.
    /// </summary>
    /// <param name="most">Things in a batch.</param>
    /// <param name="batch">Does up to so many that are due and not among those to pass over, and notes in the list, before it does anything, which; none: nothing is left.</param>
    public async Task InBatchesAsync(int most, Func<int, Guid[], List<Guid>, Task> batch)
    {
        var (limit, passed) = (most, new List<Guid>());
        while (passed.Count < Most)
        {
            ct.ThrowIfCancellationRequested();
            var taken = new List<Guid>();
            try
            {
                await batch(limit, [.. passed], taken);
                if (taken.Count == 0)
                    return;
                limit = Math.Min(most, limit * 2);
            }
            catch (Exception fault) when (taken.Count > 0 && IsOfOneThing(fault))
            {
                limit = Math.Max(1, taken.Count / 2);
                if (taken is not [var one])
                    continue;
                passed.Add(one);
                Note(one, fault);
            }
        }
    }

    /// <summary>Tells what could not be done.</summary>
    /// <exception cref="AggregateException">Something could not; everything else was done.</exception>
    public void Tell()
    {
        if (faults.Count > 0)
            throw new AggregateException($"{faults.Count} {things} could not be dealt with; the others were.", faults);
    }

    void Note(Guid id, Exception fault) => faults.Add(new InvalidOperationException($"{id} among the {things} could not be dealt with: {fault.Message}", fault));

    bool IsOfOneThing(Exception fault) => !ct.IsCancellationRequested && !DatabaseLoss.Is(fault);
}
