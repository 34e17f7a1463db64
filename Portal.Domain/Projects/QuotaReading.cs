using System.Data.Common;

namespace Portal.Domain.Projects;

/// <summary>How limits are read from the books: everything about one project, and about one person in it, in one round trip.</summary>
static class QuotaReading
{
    /// <summary>Rows of a project are always taken in this order, before any row of a person; so nobody waits in a circle.</summary>
    public const string Lock = "select 1 from quotas where project_id = $1 order by resource for no key update";

    const string Settings = "select most_vcpus, most_memory_mib, most_disk_gib, grace_days from quota_settings where project_id = $1";
    const string Project = "select resource, most, used, reserved, soft, soft_since from quotas where project_id = $1 order by resource";
    const string Member = "select resource, most, used, reserved from member_quotas where project_id = $1 and user_id = $2";

    /// <summary>Reads all limits; a limit that was never set is none at all: 0.</summary>
    /// <param name="db">The books.</param>
    /// <param name="projectId">The project.</param>
    /// <param name="holderId">The person whose own limits are read too; null: nobody.</param>
    /// <param name="take">Whether the project's rows stay locked until the transaction ends.</param>
    /// <param name="now">For the days of grace.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<QuotaSheet> ReadAsync(PortalDbContext db, Guid projectId, Guid? holderId, bool take, DateTimeOffset now, CancellationToken ct)
    {
        await using var batch = await db.BatchAsync(ct);
        // A statement that had to wait for a lock sees the row it waited for as it is now, and the other tables as they were before: so those come after it.
        batch.Add(take ? Project + " for no key update" : Project, projectId).Add(Settings, projectId);
        batch.Add(Member, projectId, holderId ?? Guid.Empty);
        await using var rows = await batch.ExecuteReaderAsync(ct);

        var lines = new Dictionary<QuotaResource, (QuotaLine Line, DateTimeOffset? SoftSince)>();
        while (await rows.ReadAsync(ct))
        {
            var line = new QuotaLine(Resource(rows), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3)) { Soft = rows.LongOrNull(4) };
            lines[line.Resource] = (line, rows.IsDBNull(5) ? null : await rows.GetFieldValueAsync<DateTimeOffset>(5, ct));
        }
        await rows.NextResultAsync(ct);
        var (caps, grace) = await rows.ReadAsync(ct)
            ? (new MachineCaps((int?)rows.LongOrNull(0), (int?)rows.LongOrNull(1), (int?)rows.LongOrNull(2)), rows.GetInt32(3))
            : (MachineCaps.None, QuotaSettings.UsualGraceDays);
        await rows.NextResultAsync(ct);
        var own = new Dictionary<QuotaResource, QuotaLine>();
        while (await rows.ReadAsync(ct))
        {
            if (rows.LongOrNull(1) is { } most)
                own[Resource(rows)] = new QuotaLine(Resource(rows), most, rows.GetInt64(2), rows.GetInt64(3));
        }

        return new QuotaSheet([.. QuotaBooks.Order.Select(resource =>
        {
            var (line, since) = lines.GetValueOrDefault(resource, (new QuotaLine(resource, 0, 0, 0), null));
            return line with
            {
                Own = own.GetValueOrDefault(resource),
                GraceEnds = QuotaRules.GraceEnds(line.Soft, since, grace),
                GraceOver = QuotaRules.GraceOver(line.Soft, since, grace, now),
            };
        })], caps);
    }

    /// <summary>The resource a row is about, from its first column.</summary>
    public static QuotaResource Resource(DbDataReader rows) => Enum.Parse<QuotaResource>(rows.GetString(0));
}
