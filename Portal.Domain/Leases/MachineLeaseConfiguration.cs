using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Machines;

namespace Portal.Domain.Leases;

/// <summary>What a machine's row says of its lease.</summary>
sealed class MachineLeaseConfiguration : IEntityTypeConfiguration<Machine>
{
    public void Configure(EntityTypeBuilder<Machine> builder)
    {
        builder.Ignore(m => m.LeaseIsOver);
        // Rows of before leases were known have none.
        builder.Property(m => m.LeaseStage).HasDefaultValue(LeaseStage.None).HasSentinel(LeaseStage.None);
        builder.HasIndex(m => m.LeaseDueAt).HasFilter("lease_due_at is not null");
        builder.HasIndex(m => m.LeaseEndsAt).HasFilter("lease_ends_at is not null");
        builder.ToTable("machines", t =>
        {
            t.HasCheckConstraint("ck_machines_lease_days", "lease_days > 0");
            t.HasCheckConstraint("ck_machines_lease_end", "lease_stage = 'None' or lease_ends_at is not null");
            t.HasCheckConstraint("ck_machines_lease_grace", "lease_stage <> 'Grace' or grace_until is not null");
        });
    }
}
