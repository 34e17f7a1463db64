using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;

namespace Portal.Domain.Projects;

/// <content>Limits, caps and members' own limits, and who may set them.</content>
public sealed partial class QuotaService
{
    /// <summary>The highest figure that can be set, whatever the unit.</summary>
    public const long MostLimit = 1_000_000_000;

    /// <summary>The most days of grace.</summary>
    public const int MostGraceDays = 365;

    /// <summary>Everything about a project's limits, for whoever may see the project.</summary>
    public async Task<Result<QuotaSetup>> SetupAsync(Actor actor, Guid projectId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.RoleInAsync(actor, projectId, ct) is { } role ? await ReadSetupAsync(db, actor, role, projectId, ct) : new NotFound("project");
    }

    /// <summary>Sets limits, soft figures, caps and days of grace. A limit may be lower than what is held: then nothing more is taken until it is not.</summary>
    public Task<Result<QuotaSetup>> SetAsync(Actor actor, Guid projectId, QuotaEdit edit, uint version, CancellationToken ct) =>
        ChangeAsync(actor, projectId, version, "quota.set", role => actor.RefuseUnlessAdmin("set the limits of a project") ?? Check(edit), async (db, settings) =>
        {
            var before = await db.Quotas.AsNoTracking().Where(q => q.ProjectId == projectId).ToDictionaryAsync(q => q.Resource, ct);
            var rows = QuotaBooks.Order.Where(r => edit.Limits.ContainsKey(r) || edit.Soft.ContainsKey(r)).Select(r => (Resource: r,
                Most: edit.Limits.TryGetValue(r, out var most) ? most : before.GetValueOrDefault(r)?.Limit ?? 0,
                Soft: edit.Soft.TryGetValue(r, out var soft) ? soft : before.GetValueOrDefault(r)?.Soft)).ToList();
            if (rows.Find(row => row.Soft > row.Most) is { Soft: { } tooHigh } wrong)
                return SoftAbove(wrong.Resource, tooHigh, wrong.Most);
            settings.Set(edit.Caps, edit.GraceDays);
            await using var batch = await db.BatchAsync(ct);
            batch.Add($"""
                insert into quotas as q (project_id, resource, most, soft, used, reserved, grace_told)
                select $1, d.resource, d.most, d.soft, 0, 0, false from unnest($2::text[], $3::bigint[], $4::bigint[]) d (resource, most, soft)
                on conflict (project_id, resource) do update set most = excluded.most, soft = excluded.soft,
                    soft_since = case when coalesce(q.used + q.reserved > excluded.soft, false) then coalesce(q.soft_since, $5) end,
                    grace_told = q.grace_told and coalesce(q.used + q.reserved > excluded.soft, false)
                """, projectId, rows.Select(r => r.Resource.ToString()).ToArray(), rows.Select(r => r.Most).ToArray(), rows.Select(r => r.Soft).ToArray(), time.GetUtcNow());
            await batch.ExecuteNonQueryAsync(ct);
            return null;
        }, ct);

    /// <summary>Sets one person's own limits within the project; null takes a limit away, and those left out stay.</summary>
    public Task<Result<QuotaSetup>> SetMemberAsync(Actor actor, Guid projectId, Guid userId, IReadOnlyDictionary<QuotaResource, long?> limits, uint version, CancellationToken ct) =>
        ChangeAsync(actor, projectId, version, "quota.set-member",
            role => role == ProjectRole.Owner ? CheckEach("limits", limits) : new NotAllowed("set limits of members", "the role owner in this project"), async (db, _) =>
            {
                if (!await db.ProjectMembers.AnyAsync(m => m.ProjectId == projectId && m.UserId == userId, ct) && !await db.MemberQuotas.AnyAsync(q => q.ProjectId == projectId && q.UserId == userId, ct))
                    return new NotFound("member");
                await using var batch = await db.BatchAsync(ct);
                batch.Add("""
                    insert into member_quotas (project_id, user_id, resource, most, used, reserved)
                    select $1, $2, d.resource, d.most, 0, 0 from unnest($3::text[], $4::bigint[]) d (resource, most)
                    on conflict (project_id, user_id, resource) do update set most = excluded.most
                    """, projectId, userId, limits.Keys.Select(r => r.ToString()).ToArray(), limits.Values.ToArray());
                await batch.ExecuteNonQueryAsync(ct);
                return null;
            }, ct);

    /// <summary>One change of a project's limits: behind the project's rows, against the version the form was opened with, with its audit event and notice.</summary>
    async Task<Result<QuotaSetup>> ChangeAsync(Actor actor, Guid projectId, uint version, string action, Func<ProjectRole, Refusal?> check, Func<PortalDbContext, QuotaSettings, Task<Refusal?>> change, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.RoleInAsync(actor, projectId, ct) is not { } role)
            return new NotFound("project");
        if (check(role) is { } refusal)
            return refusal;
        // The project's own row stands in for limits that are not there yet, so that two first edits go one after the other.
        await db.Database.ExecuteSqlAsync($"select 1 from projects where id = {projectId} for no key update", ct);
        await using (var batch = await db.BatchAsync(ct))
            await batch.Add(QuotaReading.Lock, projectId).ExecuteNonQueryAsync(ct);

