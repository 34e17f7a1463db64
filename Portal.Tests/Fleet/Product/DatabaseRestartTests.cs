using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Web.Api;

namespace Portal.Tests.Fleet.Product;

[Collection(FleetPortalCollection.Name)]
public sealed class DatabaseRestartTests(FleetPortal portal)
{
    [Fact]
    public async Task PostgreSQL_restarted_while_one_machine_is_made_and_one_is_moved_loses_nothing()
    {
        var machine = (await portal.RunningAsync(1))[0];
        await portal.Lab.ThrottleAsync(machine.HostName!, machine.Id, 2);
        var move = await portal.MoveAsync(machine.Id, portal.Others(machine.HostName)[0]);
        await portal.CopyingAsync(move);
        var made = await portal.OrderAsync(Orders.NewName("restarted"));
        await Wait.UntilAsync("it to start", () => portal.OperationAsync(made.Operation), seen => seen.Operation.StepName == "Wait for its first answer");

        await portal.RestartDatabaseAsync();
        await portal.Lab.ThrottleAsync(machine.HostName!, machine.Id, 1000);

        (await portal.EndedAsync(made.Operation)).Status.ShouldBe(OperationStatus.Succeeded);
        var ended = await portal.EndedAsync(move);
        ended.Status.ShouldBe(MigrationStatus.Moved, ended.Message);
        ended.Measured!.GuestAnswers.ShouldBeTrue();
        // Every ping of the whole move was kept, those of the outage too.
        var pings = (await portal.ReadAsync<MigrationSamples>($"migrations/{move.Id}/samples")).Frames.SelectMany(frame => frame.Samples ?? []).Select(ping => ping[0]).ToHashSet();
        pings.Count.ShouldBe(ended.Measured.Sent);
        await portal.AgreeAsync();
        await portal.RemoveAsync(made.Id);
    }
}
