using Portal.Domain.Migrations;
using Portal.Web.Migrations;

namespace Portal.Tests.Web.Migrations;

/// <summary>Moves in the states the page has to tell.</summary>
static class Moves
{
    public static MigrationView Running => new()
    {
        Id = Guid.CreateVersion7(), OperationId = Guid.CreateVersion7(), MachineId = Guid.CreateVersion7(),
        Machine = "web-01", MemoryMib = 256, Source = "hv1", Destination = "hv2", Mode = MigrationMode.Live, Status = MigrationStatus.Running,
        Phase = "Copy", Phases = [new("Check", -2.6, -2.5, "both hosts can"), new("Copy", 0, null, null)],
        ObjectiveMs = 100, Predicted = new(1.4, 38, 62, Converges: true, 118L << 20), RequestedBy = "Olga", CreatedAt = DateTimeOffset.UnixEpoch,
    };

    public static MigrationView Moved => Running with
    {
        Status = MigrationStatus.Moved, Phase = null,
        Phases = [new("Check", -2.6, -2.5, null), new("Copy", 0, 1.09, null), new("SwitchOver", 1.09, 1.142, null), new("Confirm", 1.142, 3, null)],
        Decisions = [new(0, "limit 20 ms", "start low"), new(0.97, "limit 20 → 34 ms", "10.4 MiB ÷ 312 MiB/s = 33 ms")],
        Measured = Measured,
    };

    public static MigrationView Silent => Moved with { Measured = Measured with { GuestAnswers = false }, Message = "Its address was announced again." };

    public static MigrationView Stayed => Running with
    {
        Status = MigrationStatus.Stayed, Phase = null, Message = "hv2 refused the memory stream. Nothing happened to the machine. Renew its certificate.",
        Phases = [new("Check", -2.6, -2.5, null), new("Copy", 0, null, null), new("Undo", 0.4, 0.5, null)],
    };

    static Measurement Measured => new(1.14, 1.7, 43, 52, 1.09, 1.147, 9, 438, 5, 0, 10, 0.05, 1, 0.5, 121L << 20, 5, GuestAnswers: true, null);
}
