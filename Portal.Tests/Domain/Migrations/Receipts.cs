using Portal.Domain.Migrations;

namespace Portal.Tests.Domain.Migrations;

/// <summary>What moves cost, as tests need it.</summary>
static class Receipts
{
    public static Measurement Of(double seconds, double? blackout, string? invalid = null) =>
        new(seconds, 0.5, 20, blackout, 1, 1.05, blackout - 20, 200, 1, 0, 5, 0.1, blackout is null ? null : (int)Math.Ceiling(blackout.Value / 1000), 0.5, 268_435_456, 3, GuestAnswers: true, invalid);
}
