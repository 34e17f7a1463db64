namespace Portal.Hypervisor.Migrations;

/// <summary>What earlier moves between the same two hosts taught of their switchover.</summary>
/// <param name="PauseMs">The hypervisor's pause of a live move, ms: handing over costs that much, however few pages are left.</param>
/// <param name="ConvergenceMs">What users feel beyond the pause, ms.</param>
public sealed record RouteHistory(double PauseMs, double ConvergenceMs)
{
    /// <summary>Used before the first move on a route: what was seen in the lab.</summary>
    public static RouteHistory Unknown { get; } = new(PauseMs: 40, ConvergenceMs: 10);
}
