using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Machines;

/// <summary>
/// One index per order of the list, of machines that are not deleted, with everything in it that is filtered by and searched: a page deep in any
/// order, and the count, are read from an index alone. The one by address is of an expression and stands in the migration.
/// </summary>
static class MachineIndexes
{
    const string Live = "state <> 'Deleted'";

    public static void Configure(EntityTypeBuilder<Machine> builder)
    {
        builder.Property<string>(MachineConfiguration.SearchText).HasComputedColumnSql(@"lower(name || E'\n' || address)", stored: true);
        string[] Beside(params string[] keys) =>
        [
            .. new[] { nameof(Machine.ProjectId), nameof(Machine.HostId), nameof(Machine.State), nameof(Machine.ImageId), nameof(Machine.MemoryMib), nameof(Machine.LeaseStage), nameof(Machine.LeaseEndsAt), MachineConfiguration.SearchText }.Except(keys),
        ];
        builder.HasIndex(m => new { m.Name, m.Id }).HasFilter(Live).IncludeProperties(Beside());
        builder.HasIndex(m => new { m.CreatedAt, m.Id }).HasFilter(Live).IncludeProperties(Beside());
        builder.HasIndex(m => new { m.LeaseEndsAt, m.Id }).HasFilter(Live).IncludeProperties(Beside(nameof(Machine.LeaseEndsAt)));
        builder.HasIndex(m => new { m.ProjectId, m.Id }).HasFilter(Live).IncludeProperties(Beside(nameof(Machine.ProjectId)));
        builder.HasIndex(m => new { m.HostId, m.Id }).HasFilter(Live).IncludeProperties(Beside(nameof(Machine.HostId)));
        builder.HasIndex(m => m.Tags).HasMethod("gin").HasFilter("state <> 'Deleted' and cardinality(tags) > 0");
        // Deleted ones too: what refers to a host or project that goes must be found.
        builder.HasIndex(m => m.HostId);
    }
}
