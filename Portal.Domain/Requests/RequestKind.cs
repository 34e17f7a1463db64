namespace Portal.Domain.Requests;

/// <summary>What a request asks for. All go through the same submit, policy, decision and timeline.</summary>
public enum RequestKind
{
    /// <summary>A new machine.</summary>
    Create,

    /// <summary>Another size for a machine.</summary>
    Resize,

    /// <summary>A later end for a machine's lease.</summary>
    ExtendLease,

    /// <summary>Higher limits for a project.</summary>
    QuotaIncrease,

    /// <summary>The end of a machine that is protected from deletion.</summary>
    Delete,
}
