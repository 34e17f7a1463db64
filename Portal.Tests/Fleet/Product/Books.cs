using Microsoft.EntityFrameworkCore;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Snapshots;
using Portal.Hypervisor;
using Portal.Hypervisor.Machines;
using Portal.Web.Operations;
using Portal.Web.Operations.Snapshots;

namespace Portal.Tests.Fleet.Product;

/// <summary>What must hold on the whole fleet whenever nothing is under way, whatever was broken before.</summary>
public static class Books
{
    private static readonly QuotaResource[] s_resources = Enum.GetValues<QuotaResource>();

    /// <summary>
    /// Every operation and move has ended and says how; every machine is in exactly one place, the one the books name; quota, room and
    /// disks are those of the machines there are, and nothing else is left anywhere. What hosts tell follows within a moment, what no event
    /// told when they are compared, every half minute.
    /// </summary>
    public static Task AgreeAsync(this FleetPortal portal) =>
        Wait.UntilAsync("the books and the hosts to agree", () => DisagreementAsync(portal), disagreement => disagreement.Length == 0, TimeSpan.FromSeconds(90));

    private static async Task<string> DisagreementAsync(FleetPortal portal)
    {
        await using var db = await portal.OpenAsync();
        var machines = await db.Machines.AsNoTracking().ToListAsync();
        var hosts = await db.Hosts.AsNoTracking().ToDictionaryAsync(host => host.Id, host => host.Name);
        var wrong = new List<string>();
        wrong.AddRange(from operation in await db.Operations.AsNoTracking().ToListAsync()
                       where operation.Status is OperationStatus.Queued or OperationStatus.Running
                       select $"“{operation.Title}” is {operation.Status}.");
        wrong.AddRange(from move in await db.Migrations.AsNoTracking().ToListAsync()
                       where move.Status is MigrationStatus.Queued or MigrationStatus.Running || string.IsNullOrEmpty(move.Message) || move.EndedAt is null
                       select $"The move of {move.MachineName} is {move.Status} and says “{move.Message}”.");
        var snapshots = await db.Snapshots.AsNoTracking().Where(snapshot => snapshot.State != SnapshotState.Deleted).ToListAsync();
        wrong.AddRange(from snapshot in snapshots where snapshot.State != SnapshotState.Ready select $"The snapshot “{snapshot.Name}” is {snapshot.State}.");
        wrong.AddRange(Quotas(machines, snapshots, await db.Quotas.AsNoTracking().ToListAsync()));
        wrong.AddRange(Rooms(machines, await db.Placements.AsNoTracking().ToListAsync()));
        wrong.AddRange(await PlacesAsync(portal, machines, hosts));
        wrong.AddRange(await DisksAsync(portal, machines, snapshots));
        return string.Join(' ', wrong);
    }

    private static IEnumerable<string> Quotas(List<Machine> machines, List<Snapshot> snapshots, List<Quota> quotas)
    {
        foreach (var quota in quotas)
        {
            long Held(Func<Machine, bool> counts) => machines.Where(m => m.ProjectId == quota.ProjectId && counts(m)).Sum(m => QuotaAmounts.OfMachine(m.Size).Of(quota.Resource));
            var (used, reserved) = (Held(IsMade), Held(m => m.State is MachineState.Waiting or MachineState.Provisioning));
            if (quota.Resource == QuotaResource.Snapshots)
                used = snapshots.Count(s => s.ProjectId == quota.ProjectId);
            if (quota.Used != used || quota.Reserved != reserved)
                yield return $"{quota.Resource}: {quota.Used} used and {quota.Reserved} reserved, but what there is holds {used} and {reserved}.";
        }
    }

    private static IEnumerable<string> Rooms(List<Machine> machines, List<Placement> placements)
    {
        foreach (var machine in machines)
        {
            var held = placements.Where(p => p.MachineId == machine.Id).ToList();
            if (IsMade(machine) ? held is not [{ Purpose: PlacementPurpose.Home }] || held[0].HostId != machine.HostId : held.Count > 0)
                yield return $"{machine.Name} is {machine.State} and holds room on {held.Count} hosts.";
        }
    }

    private static async Task<IEnumerable<string>> PlacesAsync(FleetPortal portal, List<Machine> machines, Dictionary<Guid, string> hosts)
    {
        var wrong = new List<string>();
        var places = machines.ToDictionary(machine => machine.Id, _ => new List<string>());
        foreach (var host in portal.Lab.Hosts)
        {
            try
            {
                foreach (var seen in await host.Machines.ListAsync(CancellationToken.None))
                    places.GetValueOrDefault(seen.Uuid)?.Add($"{HostReporter.StateOf(seen.State)} on {host.Endpoint.Name}");
            }
            catch (LibvirtException e)
            {
                wrong.Add(e.Message);
            }
        }

        foreach (var machine in machines)
        {
            var (expected, found) = (IsMade(machine) ? $"{machine.State} on {hosts.GetValueOrDefault(machine.HostId ?? Guid.Empty)}" : "", string.Join(" and ", places[machine.Id]));
            if (found != expected)
                wrong.Add($"{machine.Name} is “{expected}” in the books and “{found}” at the hosts.");
        }

        return wrong;
    }

    private static async Task<IEnumerable<string>> DisksAsync(FleetPortal portal, List<Machine> machines, List<Snapshot> snapshots)
    {
        var pool = await portal.Lab.Hosts[0].Storage.FindPoolAsync(portal.Lab.File.Pool, CancellationToken.None);
        var files = Directory.GetFiles(pool!.Path).Select(Path.GetFileName).ToList();
        return from machine in machines
               let copies = snapshots.Where(snapshot => snapshot.MachineId == machine.Id).Select(snapshot => SnapshotFiles.Volume(machine.Id, snapshot.Id))
               let wanted = IsMade(machine) ? copies.Append(MachineFiles.Disk(machine.Id)).Append(MachineFiles.Seed(machine.Id)).Order().ToList() : []
               let found = files.Where(file => file!.StartsWith(machine.Id.ToString(), StringComparison.Ordinal)).Order().ToList()
               where !found.SequenceEqual(wanted)
               select $"{machine.Name} is {machine.State} and has on the store: {string.Join(", ", found)}.";
    }

    private static bool IsMade(Machine machine) => machine.State is MachineState.Running or MachineState.Off or MachineState.Unknown or MachineState.Failed;
}
