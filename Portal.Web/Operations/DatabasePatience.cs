using Portal.Web.Setup;

namespace Portal.Web.Operations;

/// <summary>
/// Keeps background work alive while PostgreSQL is away. It retries only what failed because the database could not be reached, or
/// undid it for another change of the same rows; every other fault goes on to whoever called.
/// </summary>
public sealed class DatabasePatience(ILogger<DatabasePatience> logger, TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Runs <paramref name="work"/> until it gets through or <paramref name="cancellationToken"/> ends it.</summary>
    public async Task<T> RunAsync<T>(string what, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var wait = First; ; wait = wait * 2 < Longest ? wait * 2 : Longest)
        {
            try
            {
                return await work(cancellationToken);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested && DatabaseFaults.MayPass(fault) is { } explanation)
            {
                logger.LogWarning("{What} is tried again: {Reason}", what, explanation);
                await Task.Delay(wait, time, cancellationToken);
            }
        }
    }

    /// <summary>Runs work that has no result.</summary>
    public Task RunAsync(string what, Func<CancellationToken, Task> work, CancellationToken cancellationToken) =>
        RunAsync(what, async stop => { await work(stop); return true; }, cancellationToken);
}
