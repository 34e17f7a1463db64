using System.Collections.Concurrent;
using System.Security.Claims;
using Portal.Domain.Accounts;
using Portal.Web.Setup;

namespace Portal.Web.Accounts;

/// <summary>
/// Whether a signed-in principal still is: its session was not ended, the account still exists, is not locked and has the same
/// security stamp. Asked of the database at most <see cref="Freshness"/> apart per session; a revocation is known at once.
/// </summary>
public sealed class SessionGuard(SignInSessions sessions, TimeProvider time, ILogger<SessionGuard> logger)
{
    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);

    /// <summary>How long the last good answer stands while PostgreSQL is away: a restart must not sign everybody out.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _good = [];
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _revoked = [];
    private long _doubted = long.MinValue;

    /// <summary>Raised with the session's id when it ends, here or at another replica.</summary>
    public event Action<Guid>? Revoked;

    /// <summary>Ends a session for this process: cookies are refused and open pages are told.</summary>
    public void Revoke(Guid session)
    {
        _good.TryRemove(session, out _);
        if (_revoked.TryAdd(session, time.GetUtcNow()))
            Revoked?.Invoke(session);
    }

    /// <summary>Whether the session is known to have ended.</summary>
    public bool IsRevoked(Guid session) => _revoked.ContainsKey(session);

    /// <summary>Calls back when the session ends, until the returned handle is disposed. A caller without a session is never told.</summary>
    public IDisposable OnRevoked(Guid? session, Action ended) => new Listening(this, session, ended);

    /// <summary>
    /// No answer so far is fresh any more, because changes may have been missed: every session is looked up again. Until that can be done
    /// the last answers stand, or a database that comes and goes would sign everybody out.
    /// </summary>
    public void Doubt() => Volatile.Write(ref _doubted, time.GetUtcNow().UtcTicks);

    /// <summary>Checks a principal.</summary>
    public async ValueTask<bool> IsGoodAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (PortalClaims.SessionOf(principal) is not { } session || _revoked.ContainsKey(session))
            return false;

        var now = time.GetUtcNow();
        var known = _good.TryGetValue(session, out var at);
        if (known && now - at < Freshness && at.UtcTicks > Volatile.Read(ref _doubted))
            return true;

        try
        {
            var good = await sessions.IsGoodAsync(session, principal.FindFirstValue(PortalClaims.Stamp), principal.IsInRole(Roles.Admin), cancellationToken);
            if (good)
                _good[session] = now;
            else
                Revoke(session);
            return good;
        }
        catch (Exception fault) when (known && now - at < Grace && DatabaseFaults.Explain(fault) is not null)
        {
            logger.LogWarning("A session could not be checked and stands on its last answer: {Reason}", DatabaseFaults.Explain(fault));
            return true;
        }
    }

    /// <summary>
    /// Whether an open page may stay. One that cannot be checked may: without the database it can do nothing anyway, and what was typed
    /// would be lost.
    /// </summary>
    public async ValueTask<bool> MayStayAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        try
        {
            return await IsGoodAsync(principal, cancellationToken);
        }
        catch (Exception fault) when (DatabaseFaults.Explain(fault) is { } reason)
        {
            logger.LogWarning("The session of an open page could not be checked; it stays: {Reason}", reason);
            return true;
        }
    }

    private sealed class Listening : IDisposable
    {
        private readonly SessionGuard _guard;
        private readonly Guid? _session;
        private readonly Action _ended;

        public Listening(SessionGuard guard, Guid? session, Action ended)
        {
            (_guard, _session, _ended) = (guard, session, ended);
            guard.Revoked += Hear;
            if (session is { } known && guard.IsRevoked(known))
                ended();
        }

        public void Dispose() => _guard.Revoked -= Hear;

        private void Hear(Guid session)
        {
            if (session == _session)
                _ended();
        }
    }
}
