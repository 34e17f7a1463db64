using CsCheck;
using Portal.Domain.Hosts;
using Portal.Domain.Projects;

namespace Portal.Tests.Domain.Hosts;

public sealed class PlacingTests
{
    static readonly Gen<HostRoom> Room = Gen.Select(Gen.Int[1, 64], Gen.Long[0, 65_536], Gen.Int[0, 600], Gen.Long[0, 65_536], Gen.Enum<HostState>(), Gen.String[Gen.Char['a', 'f'], 1, 4])
        .Select((cpus, memory, vcpus, taken, state, name) => new HostRoom(Guid.NewGuid(), name, state, cpus, memory, vcpus, taken));

    static readonly Gen<MachineSize> Size = Gen.Select(Gen.Int[1, 32], Gen.Int[64, 16_384]).Select((vcpus, memory) => new MachineSize(vcpus, memory, 10));

    [Fact]
    public void The_chosen_host_answers_has_the_room_and_no_other_that_fits_has_more_memory_free() => Gen.Select(Room.Array[0, 8], Size).Sample((hosts, size) =>
    {
        var choice = Placing.Choose(hosts, size);

        var fitting = hosts.Where(h => h.State == HostState.Online && h.MemoryFreeMib >= size.MemoryMib && h.VcpusFree >= size.Vcpus).ToList();
        (choice.Host is not null).ShouldBe(fitting.Count > 0);
        choice.Misfits.Count.ShouldBe(hosts.Length - fitting.Count);
        if (choice.Host is { } host)
        {
            fitting.ShouldContain(host);
            fitting.ShouldAllBe(h => h.MemoryFreeMib <= host.MemoryFreeMib);
        }
    });

    [Fact]
    public void Memory_is_never_given_out_twice_however_many_machines_are_placed() => Gen.Select(Room.Array[1, 5], Size.Array[0, 60]).Sample((hosts, sizes) =>
    {
        var forecast = Placing.Forecast(hosts, sizes);

        (forecast.Hosts.Sum(h => h.Machines) + forecast.Unplaced).ShouldBe(sizes.Length);
        foreach (var host in forecast.Hosts.Where(h => h.Machines > 0))
        {
            (host.Host.MemoryTakenMib + host.MemoryWaitingMib).ShouldBeLessThanOrEqualTo(host.Host.MemoryForMachinesMib);
            (host.Host.VcpusTaken + host.VcpusWaiting).ShouldBeLessThanOrEqualTo(host.Host.VcpusForMachines);
        }
    });

    [Theory]
    [InlineData(2048, 512, 1536)]
    [InlineData(5120, 512, 4608)]
    [InlineData(65_536, 6553, 58_983)]
    [InlineData(256, 512, 0)]
    public void A_host_keeps_a_tenth_of_its_memory_for_itself_and_at_least_512_MiB(long memory, long kept, long forMachines)
    {
        var host = new HostRoom(Guid.NewGuid(), "hv1", HostState.Online, 4, memory, 0, 0);

        (host.MemoryKeptMib, host.MemoryForMachinesMib).ShouldBe((kept, forMachines));
    }

    [Fact]
    public void A_misfit_says_by_how_much()
    {
        var host = new HostRoom(Guid.NewGuid(), "hv1", HostState.Online, 1, 2048, 7, 1280);

        Placing.Misfit(host, new(1, 512, 1))!.Why.ShouldBe("hv1 lacks 256 MiB of memory: 256 of 1536 MiB are free");
        Placing.Misfit(host, new(3, 128, 1))!.Why.ShouldBe("hv1 lacks 2 vCPU: 1 of 8 are free");
        Placing.Misfit(host with { State = HostState.Unreachable }, new(1, 128, 1))!.Why.ShouldBe("hv1 does not answer");
        Placing.Misfit(host, new(1, 256, 1)).ShouldBeNull();
    }

    [Fact]
    public void The_refusal_names_the_nearest_fit_among_hosts_that_answer()
    {
        var near = new HostRoom(Guid.NewGuid(), "near", HostState.Online, 4, 2048, 0, 1024);
        var far = new HostRoom(Guid.NewGuid(), "far", HostState.Online, 4, 1024, 0, 512);
        var silent = new HostRoom(Guid.NewGuid(), "silent", HostState.Unreachable, 4, 65_536, 0, 0);

        var refusal = new NoHostWithRoom(Placing.Choose([far, silent, near], new(1, 1024, 1)).Misfits, "web-01 (1 vCPU, 1024 MiB)");

        refusal.Message.ShouldBe("No host has room for web-01 (1 vCPU, 1024 MiB); the nearest fit: near lacks 512 MiB of memory: 512 of 1536 MiB are free; one host does not answer.");
    }
}
