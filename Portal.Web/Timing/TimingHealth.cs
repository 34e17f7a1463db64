namespace Portal.Web.Timing;

/// <summary>Whether time triggers run; what is wrong is told by <c>/readyz</c> and the metrics.</summary>
public sealed class TimingHealth
{
    private volatile string? _problem;

    /// <summary>What is wrong, or null.</summary>
    public string? Problem
    {
        get => _problem;
        internal set => _problem = value;
    }
}
