namespace Portal.Hypervisor.Storage;

/// <summary>A storage volume; sizes in bytes.</summary>
public sealed record VolumeInfo(string Name, string Path, long CapacityBytes, long AllocatedBytes);

/// <summary>A storage pool; sizes in bytes.</summary>
public sealed record PoolInfo(string Name, string Path, bool Active, long CapacityBytes, long AvailableBytes);
