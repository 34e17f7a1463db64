namespace Portal.Web.Operations;

/// <summary>A host that is needed does not answer, and waiting longer was not worth it.</summary>
public sealed class HostAwayException(string host, string? reason)
    : Exception($"{host} does not answer{(reason is null ? "" : $" ({reason.TrimEnd('.')})")}.")
{
    /// <summary>The host's name.</summary>
    public string Host { get; } = host;
}
