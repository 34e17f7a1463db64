namespace Portal.Hypervisor;

/// <summary>The kinds of failure the portal tells apart (<c>virErrorNumber</c>); other numbers are kept as they are.</summary>
public enum LibvirtErrorCode
{
    /// <summary>No error was recorded.</summary>
    None = 0,
    /// <summary>An internal error of the driver.</summary>
    Internal = 1,
    /// <summary>The driver does not support the call.</summary>
    NoSupport = 3,
    /// <summary>No connection could be made to the hypervisor.</summary>
    NoConnection = 5,
    /// <summary>The connection object is not valid any more.</summary>
    InvalidConnection = 6,
    /// <summary>An argument was refused.</summary>
    InvalidArgument = 8,
    /// <summary>The operation failed in the hypervisor.</summary>
    OperationFailed = 9,
    /// <summary>The XML was not well formed or lacked something.</summary>
    XmlError = 27,
    /// <summary>A system call failed.</summary>
    SystemError = 38,
    /// <summary>An RPC failure.</summary>
    Rpc = 39,
    /// <summary>The domain does not exist on the host.</summary>
    NoDomain = 42,
    /// <summary>The storage pool does not exist on the host.</summary>
    NoStoragePool = 49,
    /// <summary>The storage volume does not exist in the pool.</summary>
    NoStorageVolume = 50,
    /// <summary>The operation does not fit the machine's present state.</summary>
    OperationInvalid = 55,
    /// <summary>The operation was refused or timed out while another holds the machine.</summary>
    OperationTimeout = 68,
    /// <summary>Migration was refused as unsafe (storage not shared, for example).</summary>
    MigrateUnsafe = 81,
    /// <summary>The configuration is not supported by this host.</summary>
    ConfigUnsupported = 67,
    /// <summary>The operation is not supported for this machine as it is now.</summary>
    OperationUnsupported = 84,
    /// <summary>A volume of that name exists.</summary>
    StorageVolumeExists = 90,
    /// <summary>A processor lacks what another has.</summary>
    CpuIncompatible = 91,
    /// <summary>The operation was aborted on request.</summary>
    OperationAborted = 78,
    /// <summary>Authentication failed.</summary>
    AuthFailed = 45,
}
