using System.Text.Json;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Rehoming;

namespace Portal.Domain.Evacuations;

/// <summary>What was ordered for a machine's turn: a move, or another host for one that is off.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Move">The move it carries out; null for a machine that was off.</param>
sealed record OrderedTurn(Operation Operation, Migration? Move)
{
    /// <summary>Where the machine is to go.</summary>
    public Guid To => Move?.DestinationHostId ?? Parameters(Operation).DestinationHostId;

    /// <summary>How it ended, told as a move is; meaningless before.</summary>
    public MigrationStatus Ended => Move?.Status ?? Operation.Status switch
    {
        OperationStatus.Succeeded => MigrationStatus.Moved,
        OperationStatus.Cancelled => MigrationStatus.Cancelled,
        OperationStatus.Queued or OperationStatus.Running or OperationStatus.Failed => MigrationStatus.Stayed,
    };

    /// <summary>Why it did not go.</summary>
    public string Why => Move?.Settled?.Explanation ?? Move?.Message ?? Operation.Error ?? "It ended without a word.";

    /// <summary>Between which hosts a machine that is off goes.</summary>
    public static Route RouteOf(Operation rehoming)
    {
        var (from, to) = Parameters(rehoming);
        return new Route(from, to);
    }

    static RehomeParameters Parameters(Operation rehoming) =>
        JsonSerializer.Deserialize<RehomeParameters>(rehoming.Parameters, Json.Options) ?? throw new JsonException($"Operation {rehoming.Id} has no parameters.");
}
