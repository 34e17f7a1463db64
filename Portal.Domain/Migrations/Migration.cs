using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.MovePolicies;
using Portal.Domain.Operations;
using Portal.Domain.Scoping;

namespace Portal.Domain.Migrations;

/// <summary>How a machine is moved.</summary>
public enum MigrationMode
{
    /// <summary>Memory is copied while it runs; it pauses for tens of milliseconds.</summary>
    Live,

    /// <summary>It goes on at the destination first; its memory follows.</summary>
    PostCopy,

    /// <summary>Paused, copied in one stream, resumed there.</summary>
    QuickDirect,

    /// <summary>Saved to disk and restored there: what the founding document calls Quick Migration.</summary>
    QuickSaved,
}

/// <summary>What a live move may do to come to its end when the machine writes faster than the network carries.</summary>
public enum MigrationPolicy
{
    /// <summary>Never slows the machine and gives up if it does not converge.</summary>
    Gentle,

    /// <summary>May slow the machine; gives up if that does not help.</summary>
    Balanced,

    /// <summary>Ends within its time: goes post-copy if it does not converge.</summary>
    MustMove,

    /// <summary>Quick: pauses the machine as soon as copying again no longer helps.</summary>
    MaintenanceWindow,
}

/// <summary>How a move is going or how it ended.</summary>
public enum MigrationStatus
{
    /// <summary>Waits for a worker.</summary>
    Queued,

    /// <summary>On its way.</summary>
    Running,

    /// <summary>The machine runs at the destination.</summary>
    Moved,

    /// <summary>It did not move; the machine is where it was.</summary>
    Stayed,

    /// <summary>Cancelled; the machine is where it was.</summary>
    Cancelled,

    /// <summary>It is not known to run anywhere; the message says what to do.</summary>
    Lost,
}

/// <summary>One move of a machine and its receipt: predicted beside measured, kept for ever.</summary>
public sealed class Migration : IProjectScoped
{
    Migration()
    {
    }

    /// <summary>Identifier, UUIDv7.</summary>
    public Guid Id { get; private init; }

    /// <summary>The operation that carries it out.</summary>
    public Guid OperationId { get; private init; }

    /// <summary>The machine.</summary>
    public Guid MachineId { get; private init; }

    /// <summary>The machine's project, for who may see it.</summary>
    public Guid ProjectId { get; private init; }

    /// <summary>The machine's name then.</summary>
    public string MachineName { get; private init; } = "";

    /// <summary>The machine's memory then, MiB.</summary>
    public int MemoryMib { get; private init; }

    /// <summary>From.</summary>
    public Guid SourceHostId { get; private init; }

    /// <summary>The source's name then.</summary>
    public string SourceName { get; private init; } = "";

    /// <summary>To.</summary>
    public Guid DestinationHostId { get; private init; }

    /// <summary>The destination's name then.</summary>
    public string DestinationName { get; private init; } = "";

    /// <summary>How.</summary>
    public MigrationMode Mode { get; private init; }

    /// <summary>How it is going or ended.</summary>
    public MigrationStatus Status { get; private set; }

    /// <summary>The running phase; null before and after.</summary>
    public string? Phase { get; private set; }

    /// <summary>The phases so far with their times.</summary>
    public IReadOnlyList<PhaseTime> Phases { get; private set; } = [];

    /// <summary>Every decision the controller took, with the figures behind it.</summary>
    public IReadOnlyList<Decision> Decisions { get; private set; } = [];

    /// <summary>Longest silence the objective allows, ms; null: no promise.</summary>
    public double? ObjectiveMs { get; private init; }

    /// <summary>Most pings that a ping each second may lose; null: no such promise.</summary>
    public int? ObjectivePings { get; private init; }

    /// <summary>What was promised; null: nothing.</summary>
    public Objective? Objective => Objective.Of(ObjectiveMs, ObjectivePings);

    /// <summary>Why it was ordered although its objective would not be kept; null where nobody had to say so.</summary>
    public string? OverrideReason { get; private init; }

