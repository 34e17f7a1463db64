using System.Collections.Concurrent;
using System.Security.Claims;
using Portal.Domain.Accounts;
using Portal.Web.Setup;

namespace Portal.Web.Accounts;

/// <summary>
/// Whether a signed-in principal still is: its session was neither ended nor has it run out, the account still exists and has the same
/// security stamp. Asked of the database at most <see cref="Freshness"/> apart per session; a revocation is known at once.
/// </summary>
public sealed class SessionGuard(SignInSessions sessions, TimeProvider time, ILogger<SessionGuard> logger)
{
    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);

    /// <summary>How long the last good answer stands while PostgreSQL is away: a restart must not sign everybody out.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Guid, Good> _good = [];
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _revoked = [];
    private long _doubted = long.MinValue;
    private long _tidied = long.MinValue;

    /// <summary>Raised with the session's id when it ends, here or at another replica.</summary>
    public event Action<Guid>? Revoked;

    /// <summary>How many sessions are kept in mind.</summary>
    public int Count => _good.Count + _revoked.Count;

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

    /// <summary>Checks the principal of a request. One that a person makes puts the session's idle end off.</summary>
    public async ValueTask<bool> IsGoodAsync(ClaimsPrincipal principal, bool byPerson, CancellationToken cancellationToken)
    {
        if (PortalClaims.SessionOf(principal) is not { } session || IsRevoked(session))
            return false;

        var now = time.GetUtcNow();
        _good.TryGetValue(session, out var good);
        if (good is not null && now - good.CheckedAt < Freshness && good.CheckedAt.UtcTicks > Volatile.Read(ref _doubted))
        {
            if (byPerson)
                Seen(session);
            return true;
        }

        Tidy(now);
        try
        {
            var stands = await sessions.IsGoodAsync(session, principal.FindFirstValue(PortalClaims.Stamp), PortalClaims.RolesOf(principal), good?.SeenAt, byPerson, cancellationToken);
            if (stands)
                _good[session] = new Good(now, byPerson ? now : good?.SeenAt);
            else
                Revoke(session);
            return stands;
        }
        catch (Exception fault) when (good is not null && now - good.CheckedAt < Grace && DatabaseFaults.Explain(fault) is not null)
        {
            if (byPerson)
                Seen(session);
            logger.LogWarning("A session could not be checked and stands on its last answer: {Reason}", DatabaseFaults.Explain(fault));
            return true;
        }
    }

    /// <summary>
    /// Whether an open page may stay; that it is open puts nothing off. One that cannot be checked may: without the database it can do
    /// nothing anyway, and what was typed would be lost.
    /// </summary>
    public async ValueTask<bool> MayStayAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        try
        {
            return await IsGoodAsync(principal, byPerson: false, cancellationToken);
        }
        catch (Exception fault) when (DatabaseFaults.Explain(fault) is { } reason)
        {
            logger.LogWarning("The session of an open page could not be checked; it stays: {Reason}", reason);
            return true;
        }
    }

    /// <summary>Somebody uses the session: its next check tells the database, and its idle end is put off.</summary>
    private void Seen(Guid session)
    {
        // Lost to a check at the same moment: the next use is as good.
        if (_good.TryGetValue(session, out var good))
            _good.TryUpdate(session, good with { SeenAt = time.GetUtcNow() }, good);
    }

    /// <summary>
    /// Forgets what says nothing any more: an answer past its grace, and an end that everybody here was told of and that the database
    /// tells whoever asks later.
    /// </summary>
    private void Tidy(DateTimeOffset now)
    {
        var last = Volatile.Read(ref _tidied);
        if (now.UtcTicks - Grace.Ticks < last || Interlocked.CompareExchange(ref _tidied, now.UtcTicks, last) != last)
            return;
        foreach (var (session, good) in _good)
        {
            if (now - good.CheckedAt > Grace)
                _good.TryRemove(KeyValuePair.Create(session, good));
        }

        foreach (var (session, at) in _revoked)
        {
            if (now - at > Grace)
                _revoked.TryRemove(session, out _);
        }
    }

    /// <summary>A session that stood when it was last checked, and when somebody was last seen using it, if not yet told to the database.</summary>
    private sealed record Good(DateTimeOffset CheckedAt, DateTimeOffset? SeenAt);

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
