using System.Net;
using Portal.Domain.Migrations;
using Portal.Web.Migrations.Export;

namespace Portal.Tests.Fleet.Product;

[Collection(FleetPortalCollection.Name)]
public sealed class StalledPortalTests(FleetPortal portal)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_portal_that_stood_still_did_not_hear_is_no_loss_and_its_receipt_does_not_count()
    {
        var machine = (await portal.RunningAsync(1))[0];
        var address = IPAddress.Parse(machine.Address);
        // An earlier test may have started it anew only just now: a guest that still boots answers nobody.
        var before = await GuestCounter.ReadAsync(address, Stop);
        await portal.Lab.ThrottleAsync(machine.HostName!, machine.Id, 2);
        var move = await portal.MoveAsync(machine.Id, portal.Others(machine.HostName)[0]);
        await portal.CopyingAsync(move);

        await using (await portal.StallAsync())
        {
            var stalled = await GuestCounter.ReadAsync(address, Stop);
            (await GuestCounter.UntilAsync(address, reading => reading.UptimeMs > stalled.UptimeMs + 2_000, Stop)).Boot.ShouldBe(before.Boot, "the guest answers others all the while");
        }

        (await portal.Admin.PostAsync($"migrations/{move.Id}/cancel")).Status.ShouldBe(HttpStatusCode.Accepted);

        var ended = await portal.EndedAsync(move);
        ended.Status.ShouldBe(MigrationStatus.Cancelled, ended.Message);
        ended.Measured.ShouldNotBeNull().ShouldSatisfyAllConditions(
            felt => felt.Lost.ShouldBe(0), felt => felt.Late.ShouldBe(0), felt => felt.LostAt1HzWorst.ShouldBe(0), felt => felt.GuestAnswers.ShouldBeTrue(),
            felt => felt.ProbeInvalid.ShouldNotBeNull().ShouldStartWith("The portal's own sender was held up"));
        var file = (await portal.Admin.GetAsync($"migrations/{move.Id}/receipt.json")).As<ReceiptDocument>();
        file.Samples.Pings.ShouldContain(ping => ping.IsInvalid);
        await portal.Lab.ThrottleAsync(machine.HostName!, machine.Id, 1000);
        await portal.AgreeAsync();
    }
}
