using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Catalog;

/// <summary>A guest network with a pool of addresses the portal hands out.</summary>
public sealed class Network
{
    Network()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>Unique name.</summary>
    public string Name { get; private init; } = "";

    /// <summary>The range in CIDR form.</summary>
    public string Cidr { get; private set; } = "";

    /// <summary>Default gateway; null when there is no way out.</summary>
    public IPAddress? Gateway { get; private set; }

    /// <summary>Name server given to machines.</summary>
    public IPAddress? Dns { get; private set; }

    /// <summary>First address of the pool.</summary>
    public IPAddress First { get; private set; } = IPAddress.None;

    /// <summary>Last address of the pool.</summary>
    public IPAddress Last { get; private set; } = IPAddress.None;

    /// <summary>The last address of the pool that has a row of its own; null: none has.</summary>
    public IPAddress? ReadyUntil { get; private set; }

    /// <summary>The bridge on every host that leads to it.</summary>
    public string Bridge { get; private set; } = "";

    /// <summary>A new network.</summary>
    public static Network Create(string name) => new() { Id = Guid.CreateVersion7(), Name = name };

    /// <summary>What the network is.</summary>
    public void Describe(string cidr, IPAddress? gateway, IPAddress? dns, IPAddress first, IPAddress last, string bridge)
    {
        // Another pool is made ready from its beginning.
        if (!First.Equals(first) || !Equals(Gateway, gateway) || !Equals(Dns, dns))
            ReadyUntil = null;
        (Cidr, Gateway, Dns, First, Last, Bridge) = (cidr, gateway, dns, first, last, bridge);
    }
}

sealed class NetworkConfiguration : IEntityTypeConfiguration<Network>
{
    public void Configure(EntityTypeBuilder<Network> builder)
    {
        builder.Property(n => n.Name).HasMaxLength(60);
        builder.HasIndex(n => n.Name).IsUnique();
        builder.ToTable("networks", t => t.HasCheckConstraint("ck_networks_pool", "first <= last and first <<= cidr::inet and last <<= cidr::inet"));
    }
}
