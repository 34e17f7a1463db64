using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace Portal.Web.Accounts;

/// <summary>
/// Who is signed in on an open page. Checked again every 30 s and told at once of a sign-out, so that a page left open does nothing
/// for somebody who has gone.
/// </summary>
public sealed class CircuitAuthentication : RevalidatingServerAuthenticationStateProvider
{
    private static readonly AuthenticationState SignedOut = new(new ClaimsPrincipal(new ClaimsIdentity()));
    private readonly SessionGuard _guard;
    private Guid? _session;

    /// <summary>Listens to the guard until the circuit ends.</summary>
    public CircuitAuthentication(ILoggerFactory loggers, SessionGuard guard)
        : base(loggers)
    {
        _guard = guard;
        _guard.Revoked += OnRevoked;
    }

    /// <inheritdoc/>
    protected override TimeSpan RevalidationInterval => SessionGuard.Freshness;

    /// <inheritdoc/>
    public override async Task<AuthenticationState> GetAuthenticationStateAsync()
    {
        var state = await base.GetAuthenticationStateAsync();
        _session ??= PortalClaims.SessionOf(state.User);
        return _session is { } session && _guard.IsRevoked(session) ? SignedOut : state;
    }

    /// <inheritdoc/>
    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        await _guard.MayStayAsync(authenticationState.User, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _guard.Revoked -= OnRevoked;
        base.Dispose(disposing);
    }

    private void OnRevoked(Guid session)
    {
        if (session == _session)
            SetAuthenticationState(Task.FromResult(SignedOut));
    }
}
