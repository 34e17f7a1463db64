using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Catalog;

/// <summary>
/// An address of a network that was ever made ready to be given to a machine. A trigger on <c>machines</c> keeps
/// <see cref="Held"/> and <see cref="FreeSince"/> true, whoever writes a machine's state.
/// </summary>
public sealed class NetworkAddress
{
    NetworkAddress()
    {
    }

    /// <summary>The network.</summary>
    public Guid NetworkId { get; private init; }

    /// <summary>The address.</summary>
    public IPAddress Address { get; private init; } = IPAddress.None;

    /// <summary>Whether a machine has it.</summary>
    public bool Held { get; private init; }

    /// <summary>Since when no machine has it; null when none ever did.</summary>
    public DateTimeOffset? FreeSince { get; private init; }
}

sealed class NetworkAddressConfiguration : IEntityTypeConfiguration<NetworkAddress>
{
    public void Configure(EntityTypeBuilder<NetworkAddress> builder)
    {
        builder.ToTable("network_addresses");
        // EF Core takes no address for a key or an index, and writes none of these rows: both indexes are made by the migration.
        builder.HasNoKey();
        builder.HasOne<Network>().WithMany().HasForeignKey(a => a.NetworkId).OnDelete(DeleteBehavior.Cascade);
    }
}
