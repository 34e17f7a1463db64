using Portal.Domain;
using Portal.Domain.Machines;

namespace Portal.Web.Operations.Provisioning;

/// <summary>Where one machine was tried so far.</summary>
internal sealed class Tried
{
    private readonly List<Guid> _hosts = [];
    private readonly List<string> _reasons = [];

    /// <summary>Whether it may run at the present host already; from then on no other host is tried.</summary>
    public required bool MayRun { get; set; }

    /// <summary>Hosts that failed.</summary>
    public IReadOnlyCollection<Guid> Hosts => _hosts;

    /// <summary>The machine with its present host; null before one was found.</summary>
    public Blueprint? Placed { get; set; }

    /// <summary>The present host's name.</summary>
    public string HostName => Placed?.Host?.Name ?? "no host";

    /// <summary>The present host failed; the next one is another.</summary>
    public void Exclude(string why)
    {
        if (Placed?.Host is not { } failed)
            return;
        _hosts.Add(failed.Id);
        _reasons.Add(why.TrimEnd('.'));
    }

    /// <summary>No host is left: what the refusal says, after what the hosts that failed said.</summary>
    public string Explain(Refusal refusal) => _reasons.Count == 0
        ? $"{refusal.Message} {refusal.Advice}"
        : $"{string.Join(". ", _reasons)}. No other host could take it: {refusal.Message} {refusal.Advice}";
}
