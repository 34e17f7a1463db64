using Portal.Hypervisor.Probing;

namespace Portal.Hypervisor.Migrations;

/// <summary>Something that happened during a move.</summary>
/// <param name="At">Seconds since the move started; negative before.</param>
public abstract record MigrationUpdate(double At);

/// <summary>A phase began.</summary>
public sealed record PhaseStarted(double At, MigrationPhase Phase) : MigrationUpdate(At);

/// <summary>A phase ended; <paramref name="Detail"/> says with what.</summary>
public sealed record PhaseEnded(double At, MigrationPhase Phase, string Detail) : MigrationUpdate(At);

/// <summary>How far the copy is.</summary>
public sealed record Progress(double At, MigrationProgress Figures) : MigrationUpdate(At);

/// <summary>Echo requests since the last update. A sample may come twice: first unanswered, later answered; the last counts.</summary>
public sealed record Pings(double At, IReadOnlyList<PingSample> Samples) : MigrationUpdate(At);

/// <summary>The portal decided something; <paramref name="Figures"/> are the numbers behind it.</summary>
public sealed record Decision(double At, string Text, string Figures) : MigrationUpdate(At);

/// <summary>What the move is expected to be, before anything is moved.</summary>
public sealed record Foretold(double At, Predicted Predicted) : MigrationUpdate(At);

/// <summary>The move is over. Always the last update.</summary>
public sealed record Finished(double At, MigrationOutcome Outcome) : MigrationUpdate(At);
