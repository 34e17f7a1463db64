using System.Net;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Affinity;
using Portal.Domain.Catalog;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Operations;
using Portal.Domain.Policies;
using Portal.Domain.Projects;

namespace Portal.Domain.Requests;

/// <summary>A new machine: quota, name and address are held from the moment it is asked for.</summary>
sealed class CreateAction(Ledger ledger) : RequestAction
{
    public override RequestKind Kind => RequestKind.Create;

    public override bool Takes(Draft draft) => draft is RequestDraft;

    public override async Task<Result<Prepared>> PrepareAsync(PortalDbContext db, Actor actor, Draft draft, DateTimeOffset now, CancellationToken ct)
    {
        var asked = (RequestDraft)draft;
        await db.KeepOpenAsync(asked.ProjectId, ct);
        var place = await db.PlaceInAsync(actor, asked.ProjectId, ct);
        if (RequestService.MayAsk(actor, place) is { } forbidden)
            return forbidden;
        var check = await DraftCheck.RunAsync(db, asked, ct);
        if (check is not { Refusals: [], Name: { } name, Image: { } image, Flavor: { } flavor, Network: { } network, SshKey: { } sshKey })
            return check.Refusals[0];
        var takes = QuotaAmounts.OfMachine(flavor.Size);
        var (id, mac) = await MacAddress.TakeAsync(db, ct);
        // From here on every other submit to the project waits: only what needs that comes after, in as few round trips as it takes. The
        // quota's rows are taken, and every submit to this project passes them: the answer about the name stays true.
        var hold = await QuotaBooks.HoldAsync(db, asked.ProjectId, actor.UserId, takes, [DraftCheck.IsTaken(asked.ProjectId, name), AddressPool.FirstFree(network)], ct);
        if (!hold.IsOk)
            return hold.Refusal;
        if (hold.Value.Answers[0] is true)
            return new NameTaken(name);
        if ((hold.Value.Answers[1] as IPAddress ?? await AddressPool.TakeAsync(db, network, ct)) is not { } address)
            return new NoFreeAddress(network.Name);

        var machine = Machine.Ask(id, asked.ProjectId, name, image, flavor, network.Id, address, mac, sshKey, actor.UserId, now);
        var leaseDays = check.Lease.Resolve(asked.LeaseDays);
        machine.AskLease(leaseDays);
        db.Add(machine);
        return new Prepared(asked.ProjectId, machine, name, new CreateTerms(image.Title, flavor.Name, flavor.Size, leaseDays), takes,
            FactsOf(actor, place?.Role, asked, flavor.Size, takes, hold.Value.Sheet.Lines, held: true, leaseDays), image.Id, flavor.Id);
    }

    public override async Task<Refusal?> GrantAsync(PortalDbContext db, Actor actor, Request request, DateTimeOffset now, CancellationToken ct)
    {
        var machine = await TakeMachineAsync(db, request, ct);
        if (await ImageGoneAsync(db, machine.ImageId, ct) is { } gone)
            return gone;
        // The room is taken with the decision: several approvals at once can never promise the same memory twice.
        var place = await HostRooms.PlaceAsync(db, machine, [], ct);
        if (!place.IsOk)
            return place.Refusal;
        machine.Become(MachineState.Provisioning, null, now);
        await db.SaveChangesAsync(ct);
        return (await ledger.EnqueueAsync(db, OperationKind.Provision, machine, $"Make {machine.Name}", actor, $"provision-{request.Id}", new { requestId = request.Id }, ct)).Refusal;
    }

    public override async Task LetGoAsync(PortalDbContext db, Request request, string reason, DateTimeOffset now, CancellationToken ct)
    {
        // Quota first and then the address that comes free with the machine, in the order in which a submit takes them.
        await base.LetGoAsync(db, request, reason, now, ct);
        var machine = await db.Machines.SingleAsync(m => m.Id == request.MachineId, ct);
        machine.Become(MachineState.Deleted, reason, now);
        await db.SaveChangesAsync(ct);
    }

    public override async Task<IReadOnlyList<Refusal>> ProblemsAsync(PortalDbContext db, Request request, CancellationToken ct)
    {
        var machine = await db.Machines.AsNoTracking().SingleAsync(m => m.Id == request.MachineId, ct);
        var problems = new List<Refusal>();
        if (await ImageGoneAsync(db, machine.ImageId, ct) is { } gone)
            problems.Add(gone);
        var ties = await FleetTies.ReadAsync(db, machine.Id, ct);
        var choice = Placing.Choose(await HostRooms.ReadAsync(db, ct), machine.Size, ties.For(machine.Id));
        if (choice.Host is null)
            problems.Add(new NoHostWithRoom(choice.Misfits, HostRooms.Needs(machine)));
        return problems;
    }

    /// <summary>What policy would look at for a draft.</summary>
    internal static RequestFacts FactsOf(Actor actor, ProjectRole? role, RequestDraft draft, MachineSize? size, QuotaAmounts takes, IReadOnlyList<QuotaLine> quota, bool held, int? leaseDays) =>
        new(draft.ProjectId, actor.UserId, role ?? ProjectRole.Viewer, actor.Platform, RequestKind.Create, draft.FlavorId, draft.ImageId, size, takes,
            QuotaLine.FullestShare(quota, held ? QuotaAmounts.None : takes), leaseDays);

    static async Task<Machine> TakeMachineAsync(PortalDbContext db, Request request, CancellationToken ct)
    {
        var id = request.MachineId!.Value;
        await Ledger.LockMachineAsync(db, id, ct);
        return await db.Machines.SingleAsync(m => m.Id == id, ct);
    }

    static async Task<NotOffered?> ImageGoneAsync(PortalDbContext db, Guid imageId, CancellationToken ct)
    {
        var image = await db.Images.AsNoTracking().SingleAsync(i => i.Id == imageId, ct);
        return image.Available ? null : new NotOffered("image", image.Title);
    }
}