    /// <summary>Why the portal itself ordered or proposed it; null where a person wanted it.</summary>
    public string? Reason { get; private init; }

    /// <summary>What it may do to come to its end; null where a move has only one, and of moves from before there were policies.</summary>
    public MigrationPolicy? Policy { get; private init; }

    /// <summary>The way memory takes; null of moves from before it could be chosen.</summary>
    public StreamTerms? Stream { get; private set; }

    /// <summary>The policy an admin made that it was ordered by, as it was then; null for those that are built in.</summary>
    public MadePolicy? MadePolicy { get; private init; }

    /// <summary>That policy again as a column, to find what was ordered by it.</summary>
    public Guid? PolicyId { get; private init; }

    /// <summary>What was foretold.</summary>
    public Prediction? Predicted { get; private set; }

    /// <summary>Its machine's disks go along, as was found right before the copy; false before that.</summary>
    public bool CarriesDisks => Predicted is { DiskBytes: > 0 };

    /// <summary>What was measured.</summary>
    public Measurement? Measured { get; private set; }

    /// <summary>Measured blackout again as a column, for lists and history, ms.</summary>
    public double? BlackoutMs { get; private set; }

    /// <summary>What happened, what it did to the machine, and what to do now.</summary>
    public string? Message { get; private set; }

    /// <summary>What was found out later, when it was not known at the end where the machine runs; null otherwise.</summary>
    public LateSettlement? Settled { get; private set; }

    /// <summary>Who asked for it.</summary>
    public Guid RequestedBy { get; private init; }

    /// <summary>That person's name then.</summary>
    public string RequestedByName { get; private init; } = "";

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>When the move's time axis begins (0 s).</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>When the receipt was final.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    internal static Migration Plan(Operation operation, Machine machine, Host source, Host destination, MigrationParameters asked, MadePolicy? made, string? address, Actor by, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), OperationId = operation.Id, MachineId = machine.Id, ProjectId = machine.ProjectId, MachineName = machine.Name, MemoryMib = machine.MemoryMib,
        SourceHostId = source.Id, SourceName = source.Name, DestinationHostId = destination.Id, DestinationName = destination.Name,
        Mode = asked.Mode, Status = MigrationStatus.Queued, ObjectiveMs = asked.ObjectiveMs, ObjectivePings = asked.ObjectivePings, OverrideReason = asked.Override, Reason = asked.Reason,
        Policy = asked.Mode == MigrationMode.Live && made is null ? asked.Policy ?? MigrationPolicy.Balanced : null,
        MadePolicy = asked.Mode == MigrationMode.Live ? made : null, PolicyId = asked.Mode == MigrationMode.Live ? made?.Id : null, Stream = StreamTerms.Of(asked.Stream, address),
        RequestedBy = by.UserId, RequestedByName = by.Name, CreatedAt = now,
    };

    /// <summary>Somebody changed the limit of the stream.</summary>
    internal void Limit(int? mibPerSecond, string by) => Stream = (Stream ?? StreamTerms.Plain) with { MaxMibPerSecond = mibPerSecond, LimitedBy = by };

    internal void Begin(DateTimeOffset at) => (Status, StartedAt) = (MigrationStatus.Running, StartedAt ?? at);

    internal void Observe(string? phase, IReadOnlyList<PhaseTime> phases, IReadOnlyList<Decision> decisions, Prediction? predicted) =>
        (Phase, Phases, Decisions, Predicted) = (phase, phases, decisions, predicted ?? Predicted);

    internal void End(MigrationStatus status, string message, Measurement? measured, DateTimeOffset now) =>
        (Status, Phase, Message, Measured, BlackoutMs, EndedAt) = (status, null, message, measured, measured?.BlackoutMs, now);

    /// <summary>Both hosts answered after the end: the message stays as what was known then.</summary>
    internal void Settle(MigrationStatus status, string explanation, DateTimeOffset now) => (Status, Settled) = (status, new LateSettlement(now, explanation));
}

