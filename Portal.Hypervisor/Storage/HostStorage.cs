namespace Portal.Hypervisor.Storage;

/// <summary>One host's storage, through libvirt's storage API only.</summary>
public sealed class HostStorage
{
    internal HostStorage()
    {
    }

    /// <summary>Finds a pool; null when the host does not define it.</summary>
    public Task<PoolInfo?> FindPoolAsync(string pool, CancellationToken cancellationToken) => NotYet<PoolInfo?>();

    /// <summary>Finds a volume after refreshing the pool, so that what another host wrote is seen; null when it is not there.</summary>
    public Task<VolumeInfo?> FindAsync(string pool, string volume, CancellationToken cancellationToken) => NotYet<VolumeInfo?>();

    /// <summary>Makes a qcow2 overlay of <paramref name="backing"/> with an explicit backing format; an existing clone of that name is returned.</summary>
    public Task<VolumeInfo> CloneAsync(string pool, string backing, string name, long capacityBytes, CancellationToken cancellationToken) => NotYet<VolumeInfo>();

    /// <summary>Writes a raw volume; an existing one of that name is replaced.</summary>
    public Task<VolumeInfo> UploadAsync(string pool, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => NotYet<VolumeInfo>();

    /// <summary>Deletes a volume; one that is not there is fine.</summary>
    public Task DeleteAsync(string pool, string name, CancellationToken cancellationToken) => NotYet<int>();

    private Task<T> NotYet<T>() => throw new NotSupportedException($"Not built yet: {GetType().Name}.");
}
