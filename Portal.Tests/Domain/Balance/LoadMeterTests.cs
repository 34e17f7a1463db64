using CsCheck;
using Portal.Domain.Balance;

namespace Portal.Tests.Domain.Balance;

public sealed class LoadMeterTests
{
    static readonly Guid Web = Guid.NewGuid();

    [Fact]
    public void The_first_reading_says_nothing_and_the_second_what_was_used_between_them()
    {
        var meter = new LoadMeter();

        meter.Take(Reading(0, 100, 50), default).ShouldBeNull();
        var load = meter.Take(Reading(30, 145, 65), DateTimeOffset.UnixEpoch).ShouldNotBeNull();

        load.CpusBusy.ShouldBe(1.5, 1e-9);
        load.MachineCpus[Web].ShouldBe(0.5, 1e-9);
        load.At.ShouldBe(DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public void A_short_burst_moves_the_load_a_little_and_a_lasting_one_all_the_way()
    {
        var meter = new LoadMeter();
        double busy = 0;
        HostLoad? load = null;
        for (var at = 0; at <= 600; at += 30)
            load = meter.Take(Reading(at, busy, 0), default);
        load!.CpusBusy.ShouldBe(0);
        load = meter.Take(Reading(630, busy += 120, 0), default);
        load!.CpusBusy.ShouldBeInRange(0.5, 1.5);
        for (var at = 660; at <= 1800; at += 30)
            load = meter.Take(Reading(at, busy += 120, 0), default);
        load!.CpusBusy.ShouldBe(4, 0.01);
    }

    [Fact]
    public void A_counter_that_goes_back_begins_anew_and_a_machine_that_left_is_forgotten()
    {
        var meter = new LoadMeter();
        meter.Take(Reading(0, 1000, 500), default);
        meter.Take(Reading(30, 1030, 530), default);

        meter.Take(Reading(60, 5, 2), default).ShouldBeNull();
        meter.Take(Reading(90, 20, 5), default)!.MachineCpus[Web].ShouldBe(0.1, 1e-9);
        meter.Take(Reading(120, 35, null), default)!.MachineCpus.ShouldBeEmpty();
    }

    [Fact]
    public void It_is_never_below_nothing_nor_above_what_the_host_has() => Gen.Select(Gen.Double[0.1, 300], Gen.Double[-100, 5000]).Array[1, 40].Sample(steps =>
    {
        var meter = new LoadMeter();
        var (at, busy) = (0.0, 0.0);
        foreach (var (seconds, more) in steps)
        {
            (at, busy) = (at + seconds, Math.Max(0, busy + more));
            if (meter.Take(Reading(at, busy, busy), default) is { } load)
                load.CpusBusy.ShouldBeInRange(0, 8);
        }
    });

    static LoadReading Reading(double at, double busySeconds, double? machineSeconds) =>
        new(TimeSpan.FromSeconds(at), (ulong)(busySeconds * 1e9), 8, 1000, 8192, machineSeconds is { } s ? new Dictionary<Guid, ulong> { [Web] = (ulong)(s * 1e9) } : []);
}
