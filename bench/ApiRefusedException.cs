namespace Portal.Bench;

/// <summary>The portal refused a call.</summary>
/// <param name="status">The status it was answered with.</param>
/// <param name="problem">The answer: a problem document with the reason's code.</param>
/// <param name="call">What was asked.</param>
sealed class ApiRefusedException(int status, string problem, string call) : InvalidOperationException($"{call} was answered with {status}: {problem}")
{
    /// <summary>Whether the move was refused because it would not keep what was promised of it.</summary>
    public bool IsForObjective => problem.Contains("objective-not-kept", StringComparison.Ordinal);
}
