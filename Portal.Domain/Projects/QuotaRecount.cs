using Microsoft.EntityFrameworkCore;
using Portal.Domain.Machines;
using Portal.Domain.Requests;
using Portal.Domain.Snapshots;

namespace Portal.Domain.Projects;

/// <summary>Where the books said something else than machines and requests do. They are right now.</summary>
/// <param name="UserId">The person; null for the project as a whole.</param>
/// <param name="Name">That person's name.</param>
/// <param name="Resource">What is limited.</param>
/// <param name="Limit">The limit; null where there is none.</param>
/// <param name="BooksUsed">Used, as the books said.</param>
/// <param name="BooksReserved">Reserved, as the books said.</param>
/// <param name="Used">Used in truth: by machines that are made and snapshots that were taken.</param>
/// <param name="Reserved">Reserved in truth: by requests that wait or are carried out and snapshots being taken.</param>
public sealed record QuotaDrift(Guid? UserId, string? Name, QuotaResource Resource, long? Limit, long BooksUsed, long BooksReserved, long Used, long Reserved);

/// <summary>What a recount found.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="ProjectName">Its name.</param>
/// <param name="Drift">What was put right; empty when the books were exact.</param>
public sealed record QuotaRecount(Guid ProjectId, string ProjectName, IReadOnlyList<QuotaDrift> Drift);

/// <summary>Counts what is held from machines and requests, in the caller's transaction.</summary>
static class QuotaTruth
{
    static readonly MachineState[] s_made = [MachineState.Running, MachineState.Off, MachineState.Unknown, MachineState.Failed, MachineState.Deleting];

    /// <summary>
    /// Used and reserved of each person. The project's rows must be taken before: whoever changes machines or requests takes them in the
    /// same transaction, so what is read here and what the books say are of one moment.
    /// </summary>
    public static async Task<IReadOnlyDictionary<(Guid UserId, QuotaResource Resource), (long Used, long Reserved)>> CountAsync(PortalDbContext db, Guid projectId, CancellationToken ct)
    {
        var machines = await db.Machines.AsNoTracking().Where(m => m.ProjectId == projectId && s_made.Contains(m.State))
            .Select(m => new { m.CreatedBy, m.Vcpus, m.MemoryMib, m.DiskGib }).ToListAsync(ct);
        var requests = await db.Requests.AsNoTracking().Where(r => r.ProjectId == projectId && (r.Status == RequestStatus.Waiting || (r.Status == RequestStatus.Approved && r.EndedAt == null)))
            .Select(r => new { HolderId = r.Kind == RequestKind.Resize ? db.Machines.Where(m => m.Id == r.MachineId).Select(m => m.CreatedBy).First() : r.RequesterId, r.Holds }).ToListAsync(ct);
        var snapshots = await db.Snapshots.AsNoTracking().Where(s => s.ProjectId == projectId && s.State != SnapshotState.Deleted)
            .Select(s => new { s.CreatedBy, s.State }).ToListAsync(ct);
        var truth = new Dictionary<(Guid, QuotaResource), (long Used, long Reserved)>();
        foreach (var machine in machines)
            Add(machine.CreatedBy, QuotaAmounts.OfMachine(new MachineSize(machine.Vcpus, machine.MemoryMib, machine.DiskGib)), used: 1, reserved: 0);
        foreach (var request in requests)
            Add(request.HolderId, request.Holds, used: 0, reserved: 1);
        foreach (var snapshot in snapshots)
            Add(snapshot.CreatedBy, QuotaAmounts.OneSnapshot, used: snapshot.State == SnapshotState.Taking ? 0 : 1, reserved: snapshot.State == SnapshotState.Taking ? 1 : 0);
        return truth;

        void Add(Guid userId, QuotaAmounts amounts, int used, int reserved)
        {
            foreach (var resource in QuotaBooks.Order.Where(resource => amounts.Of(resource) != 0))
            {
                var held = truth.GetValueOrDefault((userId, resource));
                truth[(userId, resource)] = (held.Used + (used * amounts.Of(resource)), held.Reserved + (reserved * amounts.Of(resource)));
            }
        }
    }
}
