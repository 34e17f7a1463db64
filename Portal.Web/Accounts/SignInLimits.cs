using System.Threading.RateLimiting;

namespace Portal.Web.Accounts;

/// <summary>
/// How often sign-in may be tried, per address and per account name, before the password is even looked at. The account's lock-out
/// in the database counts wrong passwords; this keeps guessing over many accounts slow and the hashing affordable.
/// </summary>
public sealed class SignInLimits : IDisposable
{
    /// <summary>Tries from one address in a minute.</summary>
    public const int PerAddress = 60;

    /// <summary>Tries at one account in a minute, from anywhere.</summary>
    public const int PerAccount = 20;

    private readonly PartitionedRateLimiter<string> _addresses = Sliding(PerAddress);
    private readonly PartitionedRateLimiter<string> _accounts = Sliding(PerAccount);

    /// <summary>Counts one try; false when it comes too soon after too many.</summary>
    public bool TryTake(string? address, string account)
    {
        using var fromAddress = _addresses.AttemptAcquire(address ?? "");
        using var atAccount = _accounts.AttemptAcquire(account.Trim().ToUpperInvariant());
        return fromAddress.IsAcquired && atAccount.IsAcquired;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _addresses.Dispose();
        _accounts.Dispose();
    }

    private static PartitionedRateLimiter<string> Sliding(int permits) => PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetSlidingWindowLimiter(key, _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = permits,
            Window = TimeSpan.FromMinutes(1),
            SegmentsPerWindow = 6,
            QueueLimit = 0,
        }), StringComparer.Ordinal);
}
