using Portal.Domain.Migrations;

namespace Portal.Tests.Web.Migrations;

/// <summary>Moves in the states the page has to tell.</summary>
static class Moves
{
    public static MigrationRow Running => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), "web-01", Guid.CreateVersion7(), MemoryMib: 256,
        Guid.CreateVersion7(), "hv1", Guid.CreateVersion7(), "hv2", MigrationMode.Live, MigrationStatus.Running, Phase: "Copy", Percent: 40,
        ObjectiveMs: 100, BlackoutMs: null, Predicted: new(1.4, 38, 62, Converges: true, 118L << 20, PauseMs: 40, ConvergenceMs: 10), Measured: null, Message: null,
        RequestedByName: "Olga", CreatedAt: DateTimeOffset.UnixEpoch, StartedAt: DateTimeOffset.UnixEpoch, EndedAt: null);

    public static MigrationRow Moved => Running with
    {
        Status = MigrationStatus.Moved, Phase = null, BlackoutMs = 52,
        Measured = new(1.14, 1.7, 43, 52, 1.09, 1.147, 9, 438, 5, 0, 10, 0.05, 1, 0.5, 121L << 20, 5, GuestAnswers: true, null),
    };

    public static MigrationRow Silent => Moved with { Measured = Moved.Measured! with { GuestAnswers = false }, Message = "Its address was announced again." };

    public static MigrationRow Stayed => Running with
    {
        Status = MigrationStatus.Stayed, Phase = null, Message = "hv2 refused the memory stream. Nothing happened to the machine. Renew its certificate.",
    };

    public static MigrationRow Cancelled => Running with { Status = MigrationStatus.Cancelled, Phase = null, Message = "Cancelled on request. It runs at hv1." };

    public static IReadOnlyList<PhaseTime> PhasesMoved { get; } =
        [new("Check", -2.6, -2.5, "both hosts can"), new("Copy", 0, 1.09, "0 MiB left after 4 passes"), new("SwitchOver", 1.09, 1.14, "the guest runs at hv2"), new("Confirm", 1.14, 6.1, "answers")];

    public static IReadOnlyList<PhaseTime> PhasesWhileCopying { get; } = [new("Check", -2.6, -2.5, "both hosts can"), new("Copy", 0, null, null)];

    public static IReadOnlyList<PhaseTime> PhasesUndone { get; } = [.. PhasesWhileCopying, new("Undo", 0.4, 0.5, null)];

    public static IReadOnlyList<Decision> Decisions { get; } = [new(0, "limit 20 ms", "start low"), new(0.97, "limit 20 → 34 ms", "10.4 MiB ÷ 312 MiB/s = 33 ms")];
}
