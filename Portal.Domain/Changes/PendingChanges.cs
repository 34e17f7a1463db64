namespace Portal.Domain.Changes;

/// <summary>What one subscriber has yet to be told. It cannot grow without bound: past a limit it is simply "everything".</summary>
sealed class PendingChanges : IDisposable
{
    const int Most = 500;

    readonly Lock gate = new();
    readonly SemaphoreSlim some = new(0, 1);
    HashSet<Change> changes = [];

    public void Take(DatabaseListener.Notice notice)
    {
        if (notice.IsConnected)
            Add(Change.Everything);
        else if (notice.Channel == ChangeNotice.Channel)
            Add(ChangeNotice.Read(notice.Payload));
    }

    public Task WaitAsync(CancellationToken ct) => some.WaitAsync(ct);

    public IReadOnlyList<Change> Drain()
    {
        lock (gate)
        {
            var batch = changes;
            changes = [];
            return [.. batch];
        }
    }

    public void Dispose() => some.Dispose();

    void Add(Change change)
    {
        lock (gate)
        {
            if (changes.Contains(Change.Everything))
                return;
            if (change == Change.Everything || changes.Count >= Most)
                changes = [Change.Everything];
            else
                changes.Add(change);
            if (some.CurrentCount == 0)
                some.Release();
        }
    }
}
