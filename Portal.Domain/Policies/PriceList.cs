using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Projects;

namespace Portal.Domain.Policies;

/// <summary>
/// What machines cost, so that rules and people can go by it: a price per vCPU, GiB of memory and GiB of disk for a month of 30 days. What a
/// machine costs in 30 days is the sum of the three, whether it runs or not. One row; prices of 0 until an admin sets them.
/// </summary>
public sealed class PriceList
{
    /// <summary>The only row.</summary>
    public const int TheOne = 1;

    PriceList()
    {
    }

    /// <summary>Always <see cref="TheOne"/>.</summary>
    public int Id { get; private init; } = TheOne;

    /// <summary>A vCPU for 30 days.</summary>
    public decimal Vcpu { get; private set; }

    /// <summary>A GiB of memory for 30 days.</summary>
    public decimal MemoryGib { get; private set; }

    /// <summary>A GiB of disk for 30 days.</summary>
    public decimal DiskGib { get; private set; }

    /// <summary>What the prices are in: <c>EUR</c>.</summary>
    public string Currency { get; private set; } = "EUR";

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset ChangedAt { get; private set; }

    /// <summary>By whom; null for the first set-up.</summary>
    public Guid? ChangedBy { get; private set; }

    /// <summary>Row version (<c>xmin</c>).</summary>
    public uint Version { get; private init; }

    internal static PriceList Empty() => new();

    internal void Set(PricesView prices, Guid by, DateTimeOffset now) =>
        (Vcpu, MemoryGib, DiskGib, Currency, ChangedBy, ChangedAt) = (prices.Vcpu, prices.MemoryGib, prices.DiskGib, prices.Currency, by, now);
}

/// <summary>The price list as people read it.</summary>
/// <param name="Vcpu">A vCPU for 30 days.</param>
/// <param name="MemoryGib">A GiB of memory for 30 days.</param>
/// <param name="DiskGib">A GiB of disk for 30 days.</param>
/// <param name="Currency">What the prices are in.</param>
/// <param name="Version">Row version; 0 before the list was first set.</param>
public sealed record PricesView(decimal Vcpu, decimal MemoryGib, decimal DiskGib, string Currency, uint Version = 0)
{
    /// <summary>Nothing costs anything.</summary>
    public static PricesView None { get; } = new(0, 0, 0, "EUR");

    /// <summary>Whether anything has a price.</summary>
    public bool IsSet => Vcpu > 0 || MemoryGib > 0 || DiskGib > 0;

    /// <summary>What a machine costs in 30 days; null without a machine.</summary>
    public decimal? For30Days(MachineSize? size) =>
        size is null ? null : Math.Round((size.Vcpus * Vcpu) + (size.MemoryMib / 1024m * MemoryGib) + (size.DiskGib * DiskGib), 2);
}

/// <summary>
/// Counts the changes of the rules and prices, so that everybody who keeps them in memory sees with one look at one row that they are
/// old. Whoever changes the policy takes this row first: changes go one after the other.
/// </summary>
public sealed class PolicyRevision
{
    PolicyRevision()
    {
    }

    /// <summary>Always <see cref="PriceList.TheOne"/>.</summary>
    public int Id { get; private init; } = PriceList.TheOne;

    /// <summary>Changes so far.</summary>
    public long Number { get; private init; }

    /// <summary>Takes the row until the transaction ends, and counts one change more.</summary>
    public static Task RaiseAsync(PortalDbContext db, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"insert into policy_revisions (id, number) values ({PriceList.TheOne}, 1) on conflict (id) do update set number = policy_revisions.number + 1", ct);
}

sealed class PriceListConfiguration : IEntityTypeConfiguration<PriceList>
{
    public void Configure(EntityTypeBuilder<PriceList> builder)
    {
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.Vcpu).HasPrecision(12, 4);
        builder.Property(p => p.MemoryGib).HasPrecision(12, 4);
        builder.Property(p => p.DiskGib).HasPrecision(12, 4);
        builder.Property(p => p.Currency).HasMaxLength(3);
        builder.Property(p => p.Version).IsRowVersion();
        builder.ToTable("price_lists", t => t.HasCheckConstraint("ck_price_lists_one", "id = 1 and vcpu >= 0 and memory_gib >= 0 and disk_gib >= 0"));
    }
}

sealed class PolicyRevisionConfiguration : IEntityTypeConfiguration<PolicyRevision>
{
    public void Configure(EntityTypeBuilder<PolicyRevision> builder)
    {
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.ToTable("policy_revisions", t => t.HasCheckConstraint("ck_policy_revisions_one", "id = 1"));
    }
}
