using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Portal.Web.Accounts;

/// <summary>Tells the guard that somebody does something on an open page. What the page shows by itself does not count.</summary>
public sealed class CircuitActivity(SessionGuard guard, CircuitAuthentication authentication) : CircuitHandler
{
    /// <inheritdoc/>
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => activity =>
    {
        if (authentication.Session is { } session)
            guard.Seen(session);
        return next(activity);
    };
}