/// <summary>How a move turned out to have ended.</summary>
/// <param name="At">When it was found out.</param>
/// <param name="Explanation">What was found and done, and what to do now.</param>
public sealed record LateSettlement(DateTimeOffset At, string Explanation);

/// <summary>One phase's times, seconds on the move's axis.</summary>
public sealed record PhaseTime(string Phase, double StartedAt, double? EndedAt, string? Detail);

/// <summary>A decision of the controller.</summary>
/// <param name="At">Seconds on the move's axis.</param>
/// <param name="Text">What was decided.</param>
/// <param name="Figures">On what figures.</param>
public sealed record Decision(double At, string Text, string? Figures);

/// <summary>What a move was foretold to cost. Receipts from before the blackout was foretold in parts have none.</summary>
/// <param name="TotalSeconds">Until the guest runs at the destination.</param>
/// <param name="BlackoutMsLow">Least blackout.</param>
/// <param name="BlackoutMsHigh">Most.</param>
/// <param name="Converges">Whether copying outruns the guest's writes.</param>
/// <param name="Bytes">Memory to be sent.</param>
/// <param name="PauseMs">The hypervisor's part of the blackout.</param>
/// <param name="ConvergenceMs">The rest of it.</param>
public sealed record Prediction(double TotalSeconds, double BlackoutMsLow, double BlackoutMsHigh, bool Converges, long Bytes, double? PauseMs = null, double? ConvergenceMs = null)
{
    /// <summary>Memory the guest was taken to have touched; null in receipts from before that was kept.</summary>
    public long? TouchedBytes { get; init; }

    /// <summary>Memory its process was seen to hold; null where nobody looked.</summary>
    public long? SeenBytes { get; init; }

    /// <summary>How much the guest was taken to write within a second.</summary>
    public double? DirtyBytesPerSecond { get; init; }

    /// <summary>How many earlier moves it rests on.</summary>
    public int Moves { get; init; }

    /// <summary>Whether it rests on more than usual figures: enough earlier moves, or the guest's writes as they were measured. Nothing is refused without that.</summary>
    public bool IsGrounded { get; init; }

    /// <summary>The middle of what is expected of the blackout, ms.</summary>
    internal double MiddleMs => PauseMs + ConvergenceMs ?? (BlackoutMsLow + BlackoutMsHigh) / 2;

    /// <summary>Disks to be copied before memory, at most, bytes; 0 where both hosts see the same store.</summary>
    public long DiskBytes { get; init; }
}

/// <summary>What a move cost. Null where nothing could measure it.</summary>
/// <param name="TotalSeconds">Until the guest ran at the destination, or was known to run on at the source.</param>
/// <param name="TeardownSeconds">After that, until the source was wound down.</param>
/// <param name="PauseMs">The hypervisor's own downtime.</param>
/// <param name="BlackoutMs">Longest gap between consecutive reply arrivals, less the interval.</param>
/// <param name="BlackoutStart">Where it began, seconds on the move's axis.</param>
/// <param name="BlackoutEnd">Where it ended.</param>
/// <param name="ConvergenceMs">Blackout less pause.</param>
/// <param name="Sent">Pings sent.</param>
/// <param name="Lost">Pings with no reply within 5 s, or late and overtaken by a hundred younger ones when the probe ended.</param>
/// <param name="Late">Pings answered after more than 1 s.</param>
/// <param name="IntervalMs">The probe's interval.</param>
/// <param name="LostAt1HzMean">Pings a one-second ping would have lost, mean over every phase of its grid.</param>
/// <param name="LostAt1HzWorst">And at worst.</param>
/// <param name="LostAt10HzMean">The same at ten a second.</param>
/// <param name="Bytes">Memory sent.</param>
/// <param name="Iterations">Passes over memory.</param>
/// <param name="GuestAnswers">Whether the guest answered at the destination.</param>
/// <param name="ProbeInvalid">Why the probe's figures do not count; null when they do.</param>
/// <param name="DirtyBytesPerSecond">How fast the guest wrote while it was copied; null: not known.</param>
public sealed record Measurement(double TotalSeconds, double TeardownSeconds, double? PauseMs, double? BlackoutMs, double? BlackoutStart, double? BlackoutEnd, double? ConvergenceMs,
    int Sent, int Lost, int Late, double IntervalMs, double? LostAt1HzMean, int? LostAt1HzWorst, double? LostAt10HzMean, long Bytes, int Iterations, bool GuestAnswers, string? ProbeInvalid, double? DirtyBytesPerSecond = null)
{
    /// <summary>Bytes of disks that were copied; 0 where both hosts see the same store.</summary>
    public long DiskBytes { get; init; }

    /// <summary>How long the disks were copied before memory followed, s.</summary>
    public double DiskSeconds { get; init; }

    /// <summary>How the guest was asked whether it is there. What is lost and late over each is said in the architecture's terms.</summary>
    public ProbeKind Probe { get; init; }
}

