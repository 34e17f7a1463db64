using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Hosts;

namespace Portal.Domain.Migrations;

/// <summary>The address of a host that memory and disks are sent to, where it is not the one hosts reach it by otherwise.</summary>
public sealed class MigrationNetwork
{
    MigrationNetwork()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>The host that is sent to.</summary>
    public Guid HostId { get; private init; }

    /// <summary>The host that sends; null: every host that has no address of its own for it.</summary>
    public Guid? FromHostId { get; private init; }

    /// <summary>The address, an IP.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The name of who set it.</summary>
    public string SetByName { get; private set; } = "";

    /// <summary>When it was set.</summary>
    public DateTimeOffset SetAt { get; private set; }

    internal static MigrationNetwork Create(Guid hostId, Guid? fromHostId) => new() { Id = Guid.CreateVersion7(), HostId = hostId, FromHostId = fromHostId };

    internal void Lead(string address, Actor by, DateTimeOffset now) => (Address, SetByName, SetAt) = (address, by.Name, now);

    /// <summary>The address a move between two hosts uses: the pair's own before the host's; null when neither is set.</summary>
    internal static Task<string?> AddressAsync(PortalDbContext db, Guid from, Guid to, CancellationToken ct) =>
        db.MigrationNetworks.Where(n => n.HostId == to && (n.FromHostId == from || n.FromHostId == null)).OrderBy(n => n.FromHostId == null).Select(n => n.Address).FirstOrDefaultAsync(ct);

    /// <summary>The same to every host that has one.</summary>
    internal static async Task<IReadOnlyDictionary<Guid, string>> AddressesAsync(PortalDbContext db, Guid from, CancellationToken ct) =>
        (await db.MigrationNetworks.AsNoTracking().Where(n => n.FromHostId == from || n.FromHostId == null).ToListAsync(ct))
            .GroupBy(n => n.HostId).ToDictionary(ways => ways.Key, ways => ways.OrderBy(n => n.FromHostId == null).First().Address);
}

sealed class MigrationNetworkConfiguration : IEntityTypeConfiguration<MigrationNetwork>
{
    public void Configure(EntityTypeBuilder<MigrationNetwork> builder)
    {
        builder.Property(n => n.Address).HasMaxLength(45);
        builder.HasIndex(n => new { n.HostId, n.FromHostId }).IsUnique().AreNullsDistinct(false);
        builder.HasOne<Host>().WithMany().HasForeignKey(n => n.HostId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Host>().WithMany().HasForeignKey(n => n.FromHostId).OnDelete(DeleteBehavior.Cascade);
        builder.ToTable("migration_networks", t => t.HasCheckConstraint("ck_migration_networks_two_hosts", "host_id <> from_host_id"));
    }
}
