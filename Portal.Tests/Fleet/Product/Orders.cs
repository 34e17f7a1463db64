using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Requests;
using Portal.Hypervisor.Hosts;
using Portal.Tests.Postgres;
using Portal.Tests.Web.Api;

namespace Portal.Tests.Fleet.Product;

/// <summary>A machine that was asked for, and the operation that makes it.</summary>
public sealed record Ordered(Guid Id, string Name, Guid Operation, IPAddress Address);

/// <summary>Orders things through the API as a program would, and waits for what comes of it.</summary>
public static class Orders
{
    private static int s_names;

    /// <summary>An answer's body; the call must have been taken.</summary>
    public static T As<T>(this ApiReply reply)
    {
        ((int)reply.Status).ShouldBeInRange(200, 299, reply.Text);
        return JsonSerializer.Deserialize<T>(reply.Text, Json.Options)!;
    }

    /// <summary>Reads something. While its database is away the portal says so, and a program asks again.</summary>
    public static async Task<T> ReadAsync<T>(this FleetPortal portal, string path) =>
        (await Wait.UntilAsync($"an answer to {path}", () => portal.Admin.GetAsync(path), reply => reply.Status != HttpStatusCode.ServiceUnavailable)).As<T>();

    /// <summary>A name no other machine of the run has.</summary>
    public static string NewName(string prefix) => $"{prefix}-{Interlocked.Increment(ref s_names)}";

    /// <summary>Asks for a machine and approves it.</summary>
    public static async Task<Ordered> OrderAsync(this FleetPortal portal, string name)
    {
        var request = await portal.AskAsync(name);
        (await portal.Admin.PostAsync($"approvals/{request.Id}/approve")).As<RequestView>();
        var details = (await portal.Admin.GetAsync($"requests/{request.Id}")).As<RequestDetails>();
        return new Ordered(request.MachineId!.Value, name, details.OperationId!.Value, IPAddress.Parse(details.Held!.Address));
    }

    /// <summary>Asks for a machine, and leaves it waiting for a decision.</summary>
    public static async Task<RequestView> AskAsync(this FleetPortal portal, string name)
    {
        await using var db = await portal.OpenAsync();
        var project = await db.Projects.SingleAsync(p => p.Name == "Web shop");
        var (image, flavor, network) = (await db.Images.SingleAsync(i => i.Name == "micro"), await db.Flavors.SingleAsync(f => f.Name == "tiny"), await db.Networks.SingleAsync());
        return (await portal.Admin.PostAsync("requests", new
        {
            ProjectId = project.Id, MachineName = name, ImageId = image.Id, FlavorId = flavor.Id, NetworkId = network.Id, World.SshKey, Why = "For the tests",
        }, key: Guid.NewGuid().ToString())).As<RequestView>();
    }

    /// <summary>How many addresses of the lab's network nobody holds.</summary>
    public static async Task<long> FreeAddressesAsync(this FleetPortal portal)
    {
        await using var db = await portal.OpenAsync();
        var project = await db.Projects.Select(p => p.Id).FirstAsync();
        return (await portal.Admin.GetAsync($"projects/{project}/catalog")).Json["networks"]![0]!["free"]!.GetValue<long>();
    }

    /// <summary>Machines that run and that nothing is done to: those of earlier tests, and new ones when there are too few.</summary>
    public static async Task<IReadOnlyList<MachineRow>> RunningAsync(this FleetPortal portal, int count)
    {
        var free = (await portal.Admin.GetAsync("machines?state=Running&take=100")).As<Page<MachineRow>>().Items.Where(machine => machine.Active is null).Take(count).ToList();
        var ordered = new List<Ordered>();
        while (free.Count + ordered.Count < count)
            ordered.Add(await portal.OrderAsync(NewName("shared")));
        foreach (var machine in ordered)
        {
            (await portal.EndedAsync(machine.Operation)).Status.ShouldBe(OperationStatus.Succeeded);
            free.Add(await portal.MachineAsync(machine.Id));
        }

        return free;
    }

    public static async Task<MachineRow> MachineAsync(this FleetPortal portal, Guid machine) => (await portal.ReadAsync<MachineDetails>($"machines/{machine}")).Machine;

    public static Task<MachineRow> MachineAsync(this FleetPortal portal, Guid machine, MachineState state) =>
        Wait.UntilAsync($"the machine to be {state}", () => portal.MachineAsync(machine), seen => seen.State == state);

