using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Scoping;

namespace Portal.Domain.Machines;

/// <content>Tags.</content>
public sealed partial class MachineService
{
    const int MostTagsListed = 200;

    /// <summary>Says which tags a machine has from now on; for members and owners of its project. Again is fine.</summary>
    /// <param name="actor">Who says so.</param>
    /// <param name="id">The machine.</param>
    /// <param name="tags">All of them.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="read">The tags that were read before: where others stand there now nothing is written. Null: whatever stands there.</param>
    /// <returns>Its tags, <see cref="ChangedMeanwhile"/>, <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="InvalidText"/> or <see cref="WrongState"/>.</returns>
    public async Task<Result<string[]>> TagAsync(Actor actor, Guid id, IReadOnlyList<string?>? tags, CancellationToken ct, IReadOnlyList<string>? read = null)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await Ledger.LockMachineAsync(db, id, ct);
        if (await db.Machines.SingleOrDefaultAsync(m => m.Id == id, ct) is not { } machine)
            return new NotFound("machine");
        if (await db.RefuseUnlessMemberAsync(actor, machine.ProjectId, "machine", "tag this machine", ct) is { } refusal)
            return refusal;
        var asked = MachineTags.Read(tags);
        if (!asked.IsOk)
            return asked;
        if (machine.State is MachineState.Deleting or MachineState.Deleted)
            return new WrongState(machine.Name, machine.State, $"{machine.Name} is deleted, so there is nothing to tag.", "Choose another machine.");
        var before = machine.Tags;
        if (before.SequenceEqual(asked.Value))
            return before;
        if (read is not null && !before.SequenceEqual(read))
            return await ChangedMeanwhile.ExplainAsync(db, $"The list of {machine.Name}'s tags", id, machine.ProjectId, $"It has {(before.Length == 0 ? "none" : string.Join(", ", before))} now.", time.GetUtcNow(), ct, "machine.tag");
        machine.Tag(asked.Value);
        db.AuditEvents.Add(AuditEvent.Of(actor, "machine.tag", "machine", id, machine.Name, machine.ProjectId, new { before = new { tags = before }, after = new { tags = machine.Tags } }, time.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Machine, id, machine.ProjectId, ct);
        await transaction.CommitAsync(ct);
        return machine.Tags;
    }

    /// <summary>The tags of machines the actor may see, in their order; at most 200.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="project">Only of this project; null: of all.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<string>> TagsAsync(Actor actor, Guid? project, CancellationToken ct)
    {
        await using var db = await contexts.ForAsync(actor, ct);
        // An index holds those that have any, and they are few beside all machines.
        return await db.Machines.Where(m => m.State != MachineState.Deleted && m.Tags.Length > 0 && (project == null || m.ProjectId == project))
            .SelectMany(m => m.Tags).Distinct().OrderBy(tag => tag).Take(MostTagsListed).ToListAsync(ct);
    }
}
