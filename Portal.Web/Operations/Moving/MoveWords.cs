using Portal.Domain.Migrations;
using Portal.Domain.MovePolicies;
using Portal.Hypervisor.Migrations;
using Portal.Hypervisor.Probing;
using DomainKind = Portal.Domain.Migrations.ProbeKind;
using DomainMode = Portal.Domain.Migrations.MigrationMode;
using DomainPolicy = Portal.Domain.Migrations.MigrationPolicy;
using Kind = Portal.Hypervisor.Probing.ProbeKind;
using Mode = Portal.Hypervisor.Migrations.MigrationMode;
using Policy = Portal.Hypervisor.Migrations.MigrationPolicy;

namespace Portal.Web.Operations.Moving;

/// <summary>Puts what the engine says of a move into the domain's words; the two do not know each other.</summary>
public static class MoveWords
{
    /// <summary>How it moves.</summary>
    public static Mode From(DomainMode mode) => mode switch
    {
        DomainMode.Live => Mode.Live,
        DomainMode.PostCopy => Mode.PostCopy,
        DomainMode.QuickDirect => Mode.QuickDirect,
        DomainMode.QuickSaved => Mode.QuickSaved,
    };

    /// <summary>What it may do to come to its end.</summary>
    public static Policy From(DomainPolicy policy) => policy switch
    {
        DomainPolicy.Gentle => Policy.Gentle,
        DomainPolicy.Balanced => Policy.Balanced,
        DomainPolicy.MustMove => Policy.MustMove,
        DomainPolicy.MaintenanceWindow => Policy.MaintenanceWindow,
    };

    /// <summary>How its stream is compressed.</summary>
    public static Hypervisor.Migrations.StreamCompression From(Domain.Migrations.StreamCompression compression) => compression switch
    {
        Domain.Migrations.StreamCompression.None => Hypervisor.Migrations.StreamCompression.None,
        Domain.Migrations.StreamCompression.Xbzrle => Hypervisor.Migrations.StreamCompression.Xbzrle,
        Domain.Migrations.StreamCompression.Zstd => Hypervisor.Migrations.StreamCompression.Zstd,
    };

    /// <summary>What a policy that an admin made lets it do.</summary>
    public static Policy From(MadePolicy policy) => new(policy.Name, policy.Terms.MaySlow, policy.Terms.Ending switch
    {
        MoveEnding.GiveUp => LastResort.GiveUp,
        MoveEnding.PostCopy => LastResort.PostCopy,
        MoveEnding.PauseAndFinish => LastResort.PauseAndFinish,
    }, TimeSpan.FromSeconds(policy.Terms.PatienceSeconds));

    /// <summary>How it ended, for the row. Whatever is not known to run counts as lost until a host says otherwise.</summary>
    public static MigrationStatus From(MigrationVerdict verdict) => verdict switch
    {
        MigrationVerdict.Moved => MigrationStatus.Moved,
        MigrationVerdict.Stayed => MigrationStatus.Stayed,
        MigrationVerdict.Cancelled => MigrationStatus.Cancelled,
        MigrationVerdict.Lost or MigrationVerdict.Ambiguous => MigrationStatus.Lost,
    };

    /// <summary>How a move ended that was settled after its end. One whose machine runs at neither host stays lost.</summary>
    public static MigrationStatus Late(WhereItRuns where) => where switch
    {
        WhereItRuns.Destination => MigrationStatus.Moved,
        WhereItRuns.Source => MigrationStatus.Stayed,
        WhereItRuns.Nowhere or WhereItRuns.StillMoving or WhereItRuns.Unknown => MigrationStatus.Lost,
    };

    /// <summary>Where the hosts said that a machine is after its move was cut off; null while they have not said it.</summary>
    public static string? Settled(Settlement settlement, string machine, string source, string destination) => settlement.Where switch
    {
        WhereItRuns.Destination when settlement.IsOff => $"{machine} lives on {destination} now, where it is switched off; start it on its page.",
        WhereItRuns.Destination => $"{machine} runs on {destination}; nothing was measured to the end.",
        WhereItRuns.Source => $"{machine} runs on {source} as before; move it again when you like.",
        WhereItRuns.Nowhere => $"{machine} runs neither on {source} nor on {destination}. Start it on its page; its disk is intact.",
        WhereItRuns.StillMoving or WhereItRuns.Unknown => null,
    };

    /// <summary>What was seen of the guest.</summary>
    public static Domain.Migrations.GuestSight From(Hypervisor.Migrations.GuestSight sight) =>
        new(sight.TouchedBytes, [.. sight.Writes.Select(w => new Domain.Migrations.WriteRate(w.Seconds, w.BytesPerSecond))]) { DiskBytes = sight.DiskBytes };

    /// <summary>What is foretold, for the engine.</summary>
    public static Predicted From(Prediction predicted) =>
        new(predicted.TotalSeconds, predicted.BlackoutMsLow, predicted.BlackoutMsHigh, predicted.Converges, predicted.Bytes, predicted.PauseMs ?? 0, predicted.ConvergenceMs ?? 0) { DiskBytes = predicted.DiskBytes };

    /// <summary>What a move adds to every pause, however few pages are left, for the engine's switchover.</summary>
    public static Hypervisor.Migrations.RouteHistory? HandOver(MovePredictor predictor, MoveQuestion question)
    {
        // The switchover adds the last pages itself, so they are not in this.
        var idle = predictor.Foretell(question with { Sight = Domain.Migrations.GuestSight.Idle });
        return idle.Moves == 0 ? null : new(idle.PauseMs ?? 0, idle.ConvergenceMs ?? 0);
    }

    /// <summary>What was measured; figures of a probe that was not there are null, not zero.</summary>
    public static Measurement? From(Measured? measured)
    {
        if (measured is null)
            return null;
        var probe = measured.Probe;
        return new Measurement(
            measured.TotalSeconds, measured.TeardownSeconds, measured.PauseMs, probe?.BlackoutMs, probe?.BlackoutStartMs / 1000, probe?.BlackoutEndMs / 1000,
            measured.ConvergenceMs, probe?.Sent ?? 0, probe?.Lost ?? 0, probe?.Late ?? 0, probe?.IntervalMs ?? 0, probe?.LostAt1HzMean, probe?.LostAt1HzWorst,
            probe?.LostAt10HzMean, measured.Bytes, measured.Iterations, measured.GuestAnswers, Invalid(probe), measured.DirtyBytesPerSecond)
        {
            DiskBytes = measured.DiskBytes, DiskSeconds = measured.DiskSeconds, Probe = From(probe?.Kind ?? Kind.Icmp),
        };
    }

    private static DomainKind From(Kind kind) => kind switch
    {
        Kind.Icmp => DomainKind.Icmp,
        Kind.Tcp => DomainKind.Tcp,
        Kind.Arp => DomainKind.Arp,
    };

    private static string? Invalid(ProbeReport? probe) => probe is null ? "The guest was not pinged." : probe.Valid ? null : probe.Invalid ?? "The probe was held up.";
}
