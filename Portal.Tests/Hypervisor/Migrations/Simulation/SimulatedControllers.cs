using System.Runtime.InteropServices;
using Portal.Hypervisor.Migrations;

namespace Portal.Tests.Hypervisor.Migrations.Simulation;

/// <summary>What a controller wants done.</summary>
[StructLayout(LayoutKind.Auto)]
readonly record struct SimulatedOrder(int LimitMs, SwitchoverAct Act = SwitchoverAct.Tell, int MostSlowedPercent = SwitchoverController.MostSlowPercent);

/// <summary>Decides in a simulated move.</summary>
interface ISimulatedController
{
    /// <summary>Pause allowed from the start, ms.</summary>
    int FirstLimitMs { get; }

    /// <summary>Longest it goes on, s; then the move is given up.</summary>
    double MostSeconds { get; }

    /// <summary>Whether auto-converge is on.</summary>
    bool MaySlow { get; }

    SimulatedOrder Observe(CopyObservation now);
}

/// <summary>One limit from the beginning to the end. QEMU's own is 300 ms, and libvirt leaves it.</summary>
sealed class FixedLimit(int limitMs, double mostSeconds) : ISimulatedController
{
    public const int LibvirtDefaultMs = 300;

    public int FirstLimitMs => limitMs;

    public double MostSeconds => mostSeconds;

    public bool MaySlow => false;

    public SimulatedOrder Observe(CopyObservation now) => new(limitMs);
}

/// <summary>
/// Nova's ladder with its defaults, as <c>nova/virt/libvirt/migration.py</c> has it: ten steps to 500 ms, one every 75 s per GiB of
/// memory (2 GiB at least), given up after 800 s per GiB.
/// </summary>
sealed class NovaLadder : ISimulatedController
{
    private const int DowntimeMs = 500, Steps = 10, DelaySeconds = 75, TimeoutSeconds = 800;

    private readonly (int After, int Ms)[] _ladder;
    private int _limit = DowntimeMs / Steps;

    public NovaLadder(double memoryBytes)
    {
        var gib = Math.Max(2, (int)(memoryBytes / CopyCase.Gib));
        const double First = (double)DowntimeMs / Steps, Rise = (DowntimeMs - First) / Steps;
        _ladder = [.. Enumerable.Range(0, Steps + 1).Select(step => (DelaySeconds * gib * step, (int)(First + Rise * step)))];
        MostSeconds = TimeoutSeconds * gib;
    }

    public int FirstLimitMs => _ladder[0].Ms;

    public double MostSeconds { get; }

    public bool MaySlow => false;

    public SimulatedOrder Observe(CopyObservation now)
    {
        foreach (var (after, ms) in _ladder)
            _limit = now.At > after ? ms : _limit;
        return new(_limit);
    }
}

/// <summary>The portal's own, on a route whose costs it has learned.</summary>
sealed class PortalController : ISimulatedController
{
    private readonly SwitchoverRules _rules;
    private SwitchoverState _state;

    public PortalController(CopyCase guest, MigrationPolicy policy, double mostSeconds, bool canPostCopy = true)
    {
        var learned = new RouteHistory(guest.FixedMs, guest.ConvergenceMs);
        _rules = SwitchoverRules.Of(MigrationMode.Live, MigrationOptions.Default with
        {
            Policy = policy, ObjectiveMs = guest.ObjectiveMs, History = learned, CopyDeadline = TimeSpan.FromSeconds(mostSeconds),
        }, new Findings(null, (long)guest.MemoryBytes, null, "", CanAnnounce: true, canPostCopy));
        _state = new SwitchoverState(_rules.FirstMs);
    }

    public SwitchoverRules Rules => _rules;

    public int FirstLimitMs => _rules.FirstMs;

    public double MostSeconds => _rules.Seconds;

    public bool MaySlow => _rules.Policy.MaySlow;

    /// <summary>The decisions so far.</summary>
    public List<SwitchoverDecision> Decisions { get; } = [];

    public SimulatedOrder Observe(CopyObservation now)
    {
        (_state, var decision) = SwitchoverController.Observe(_state, now, _rules);
        if (decision is not null)
            Decisions.Add(decision);
        return new(_state.LimitMs, decision?.Act ?? SwitchoverAct.Tell, _state.MostSlowedPercent);
    }
}
