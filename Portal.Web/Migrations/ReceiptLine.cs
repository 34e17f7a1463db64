using Portal.Domain.Migrations;
using Portal.Web.Controls;

namespace Portal.Web.Migrations;

/// <summary>One line of a receipt: what was predicted beside what was measured.</summary>
/// <param name="Name">What the line is about.</param>
/// <param name="Predicted">What was foretold; a dash when nothing was.</param>
/// <param name="Measured">What came out; a dash when nothing did, or not yet.</param>
/// <param name="Aside">More about the measured value, said more quietly.</param>
/// <param name="Means">What the term means, for the hover text.</param>
/// <param name="IsPart">Whether it is a part of the line above it.</param>
public sealed record ReceiptLine(string Name, string Predicted, string Measured, string? Aside, string Means, bool IsPart)
{
    /// <summary>What stands where nothing is known.</summary>
    public const string Nothing = "–";

    /// <summary>The receipt of a move, or as much of it as there is.</summary>
    public static IReadOnlyList<ReceiptLine> Of(Prediction? predicted, Measurement? measured) =>
    [
        new("Blackout",
            predicted is null ? Nothing : MigrationWords.MsRange(predicted.BlackoutMsLow, predicted.BlackoutMsHigh),
            Ms(measured?.BlackoutMs), measured is { GuestAnswers: false } ? "and on" : null, "Longest gap between two replies of the machine, less the interval of the pings", IsPart: false),
        new("pause", Ms(predicted?.PauseMs), Ms(measured?.PauseMs), null, "The hypervisor's own downtime", IsPart: true),
        new("convergence", Ms(predicted?.ConvergenceMs), Ms(measured?.ConvergenceMs), null, "Blackout less pause: until replies found their way again", IsPart: true),
        new("Lost at 1" + Format.Thin + "Hz",
            predicted is null ? Nothing : Format.Number((predicted.BlackoutMsLow + predicted.BlackoutMsHigh) / 2 / 1000),
            measured?.LostAt1HzMean is { } mean ? Format.Number(mean) : Nothing,
            measured?.LostAt1HzWorst is { } worst ? $"worst {worst}" : null,
            "Pings that a person pinging once a second loses: mean and worst over every moment to begin at", IsPart: false),
        new("Copy time", predicted is null ? Nothing : MigrationWords.Seconds(predicted.TotalSeconds),
            measured is null ? Nothing : MigrationWords.Seconds(measured.TotalSeconds), null,
            "From the start of the move until the machine ran at the destination", IsPart: false),
        .. Disks(predicted, measured),
        new("Sent", predicted is null ? Nothing : Format.Bytes(predicted.Bytes), measured is null ? Nothing : Format.Bytes(measured.Bytes),
            null, "Memory sent over the network, pages sent again included", IsPart: false),
    ];

    private static IEnumerable<ReceiptLine> Disks(Prediction? predicted, Measurement? measured)
    {
        if (predicted is { DiskBytes: > 0 } || measured is { DiskBytes: > 0 })
        {
            yield return new("disks", predicted is { DiskBytes: > 0 } ? $"≤{Format.Thin}{Format.Bytes(predicted.DiskBytes)}" : Nothing, measured is { DiskBytes: > 0 } ? Format.Bytes(measured.DiskBytes) : Nothing,
                measured is { DiskSeconds: > 0 } ? MigrationWords.Seconds(measured.DiskSeconds) : null, "Copied before memory, since the hosts share no store; part of the copy time", IsPart: true);
        }
    }

    private static string Ms(double? ms) => ms is { } known ? MigrationWords.Ms(known) : Nothing;
}
