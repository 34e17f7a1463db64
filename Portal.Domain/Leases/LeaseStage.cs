namespace Portal.Domain.Leases;

/// <summary>How far a machine's lease is.</summary>
public enum LeaseStage
{
    /// <summary>There is none, or it begins when the machine runs.</summary>
    None,

    /// <summary>The machine may be used until the lease's end.</summary>
    Running,

    /// <summary>The end has come; the machine is being shut down.</summary>
    Ending,

    /// <summary>Shut down, and kept with disk and address until the days of grace are over.</summary>
    Grace,

    /// <summary>The days of grace are over; the machine is being deleted, or is.</summary>
    Over,
}
