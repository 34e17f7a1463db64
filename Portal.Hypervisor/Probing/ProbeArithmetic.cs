namespace Portal.Hypervisor.Probing;

/// <summary>Turns samples into a report. Pure.</summary>
public static class ProbeArithmetic
{
    /// <summary>Measures.</summary>
    public static ProbeReport Measure(IReadOnlyList<PingSample> samples, double intervalMs) => throw new NotSupportedException("Not built yet.");
}
