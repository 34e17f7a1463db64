using Portal.Domain.Migrations;

namespace Portal.Web.Migrations;

/// <summary>One move as its page shows it: the row of the database, as of now.</summary>
public sealed record MigrationView
{
    /// <summary>The migration.</summary>
    public required Guid Id { get; init; }

    /// <summary>The operation that carries it out; cancelling goes there.</summary>
    public required Guid OperationId { get; init; }

    /// <summary>The machine.</summary>
    public required Guid MachineId { get; init; }

    /// <summary>Its name.</summary>
    public required string Machine { get; init; }

    /// <summary>Its memory, MiB.</summary>
    public int MemoryMib { get; init; }

    /// <summary>The host it leaves.</summary>
    public required string Source { get; init; }

    /// <summary>The host it goes to.</summary>
    public required string Destination { get; init; }

    /// <summary>How it moves.</summary>
    public MigrationMode Mode { get; init; }

    /// <summary>How it is going, or how it ended.</summary>
    public MigrationStatus Status { get; init; }

    /// <summary>The running phase.</summary>
    public string? Phase { get; init; }

    /// <summary>The phases so far.</summary>
    public IReadOnlyList<PhaseTime> Phases { get; init; } = [];

    /// <summary>The controller's decisions so far.</summary>
    public IReadOnlyList<Decision> Decisions { get; init; } = [];

    /// <summary>Longest silence allowed, ms.</summary>
    public double? ObjectiveMs { get; init; }

    /// <summary>What was foretold.</summary>
    public Prediction? Predicted { get; init; }

    /// <summary>What was measured.</summary>
    public Measurement? Measured { get; init; }

    /// <summary>What happened, what it did to the machine, what to do.</summary>
    public string? Message { get; init; }

    /// <summary>Who asked for it.</summary>
    public string RequestedBy { get; init; } = "";

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether the receipt is final.</summary>
    public bool IsOver => Status is not (MigrationStatus.Queued or MigrationStatus.Running);

    /// <summary>Whether the machine came out running but silent.</summary>
    public bool IsSilent => Status == MigrationStatus.Moved && Measured is { GuestAnswers: false };

    /// <summary>Takes what the page needs from the row.</summary>
    public static MigrationView Of(Migration row) => new()
    {
        Id = row.Id, OperationId = row.OperationId, MachineId = row.MachineId, Machine = row.MachineName, MemoryMib = row.MemoryMib,
        Source = row.SourceName, Destination = row.DestinationName, Mode = row.Mode, Status = row.Status, Phase = row.Phase,
        Phases = row.Phases, Decisions = row.Decisions, ObjectiveMs = row.ObjectiveMs, Predicted = row.Predicted, Measured = row.Measured,
        Message = row.Message, RequestedBy = row.RequestedByName, CreatedAt = row.CreatedAt,
    };
}