    public static Task<OperationDetails> OperationAsync(this FleetPortal portal, Guid operation) => portal.ReadAsync<OperationDetails>($"operations/{operation}");

    /// <summary>The operation once it is over.</summary>
    public static async Task<OperationRow> EndedAsync(this FleetPortal portal, Guid operation) =>
        (await Wait.UntilAsync("the operation to end", () => portal.OperationAsync(operation), seen => !seen.Operation.IsActive, TimeSpan.FromMinutes(4))).Operation;

    /// <summary>Orders a move to a host other than the machine's own, or to the one named.</summary>
    public static async Task<ApiReply> TryMoveAsync(this FleetPortal portal, Guid machine, string to, MigrationMode mode = MigrationMode.Live)
    {
        var host = (await portal.HostsAsync()).Single(host => host.Name == to);
        return await portal.Admin.PostAsync($"machines/{machine}/migrations", new { Mode = mode, DestinationHostId = host.Id }, key: Guid.NewGuid().ToString());
    }

    /// <summary>Orders a move, which must be taken.</summary>
    public static async Task<MigrationRow> MoveAsync(this FleetPortal portal, Guid machine, string to, MigrationMode mode = MigrationMode.Live) =>
        (await portal.TryMoveAsync(machine, to, mode)).As<MigrationRow>();

    /// <summary>The move once what is waited for is so.</summary>
    public static async Task<MigrationRow> MoveAsync(this FleetPortal portal, MigrationRow move, string what, Func<MigrationRow, bool> reached) =>
        (await Wait.UntilAsync($"the move {what}", () => portal.ReadAsync<MigrationDetails>($"migrations/{move.Id}"), seen => reached(seen.Migration), TimeSpan.FromMinutes(4))).Migration;

    /// <summary>The move once it is over.</summary>
    public static Task<MigrationRow> EndedAsync(this FleetPortal portal, MigrationRow move) => portal.MoveAsync(move, "to end", seen => !seen.IsActive);

    /// <summary>The move once memory is on its way.</summary>
    public static Task<MigrationRow> CopyingAsync(this FleetPortal portal, MigrationRow move) => portal.MoveAsync(move, "to copy", seen => seen is { Phase: "Copy", Percent: > 0 });

    public static Task<ApiReply> PowerAsync(this FleetPortal portal, Guid machine, PowerAction action) =>
        portal.Admin.PostAsync($"machines/{machine}/power", new { Action = action }, key: Guid.NewGuid().ToString());

    public static Task<ApiReply> DeleteAsync(this FleetPortal portal, MachineRow machine) =>
        portal.Admin.DeleteAsync($"machines/{machine.Id}?confirmName={machine.Name}", key: Guid.NewGuid().ToString());

    /// <summary>Deletes a machine, and returns once it is gone.</summary>
    public static async Task RemoveAsync(this FleetPortal portal, Guid machine)
    {
        var settled = await Wait.UntilAsync("the machine to be at rest", () => portal.MachineAsync(machine), seen => seen is { Active: null, State: MachineState.Running or MachineState.Off });
        var ended = await portal.EndedAsync((await portal.DeleteAsync(settled)).As<OperationRow>().Id);
        ended.Status.ShouldBe(OperationStatus.Succeeded, ended.Error);
    }

    /// <summary>Deletes what runs beyond so many machines: the lab is small.</summary>
    public static async Task KeepAsync(this FleetPortal portal, int count)
    {
        foreach (var machine in (await portal.Admin.GetAsync("machines?state=Running,Off&take=100")).As<Page<MachineRow>>().Items.Skip(count))
            await portal.RemoveAsync(machine.Id);
    }

    /// <summary>Returns once a host that was away answers the portal and the tests again.</summary>
    public static async Task BackAsync(this FleetPortal portal, string host)
    {
        await Wait.UntilAsync($"{host} to answer the portal", portal.HostsAsync, hosts => hosts.Single(h => h.Name == host).State == HostState.Online);
        await Wait.UntilAsync($"{host} to answer the tests", () => Task.FromResult(portal.Lab[host].Link.State), state => state == HostLinkState.Connected);
    }

    public static Task<ApiReply> CancelAsync(this FleetPortal portal, Guid operation) => portal.Admin.PostAsync($"operations/{operation}/cancel");

    /// <summary>The lab's hosts other than that one, in the lab's order.</summary>
    public static IReadOnlyList<string> Others(this FleetPortal portal, params string?[] than) => [.. portal.Lab.File.Hosts.Select(host => host.Name).Where(name => !than.Contains(name))];
}