        var before = await ReadSetupAsync(db, actor, role, projectId, ct);
        if (before.Version != version)
            return new QuotaChanged(before.ChangedBy ?? "somebody", before.ChangedAt ?? time.GetUtcNow(), before);
        var settings = await db.QuotaSettings.SingleOrDefaultAsync(s => s.ProjectId == projectId, ct) ?? db.Add(Projects.QuotaSettings.Of(projectId)).Entity;
        if (await change(db, settings) is { } cannot)
            return cannot;
        settings.Touch(actor.Name, time.GetUtcNow());
        // Written even when every value is what it was, for the version's sake.
        if (db.Entry(settings).State == EntityState.Unchanged)
            db.Entry(settings).State = EntityState.Modified;
        await db.SaveChangesAsync(ct);
        var after = await ReadSetupAsync(db, actor, role, projectId, ct);
        db.Add(AuditEvent.Of(actor, action, "project", projectId, after.ProjectName, projectId, new { before = Told(before), after = Told(after) }, time.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Project, projectId, projectId, ct);
        await transaction.CommitAsync(ct);
        return after;
    }

    static async Task<QuotaSetup> ReadSetupAsync(PortalDbContext db, Actor actor, ProjectRole role, Guid projectId, CancellationToken ct)
    {
        var sheet = await QuotaBooks.SheetAsync(db, projectId, null, ct);
        var name = await db.Projects.Where(p => p.Id == projectId).Select(p => p.Name).SingleAsync(ct);
        var settings = await db.QuotaSettings.AsNoTracking().SingleOrDefaultAsync(s => s.ProjectId == projectId, ct);
        var roles = await db.ProjectMembers.Where(m => m.ProjectId == projectId).ToDictionaryAsync(m => m.UserId, m => m.Role, ct);
        var held = (await db.MemberQuotas.AsNoTracking().Where(q => q.ProjectId == projectId).ToListAsync(ct)).ToLookup(q => q.UserId);
        var ids = roles.Keys.Union(held.Where(rows => rows.Any(q => q.Used + q.Reserved > 0 || q.Limit is not null)).Select(rows => rows.Key)).ToList();
        var names = await db.Users.Where(u => ids.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => Accounts.User.NameOf(u.DisplayName, u.UserName), ct);
        var members = ids.Where(names.ContainsKey).Select(id => new MemberLimits(id, names[id], roles.TryGetValue(id, out var theirs) ? theirs : null,
            [.. QuotaBooks.Order.Select(resource => held[id].FirstOrDefault(q => q.Resource == resource) is { } row ? new MemberLine(resource, row.Limit, row.Used, row.Reserved) : new MemberLine(resource, null, 0, 0))]));
        return new QuotaSetup(projectId, name, sheet.Lines, sheet.Caps, settings?.GraceDays ?? Projects.QuotaSettings.UsualGraceDays,
            [.. members.OrderBy(m => m.Name, StringComparer.OrdinalIgnoreCase)], settings?.Version ?? 0, settings?.ChangedBy, settings?.ChangedAt,
            MaySetLimits: actor.IsAdmin, MaySetMembers: role == ProjectRole.Owner);
    }

    /// <summary>What of the limits an audit event keeps: what was set, not what was held meanwhile.</summary>
    static object Told(QuotaSetup setup) => new
    {
        limits = setup.Lines.ToDictionary(line => line.Resource, line => line.Limit),
        soft = setup.Lines.Where(line => line.Soft is not null).ToDictionary(line => line.Resource, line => line.Soft),
        caps = setup.Caps,
        graceDays = setup.GraceDays,
        members = setup.Members.Where(m => m.Lines.Any(line => line.Limit is not null))
            .ToDictionary(m => m.Name + " " + m.UserId, m => m.Lines.Where(line => line.Limit is not null).ToDictionary(line => line.Resource, line => line.Limit)),
    };

    static InvalidQuota? Check(QuotaEdit edit) =>
        CheckEach("limits", edit.Limits.ToDictionary(limit => limit.Key, limit => (long?)limit.Value))
        ?? CheckEach("soft", edit.Soft)
        ?? CheckCap(nameof(MachineCaps.Vcpus), edit.Caps.Vcpus) ?? CheckCap(nameof(MachineCaps.MemoryMib), edit.Caps.MemoryMib) ?? CheckCap(nameof(MachineCaps.DiskGib), edit.Caps.DiskGib)
        ?? (edit.GraceDays is >= 0 and <= MostGraceDays ? null : new InvalidQuota("graceDays", $"{edit.GraceDays} days of grace cannot be set.", $"Type 0 to {MostGraceDays} days."));

    static InvalidQuota? CheckEach(string field, IReadOnlyDictionary<QuotaResource, long?> figures) => figures
        .Where(figure => !Enum.IsDefined(figure.Key) || figure.Value is < 0 or > MostLimit)
        .Select(figure => new InvalidQuota($"{field}.{figure.Key}", $"{figure.Value} cannot be a limit.", $"Type a whole number from 0 to {MostLimit}.")).FirstOrDefault();

    static InvalidQuota? CheckCap(string resource, int? cap) =>
        cap is null or (> 0 and <= (int)MostLimit) ? null : new InvalidQuota($"caps.{resource}", $"{cap} cannot be a cap: no machine could be made.", $"Type a whole number from 1 to {MostLimit}, or leave it empty for none.");

    static InvalidQuota SoftAbove(QuotaResource resource, long soft, long most) =>
        new($"soft.{resource}", $"The soft limit of {QuotaWords.Amount(resource, soft)} is above the limit of {QuotaWords.Amount(resource, most)}.", "Set it to the limit or lower, or leave it empty for none.");
}
