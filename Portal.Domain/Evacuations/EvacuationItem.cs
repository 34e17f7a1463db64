using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Machines;
using Portal.Domain.Operations;

namespace Portal.Domain.Evacuations;

/// <summary>What became of a machine that was to be moved.</summary>
public enum EvacuationItemState
{
    /// <summary>Its turn has not come.</summary>
    Waiting,

    /// <summary>An operation moves it.</summary>
    Moving,

    /// <summary>It is where it should be.</summary>
    Moved,

    /// <summary>It did not move; the detail says why.</summary>
    Stayed,

    /// <summary>It was deleted meanwhile.</summary>
    Gone,
}

/// <summary>One machine of an evacuation.</summary>
public sealed class EvacuationItem
{
    internal const int LongestDetail = 2000;

    EvacuationItem()
    {
    }

    /// <summary>The evacuation.</summary>
    public Guid EvacuationId { get; private init; }

    /// <summary>The machine.</summary>
    public Guid MachineId { get; private init; }

    /// <summary>Its name then.</summary>
    public string MachineName { get; private init; } = "";

    /// <summary>Its memory then, MiB.</summary>
    public int MemoryMib { get; private init; }

    /// <summary>Its turn.</summary>
    public int Ordinal { get; private init; }

    /// <summary>Where it is to leave; null for one that came later.</summary>
    public Guid? SourceHostId { get; private init; }

    /// <summary>What became of it.</summary>
    public EvacuationItemState State { get; private set; }

    /// <summary>Where it is to go, or went; null when it stays.</summary>
    public Guid? DestinationHostId { get; private set; }

    /// <summary>That host's name.</summary>
    public string? DestinationName { get; private set; }

    /// <summary>What its move was foretold to come to; null when that was not known.</summary>
    public MoveForecast? Forecast { get; private init; }

    /// <summary>How often it was tried.</summary>
    public int Tries { get; private set; }

    /// <summary>Hosts its move failed to.</summary>
    public Guid[] Tried { get; private set; } = [];

    /// <summary>The operation of the last try.</summary>
    public Guid? OperationId { get; private set; }

    /// <summary>What it waits for, or why it stayed.</summary>
    public string? Detail { get; private set; }

    /// <summary>When it was settled.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The key its next order is given: the same order sent twice is one move.</summary>
    internal string NextKey => $"evacuation-{EvacuationId:n}-{MachineId:n}-{Tries + 1}";

    internal static EvacuationItem Turn(Guid evacuation, PlannedMove move, int ordinal) => new()
    {
        EvacuationId = evacuation, MachineId = move.MachineId, MachineName = move.MachineName, MemoryMib = move.Size.MemoryMib, Ordinal = ordinal,
        State = EvacuationItemState.Waiting, SourceHostId = move.Route.From, DestinationHostId = move.Route.To, DestinationName = move.To, Forecast = move.Forecast, Detail = move.Note,
    };

    internal static EvacuationItem Stay(Guid evacuation, StayingMachine machine, Guid? from, int ordinal, DateTimeOffset now) => new()
    {
        EvacuationId = evacuation, MachineId = machine.MachineId, MachineName = machine.MachineName, MemoryMib = machine.Size.MemoryMib, Ordinal = ordinal,
        State = EvacuationItemState.Stayed, SourceHostId = from, Detail = machine.Why.Cut(LongestDetail), EndedAt = now,
    };

    internal static EvacuationItem Later(Guid evacuation, StayingMachine machine, Guid from, int ordinal) => new()
    {
        EvacuationId = evacuation, MachineId = machine.MachineId, MachineName = machine.MachineName, MemoryMib = machine.Size.MemoryMib, Ordinal = ordinal,
        State = EvacuationItemState.Waiting, SourceHostId = from, Detail = machine.Why.Cut(LongestDetail),
    };

    internal static EvacuationItem There(Guid evacuation, EvacuationCandidate machine, string name, int ordinal, DateTimeOffset now) => new()
    {
        EvacuationId = evacuation, MachineId = machine.Id, MachineName = machine.Name, MemoryMib = machine.Size.MemoryMib, Ordinal = ordinal,
        State = EvacuationItemState.Moved, SourceHostId = machine.From, DestinationHostId = machine.From, DestinationName = name, Detail = $"It was on {name} already.", EndedAt = now,
    };

    internal static EvacuationItem Newcomer(Guid evacuation, EvacuationCandidate machine, int ordinal) => new()
    {
        EvacuationId = evacuation, MachineId = machine.Id, MachineName = machine.Name, MemoryMib = machine.Size.MemoryMib, Ordinal = ordinal,
        State = EvacuationItemState.Waiting, Detail = "It came while the host was being emptied.",
    };

    internal void Wait(string? why) => Detail = why?.Cut(LongestDetail);

    /// <summary>It is here again, after it was settled.</summary>
    internal void Reopen() => (State, Detail, EndedAt, Tried, OperationId) = (EvacuationItemState.Waiting, "It came back.", null, [], null);

    internal void Move(Guid operation, Guid to, string name) =>
        (State, OperationId, DestinationHostId, DestinationName, Tries, Detail) = (EvacuationItemState.Moving, operation, to, name, Tries + 1, null);

    /// <summary>The try failed; another is due.</summary>
    internal void Retry(string why) => (State, Tried, Detail) = (EvacuationItemState.Waiting, DestinationHostId is { } to ? [.. Tried, to] : Tried, why.Cut(LongestDetail));

    internal void End(EvacuationItemState state, string? detail, DateTimeOffset now) => (State, Detail, EndedAt) = (state, detail?.Cut(LongestDetail), now);

    internal void Arrived(Guid at, string name, string? detail, DateTimeOffset now)
    {
        (DestinationHostId, DestinationName) = (at, name);
        End(EvacuationItemState.Moved, detail, now);
    }
}

sealed class EvacuationItemConfiguration : IEntityTypeConfiguration<EvacuationItem>
{
    public void Configure(EntityTypeBuilder<EvacuationItem> builder)
    {
        builder.HasKey(i => new { i.EvacuationId, i.MachineId });
        builder.Ignore(i => i.NextKey);
        builder.Property(i => i.MachineName).HasMaxLength(40);
        builder.Property(i => i.DestinationName).HasMaxLength(60);
        builder.Property(i => i.Detail).HasMaxLength(EvacuationItem.LongestDetail);
        builder.Property(i => i.Forecast).IsDocument<MoveForecast>();
        builder.HasOne<Evacuation>().WithMany().HasForeignKey(i => i.EvacuationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Machine>().WithMany().HasForeignKey(i => i.MachineId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Operation>().WithMany().HasForeignKey(i => i.OperationId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable("evacuation_items", t => t.HasCheckConstraint("ck_evacuation_items_ended", "(state in ('Moved', 'Stayed', 'Gone')) = (ended_at is not null)"));
    }
}
