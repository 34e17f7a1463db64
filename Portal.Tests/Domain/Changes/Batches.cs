using Portal.Domain.Changes;

namespace Portal.Tests.Domain.Changes;

/// <summary>A subscription read batch by batch; a batch that does not come within <see cref="Patience"/> fails the test.</summary>
sealed class Batches : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly CancellationTokenSource life = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    readonly IAsyncEnumerator<IReadOnlyList<Change>> batches;

    public Batches(ChangeFeed feed) => batches = feed.SubscribeAsync(life.Token).GetAsyncEnumerator(life.Token);

    public async Task<IReadOnlyList<Change>> NextAsync()
    {
        (await batches.MoveNextAsync().AsTask().WaitAsync(Patience, life.Token)).ShouldBeTrue();
        return batches.Current;
    }

    public async ValueTask DisposeAsync()
    {
        await life.CancelAsync();
        await batches.DisposeAsync();
        life.Dispose();
    }
}
