using Microsoft.EntityFrameworkCore;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Catalog;

/// <summary>An image that can be asked for.</summary>
public sealed record ImageView(Guid Id, string Name, string Title, string Description, string LoginUser, int MinMemoryMib, int MinDiskGib, DeviceModel Devices);

/// <summary>A flavor that can be asked for.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">Name.</param>
/// <param name="Size">What a machine of it takes.</param>
/// <param name="Over">Rules of the quota it would break now, and by how much; empty when it fits.</param>
public sealed record FlavorView(Guid Id, string Name, MachineSize Size, IReadOnlyList<QuotaExceeded> Over)
{
    /// <summary>How many machines of it fit now.</summary>
    public long Fitting { get; init; }

    /// <summary>Whether the project's quota has room for one.</summary>
    public bool Fits => Over.Count == 0;
}

/// <summary>A network machines can be put on.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">Name.</param>
/// <param name="Cidr">Its range.</param>
/// <param name="Free">Addresses nobody holds.</param>
/// <param name="Total">Addresses in the pool.</param>
public sealed record NetworkView(Guid Id, string Name, string Cidr, long Free, long Total);

/// <summary>What a project can ask for now.</summary>
public sealed record CatalogView(IReadOnlyList<ImageView> Images, IReadOnlyList<FlavorView> Flavors, IReadOnlyList<NetworkView> Networks);

/// <summary>What there is to ask for.</summary>
public sealed class CatalogService(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>Images, flavors beside the project's quota, and networks; smallest first.</summary>
    public async Task<Result<CatalogView>> GetAsync(Actor actor, Guid projectId, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        if (await db.RoleInAsync(actor, projectId, ct) is null)
            return new NotFound("project");
        var quota = await QuotaBooks.SheetAsync(db, projectId, actor.UserId, ct);
        var images = await db.Images.Where(i => i.Available).OrderBy(i => i.MinMemoryMib).ThenBy(i => i.Name)
            .Select(i => new ImageView(i.Id, i.Name, i.Title, i.Description, i.LoginUser, i.MinMemoryMib, i.MinDiskGib, i.Devices)).ToListAsync(ct);
        return new CatalogView(images, await FlavorsAsync(db, quota, ct), await NetworksAsync(db, ct));
    }

    internal static async Task<IReadOnlyList<FlavorView>> FlavorsAsync(PortalDbContext db, QuotaSheet quota, CancellationToken ct)
    {
        var flavors = await db.Flavors.AsNoTracking().Where(f => f.Available).OrderBy(f => f.MemoryMib).ThenBy(f => f.Vcpus).ThenBy(f => f.Name).ToListAsync(ct);
        return flavors.ConvertAll(f => new FlavorView(f.Id, f.Name, f.Size, QuotaRules.Judge(quota, QuotaAmounts.OfMachine(f.Size))) { Fitting = QuotaRules.Fitting(quota, f.Size) });
    }

    static async Task<IReadOnlyList<NetworkView>> NetworksAsync(PortalDbContext db, CancellationToken ct)
    {
        // Addresses are held by machines of every project.
        var networks = await db.Networks.IgnoreQueryFilters([Scopes.Filter]).AsNoTracking().OrderBy(n => n.Name)
            .Select(n => new { Network = n, Held = db.Machines.LongCount(m => m.NetworkId == n.Id && m.State != MachineState.Deleted) }).ToListAsync(ct);
        return networks.ConvertAll(n => new NetworkView(n.Network.Id, n.Network.Name, n.Network.Cidr, Math.Max(0, AddressPool.SizeOf(n.Network) - n.Held), AddressPool.SizeOf(n.Network)));
    }
}
