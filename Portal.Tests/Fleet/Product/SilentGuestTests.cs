using System.Net;
using Portal.Domain.Migrations;
using Portal.Domain.Machines;
using Portal.Domain.Operations;

namespace Portal.Tests.Fleet.Product;

[Collection(FleetPortalCollection.Name)]
public sealed class SilentGuestTests(FleetPortal portal)
{
    [Fact]
    public async Task A_guest_that_arrives_and_does_not_answer_is_announced_again_and_the_receipt_says_so()
    {
        var machine = (await portal.RunningAsync(1))[0];
        var there = portal.Others(machine.HostName)[0];
        MigrationDetails receipt;
        await using (await portal.Lab.SilenceAsync(there, IPAddress.Parse(machine.Address)))
        {
            var ended = await portal.EndedAsync(await portal.MoveAsync(machine.Id, there));
            receipt = (await portal.Admin.GetAsync($"migrations/{ended.Id}")).As<MigrationDetails>();
        }

        receipt.Migration.Status.ShouldBe(MigrationStatus.Moved, "the machine is there");
        receipt.Migration.Measured!.GuestAnswers.ShouldBeFalse();
        receipt.Migration.Measured.Lost.ShouldBeGreaterThan(1000);
        receipt.Migration.Message!.ShouldContain("does not answer pings, though its address was announced again");
        receipt.Decisions.ShouldContain(decision => decision.Text.StartsWith("The guest did not answer yet; its address was announced again.", StringComparison.Ordinal));
        receipt.Decisions.ShouldContain(decision => decision.Text == "The guest does not answer.");
        receipt.Decisions.ShouldNotContain(decision => decision.Text.StartsWith("The destination could not announce it", StringComparison.Ordinal));
        (await portal.MachineAsync(machine.Id)).HostName.ShouldBe(there);
        await portal.AgreeAsync();
    }

    [Theory]
    [InlineData("icmp type echo-request", ProbeKind.Tcp, "The guest answers no ping; it is asked by TCP, port ")]
    [InlineData("ip protocol { icmp, tcp }", ProbeKind.Arp, "The guest answers no ping; it is asked by ARP instead.")]
    public async Task A_guest_that_answers_no_ping_is_asked_as_it_answers_and_the_receipt_says_how(string dropped, ProbeKind asked, string decision)
    {
        var machine = (await portal.RunningAsync(1))[0];
        var (address, there) = (IPAddress.Parse(machine.Address), portal.Others(machine.HostName)[0]);
        var before = await GuestCounter.ReadAsync(address, TestContext.Current.CancellationToken);
        MigrationDetails receipt;
        await using (await portal.Lab.SilenceAsync(machine.HostName!, address, dropped))
        await using (await portal.Lab.SilenceAsync(there, address, dropped))
        {
            var ended = await portal.EndedAsync(await portal.MoveAsync(machine.Id, there));
            receipt = (await portal.Admin.GetAsync($"migrations/{ended.Id}")).As<MigrationDetails>();
        }

        receipt.Migration.Status.ShouldBe(MigrationStatus.Moved, receipt.Migration.Message);
        receipt.Decisions.ShouldContain(d => d.Text.StartsWith(decision, StringComparison.Ordinal));
        receipt.Migration.Measured.ShouldNotBeNull().ShouldSatisfyAllConditions(
            measured => measured.Probe.ShouldBe(asked), measured => measured.GuestAnswers.ShouldBeTrue(), measured => measured.IntervalMs.ShouldBe(10),
            measured => measured.Sent.ShouldBeGreaterThan(200), measured => measured.BlackoutMs!.Value.ShouldBeInRange(1, 5_000), measured => measured.Late.ShouldBe(0));
        (await GuestCounter.UntilAsync(address, reading => reading.Count > before.Count, TestContext.Current.CancellationToken)).Boot.ShouldBe(before.Boot);
        await portal.AgreeAsync();
    }
}
