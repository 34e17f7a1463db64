using Portal.Hypervisor.Hosts;
using Portal.Hypervisor.Libvirt;

namespace Portal.Hypervisor.Storage;

/// <summary>One host's storage, through libvirt's storage API only: the portal never touches a host's files itself.</summary>
public sealed class HostStorage
{
    private readonly HostConnection _host;

    internal HostStorage(HostConnection host) => _host = host;

    /// <summary>Finds a pool; null when the host does not define it.</summary>
    public Task<PoolInfo?> FindPoolAsync(string pool, CancellationToken cancellationToken)
        => CallAsync(connection => StorageCalls.FindPool(connection, pool), cancellationToken);

    /// <summary>Finds a volume as it is on the store now, also one another host made; null when it is not there.</summary>
    /// <exception cref="LibvirtException">The pool does not exist or is not active.</exception>
    public Task<VolumeInfo?> FindAsync(string pool, string volume, CancellationToken cancellationToken) => CallAsync(connection =>
    {
        using var store = StorageCalls.Open(connection, pool);
        return StorageCalls.Look(store, volume);
    }, cancellationToken);

    /// <summary>Names every volume on the store now, whichever host made it; none when the pool is not there or not active.</summary>
    public Task<IReadOnlyList<string>> ListAsync(string pool, CancellationToken cancellationToken) => CallAsync(connection =>
    {
        if (StorageCalls.FindPool(connection, pool) is not { Active: true })
            return [];
        using var fresh = StorageCalls.Fresh(connection, pool, StorageCalls.Brief);
        return StorageCalls.List(fresh);
    }, cancellationToken);

    /// <summary>
    /// Makes a qcow2 overlay of <paramref name="backing"/>, which must be qcow2 itself; a clone of that name made earlier is
    /// returned as it is. It is at least as large as the image it grows from.
    /// </summary>
    /// <exception cref="LibvirtException">The pool or the image does not exist.</exception>
    public Task<VolumeInfo> CloneAsync(string pool, string backing, string name, long capacityBytes, CancellationToken cancellationToken)
        => CloneAsync(pool, backing, "qcow2", name, capacityBytes, cancellationToken);

    /// <summary>The same for an image of another format. The format is the catalogue's word, never guessed from the file.</summary>
    /// <exception cref="LibvirtException">The pool or the image does not exist.</exception>
    public Task<VolumeInfo> CloneAsync(
        string pool, string backing, string backingFormat, string name, long capacityBytes, CancellationToken cancellationToken)
        => CallAsync(connection => StorageCalls.Clone(connection, pool, backing, backingFormat, name, capacityBytes), cancellationToken);

    /// <summary>
    /// Copies a qcow2 volume nobody writes to, over whatever has the new name; it takes as long as its data takes to read and write. The copy grows
    /// from the same image as the original, and is enlarged to <paramref name="leastBytes"/> where the original is smaller.
    /// </summary>
    /// <exception cref="LibvirtException">The original does not exist, or the pool is full.</exception>
    public Task<VolumeInfo> CopyAsync(string pool, string source, string name, long leastBytes, CancellationToken cancellationToken)
        => _host.CallAsideAsync(connection => CopyCalls.Copy(connection, pool, source, name, leastBytes), CopyCalls.Deadline, cancellationToken);

    /// <summary>A volume as far as this host knows it, without waiting for anything: also one that is being written now.</summary>
    public Task<VolumeInfo?> PeekAsync(string pool, string volume, CancellationToken cancellationToken) => CallAsync(connection =>
    {
        using var store = StorageCalls.Open(connection, pool);
        return StorageCalls.Known(store, volume);
    }, cancellationToken);

    /// <summary>Writes a raw volume; an existing one of that name is replaced.</summary>
    /// <exception cref="LibvirtException">The pool does not exist or is full.</exception>
    public Task<VolumeInfo> UploadAsync(string pool, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        => CallAsync(connection => StorageCalls.Upload(connection, pool, name, content.Span), cancellationToken);

    /// <summary>Grows a volume that no running machine has; one that is as large already stays as it is.</summary>
    /// <exception cref="LibvirtException">The volume does not exist, or the pool has no room for it.</exception>
    public Task GrowAsync(string pool, string name, long capacityBytes, CancellationToken cancellationToken) => CallAsync(connection =>
    {
        using var store = StorageCalls.Open(connection, pool);
        return StorageCalls.Grow(store, pool, name, capacityBytes);
    }, cancellationToken);

    /// <summary>Deletes a volume; one that is not there is fine.</summary>
    public Task DeleteAsync(string pool, string name, CancellationToken cancellationToken) => CallAsync(connection =>
    {
        using var store = StorageCalls.Open(connection, pool);
        return StorageCalls.Remove(store, name);
    }, cancellationToken);

    private Task<T> CallAsync<T>(Func<ConnectHandle, T> call, CancellationToken cancellationToken)
        => _host.CallAsideAsync(call, StorageCalls.Deadline, cancellationToken);
}
