using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Portal.Web.Health;

/// <summary>Counts open pages.</summary>
public sealed class CircuitCount : CircuitHandler
{
    /// <inheritdoc/>
    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        PortalMetrics.Circuits.Inc();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        PortalMetrics.Circuits.Dec();
        return Task.CompletedTask;
    }
}
