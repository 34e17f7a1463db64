using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;

namespace Portal.Domain.Projects;

/// <summary>Makes, renames and archives projects.</summary>
public sealed class ProjectChanges(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>The longest name.</summary>
    public const int MostName = 60;

    /// <summary>Makes a project with its limits, and its first owner where one is named. For admins.</summary>
    /// <returns>The project, or <see cref="NotAllowed"/>, <see cref="InvalidText"/>, <see cref="ProjectNameTaken"/>, <see cref="NotFound"/>, <see cref="AccountDisabled"/>.</returns>
    public async Task<Result<ProjectDetails>> CreateAsync(Actor actor, ProjectDraft draft, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin("make a project") is { } refusal)
            return refusal;
        var name = Names.Tidy(draft.Name);
        if (Names.Check("name", name, MostName, "A project") is { } bad)
            return bad;
        foreach (var (resource, limit) in draft.Limits)
        {
            if (limit is < 0 or > QuotaService.MostLimit)
                return new InvalidText("limits", $"A limit of {QuotaWords.Amount(resource, limit)} cannot be given.", $"Give 0 to {QuotaService.MostLimit}.");
        }

        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        name = await Names.ComposeAsync(db, name, ct);
        if (await TakenAsync(db, name, except: null, ct) is { } taken)
            return taken;
        var now = time.GetUtcNow();
        var project = Project.Create(name, now);
        db.Add(project);
        db.AddRange(Enum.GetValues<QuotaResource>().Select(resource => Quota.Create(project.Id, resource, draft.Limits.GetValueOrDefault(resource))));
        if (draft.OwnerId is { } owner)
        {
            if (await MemberService.RefuseAsync(db, owner, ct) is { } nobody)
                return nobody;
            db.Add(ProjectMember.Create(project.Id, owner, ProjectRole.Owner));
        }
        db.Add(AuditEvent.Of(actor, "project.create", "project", project.Id, name, project.Id, new { after = new { name, limits = draft.Limits, draft.OwnerId } }, now));
        return await SavedAsync(db, transaction, actor, project.Id, ct);
    }

    /// <summary>Gives a project another name. For its owners and admins.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="id">The project.</param>
    /// <param name="name">The new name.</param>
    /// <param name="version">The row's version as the page showed it.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The project, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="InvalidText"/>, <see cref="ProjectNameTaken"/>, <see cref="ChangedMeanwhile"/>.</returns>
    public Task<Result<ProjectDetails>> RenameAsync(Actor actor, Guid id, string name, uint version, CancellationToken ct) =>
        ChangeAsync(actor, id, version, db => db.RefuseUnlessOwnerAsync(actor, id, "project", "rename this project", ct), async (db, project) =>
        {
            name = Names.Tidy(name);
            if (Names.Check("name", name, MostName, "A project") is { } bad)
                return bad;
            name = await Names.ComposeAsync(db, name, ct);
            if (await TakenAsync(db, name, except: id, ct) is { } taken)
                return taken;
            db.Add(AuditEvent.Of(actor, "project.rename", "project", id, name, id, new { before = new { project.Name }, after = new { name } }, time.GetUtcNow()));
            project.Rename(name);
            return null;
        }, ct);

    /// <summary>Puts an empty project away: its story stays, and nothing can be asked for in it. For admins; again is fine.</summary>
    /// <returns>The project, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="ProjectNotEmpty"/>, <see cref="ChangedMeanwhile"/>.</returns>
    public Task<Result<ProjectDetails>> ArchiveAsync(Actor actor, Guid id, uint version, CancellationToken ct) =>
        ChangeAsync(actor, id, version, db => RefuseUnlessAdminAsync(db, actor, id, "archive this project", ct), async (db, project) =>
        {
            if (await ProjectService.RefuseUnlessEmptyAsync(db, id, project.Name, ct) is { } full)
                return full;
            if (project.ArchivedAt is not null)
                return null;
            db.Add(AuditEvent.Of(actor, "project.archive", "project", id, project.Name, id, new { before = new { archived = false }, after = new { archived = true } }, time.GetUtcNow()));
            project.Archive(time.GetUtcNow());
            return null;
        }, ct);

    /// <summary>Brings an archived project back. For admins; again is fine.</summary>
    /// <returns>The project, or <see cref="NotFound"/>, <see cref="NotAllowed"/>, <see cref="ChangedMeanwhile"/>.</returns>
    public Task<Result<ProjectDetails>> ReopenAsync(Actor actor, Guid id, uint version, CancellationToken ct) =>
        ChangeAsync(actor, id, version, db => RefuseUnlessAdminAsync(db, actor, id, "bring this project back", ct), (db, project) =>
        {
            if (project.ArchivedAt is not null)
                db.Add(AuditEvent.Of(actor, "project.reopen", "project", id, project.Name, id, new { before = new { archived = true }, after = new { archived = false } }, time.GetUtcNow()));
            project.Reopen();
            return Task.FromResult<Refusal?>(null);
        }, ct);

    async Task<Result<ProjectDetails>> ChangeAsync(Actor actor, Guid id, uint version, Func<PortalDbContext, Task<Refusal?>> mayNot, Func<PortalDbContext, Project, Task<Refusal?>> change, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // Whoever asks for something in it holds the row until that is written: an archive waits for it, and then finds the project not empty.
        await db.Database.ExecuteSqlAsync($"select 1 from projects where id = {id} for update", ct);
        if (await mayNot(db) is { } refusal)
            return refusal;
        var project = await db.Projects.SingleAsync(p => p.Id == id, ct);
        if (project.Version != version)
        {
            return await ChangedMeanwhile.ExplainAsync(db, $"“{project.Name}”", id, null,
                $"It is called “{project.Name}” now and is {(project.ArchivedAt is null ? "in use" : "archived")}.", time.GetUtcNow(), ct, "project.");
        }
        return await change(db, project) is { } no ? no : await SavedAsync(db, transaction, actor, id, ct);
    }

    static async Task<Result<ProjectDetails>> SavedAsync(PortalDbContext db, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, Actor actor, Guid id, CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Project, id, id, ct);
        var details = await ProjectService.DetailsAsync(db, actor, id, ct) ?? throw new InvalidOperationException($"Project {id} vanished in its own transaction.");
        await transaction.CommitAsync(ct);
        return details;
    }

    static async Task<Refusal?> RefuseUnlessAdminAsync(PortalDbContext db, Actor actor, Guid id, string action, CancellationToken ct) =>
        await db.RoleInAsync(actor, id, ct) is null ? new NotFound("project") : actor.RefuseUnlessAdmin(action);

    /// <summary>Two names that differ by case alone would be taken for one. Asked one caller at a time, so that the answer stays true.</summary>
    static async Task<ProjectNameTaken?> TakenAsync(PortalDbContext db, string name, Guid? except, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtext('portal project names'))", ct);
        return await db.Projects.AnyAsync(p => p.Id != except && EF.Functions.ILike(p.Name, ListQuery.Literally(name), @"\"), ct) ? new ProjectNameTaken(name) : null;
    }
}
