using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Machines;

/// <summary>A machine's story: its request, operations, moves and the audit trail, as one, and nothing twice.</summary>
static class MachineActivity
{
    const int Most = 100;

    /// <summary>What a worker notes in the trail when an operation ends; the operation or the move tells more.</summary>
    static readonly string[] Ended =
        ["machine.provision", "machine.provision-failed", "machine.provision-cancelled", "machine.provision-abandoned", "machine.deleted", "machine.moved", "machine.stayed", "machine.move-settled", "machine.rehomed", "machine.rehome-failed"];

    public static async Task<IReadOnlyList<ActivityEntry>> ReadAsync(PortalDbContext db, Guid id, CancellationToken ct)
    {
        var moves = await db.Migrations.AsNoTracking().Where(m => m.MachineId == id).OrderByDescending(m => m.CreatedAt).Take(Most)
            .Select(m => new { m.OperationId, m.Settled, Entry = new ActivityEntry(m.CreatedAt, "migration", m.Id, $"Move from {m.SourceName} to {m.DestinationName}", m.RequestedByName, m.Status.ToString(), m.Message) })
            .ToListAsync(ct);
        var told = moves.Select(m => m.OperationId).ToHashSet();
        var operations = await db.Operations.AsNoTracking().Where(o => o.MachineId == id).OrderByDescending(o => o.CreatedAt).Take(Most)
            .Select(o => new ActivityEntry(o.CreatedAt, "operation", o.Id, o.Title, o.RequestedByName, o.Status.ToString(), o.Error)).ToListAsync(ct);
        // The order of an operation is in the trail too; the operation tells more.
        var audit = await db.AuditEvents.AsNoTracking().Where(e => e.SubjectId == id && !Ended.Contains(e.Action) && !EF.Functions.JsonExists(e.Detail, "operation")).OrderByDescending(e => e.At).Take(Most)
            .Select(e => new { e.Detail, Entry = new ActivityEntry(e.At, "audit", e.Id, e.Action, e.ActorName, null, null) }).ToListAsync(ct);
        var request = await db.AuditEvents.AsNoTracking().Where(e => db.Requests.Any(r => r.MachineId == id && r.Id == e.SubjectId)).OrderByDescending(e => e.At).Take(Most)
            .Select(e => new ActivityEntry(e.At, "request", e.SubjectId, e.Action, e.ActorName, null, null)).ToListAsync(ct);
        return [.. moves.Select(m => m.Settled is { } settled ? m.Entry with { Detail = settled.Explanation } : m.Entry).Concat(operations.Where(o => !told.Contains(o.Id))).Concat(audit.Select(e => e.Entry with { Detail = What(e.Detail) })).Concat(request).OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(Most)];
    }

    /// <summary>What an event says of itself in words, where it does.</summary>
    static string? What(string detail)
    {
        using var document = JsonDocument.Parse(detail);
        return document.RootElement.TryGetProperty("what", out var what) ? what.GetString() : null;
    }
}