/// <summary>How a guest is asked whether it is there.</summary>
public enum ProbeKind
{
    /// <summary>By pings.</summary>
    Icmp,
    /// <summary>By connecting to one of its ports, since it answers no ping.</summary>
    Tcp,
    /// <summary>By ARP, since it answers neither pings nor connections.</summary>
    Arp,
}

/// <summary>About a second of a move's frames and pings, compressed as they were streamed: the chart's durable history.</summary>
public sealed class MigrationChunk
{
    MigrationChunk()
    {
    }

    /// <summary>The migration.</summary>
    public Guid MigrationId { get; private init; }

    /// <summary>Its place in the order.</summary>
    public int Ordinal { get; private init; }

    /// <summary>Gzip of a JSON array of frames.</summary>
    public byte[] Payload { get; private init; } = [];

    /// <summary>A chunk to append.</summary>
    public static MigrationChunk Create(Guid migrationId, int ordinal, byte[] payload) => new() { MigrationId = migrationId, Ordinal = ordinal, Payload = payload };
}

sealed class MigrationConfiguration : IEntityTypeConfiguration<Migration>
{
    public void Configure(EntityTypeBuilder<Migration> builder)
    {
        builder.Property(m => m.MachineName).HasMaxLength(40);
        builder.Ignore(m => m.Objective);
        builder.Property(m => m.OverrideReason).HasMaxLength(Objective.LongestReason);
        builder.Property(m => m.Reason).HasMaxLength(Balance.BalanceService.LongestReason);
        builder.Property(m => m.Phases).IsDocument<IReadOnlyList<PhaseTime>>();
        builder.Property(m => m.Decisions).IsDocument<IReadOnlyList<Decision>>();
        builder.Property(m => m.Predicted).IsDocument<Prediction>();
        builder.Ignore(m => m.CarriesDisks);
        builder.Property(m => m.Measured).IsDocument<Measurement>();
        builder.Property(m => m.Stream).IsDocument<StreamTerms>();
        builder.Property(m => m.Settled).IsDocument<LateSettlement>();
        builder.Property(m => m.MadePolicy).IsDocument<MadePolicy>();
        builder.HasIndex(m => m.OperationId).IsUnique();
        builder.HasIndex(m => new { m.ProjectId, m.CreatedAt });
        builder.HasIndex(m => new { m.MachineId, m.CreatedAt });
        builder.HasOne<Operation>().WithMany().HasForeignKey(m => m.OperationId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Machine>().WithMany().HasForeignKey(m => m.MachineId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<MovePolicy>().WithMany().HasForeignKey(m => m.PolicyId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable("migrations", t => t.HasCheckConstraint("ck_migrations_two_hosts", "source_host_id <> destination_host_id"));
    }
}

sealed class MigrationChunkConfiguration : IEntityTypeConfiguration<MigrationChunk>
{
    public void Configure(EntityTypeBuilder<MigrationChunk> builder)
    {
        builder.HasKey(c => new { c.MigrationId, c.Ordinal });
        builder.HasOne<Migration>().WithMany().HasForeignKey(c => c.MigrationId).OnDelete(DeleteBehavior.Cascade);
    }
}
