namespace Portal.Web.Setup;

/// <summary>What the process tells its caller when it ends; scripts and service managers decide by these.</summary>
public static class ExitCodes
{
    /// <summary>Ended as asked.</summary>
    public const int Fine = 0;

    /// <summary>A fault nobody foresaw; the log has the details.</summary>
    public const int Fault = 1;

    /// <summary>The command line or a setting is wrong; the message says which.</summary>
    public const int Usage = 2;

    /// <summary>The address to listen on is taken by another process.</summary>
    public const int AddressInUse = 3;

    /// <summary>PostgreSQL cannot be reached or refuses the portal's account.</summary>
    public const int Database = 4;

    /// <summary>The audit trail was tampered with; the output says where.</summary>
    public const int Broken = 5;
}
