using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Notices.Deliveries;

/// <summary>
/// Whether a way out of the portal is open, as the portal processes' settings say: without a mail server no e-mail is written, so that
/// nothing old goes out on the day one is named. The process that started last decides; all are given the same settings.
/// </summary>
public sealed class Outlet
{
    Outlet()
    {
    }

    /// <summary>The way out.</summary>
    public DeliveryChannel Channel { get; private init; }

    /// <summary>Whether it is open.</summary>
    public bool IsOn { get; private set; }
}

sealed class OutletConfiguration : IEntityTypeConfiguration<Outlet>
{
    public void Configure(EntityTypeBuilder<Outlet> builder)
    {
        builder.ToTable("outlets");
        builder.HasKey(o => o.Channel);
    }
}
