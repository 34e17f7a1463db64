using Npgsql;

namespace Portal.Domain.Projects;

/// <summary>Amounts that are held.</summary>
/// <param name="Sheet">The limits, with the amounts in them.</param>
/// <param name="Answers">What the questions that came along were answered with, in order; null for no row.</param>
sealed record QuotaHold(QuotaSheet Sheet, IReadOnlyList<object?> Answers);

/// <summary>
/// Changes what is held of a project's limits, and of each person's part in it, in the caller's transaction. Every change first takes
/// the rows of the project, always in the same order, so that two transactions can wait for each other but never in a circle; what is
/// then read is the truth until the end of the transaction, and the limit is met exactly.
/// </summary>
static class QuotaBooks
{
    /// <summary>The order in which limits are told and refused.</summary>
    public static IReadOnlyList<QuotaResource> Order { get; } = Enum.GetValues<QuotaResource>();

    /// <summary>Holds amounts for a request of a person in the project. On a refusal nothing was taken, and the project's rows stay locked until the caller ends the transaction.</summary>
    public static async Task<Refusal?> ReserveAsync(PortalDbContext db, Guid projectId, Guid holderId, QuotaAmounts amounts, CancellationToken ct) =>
        (await HoldAsync(db, projectId, holderId, amounts, [], ct)).Refusal;

    /// <summary>
    /// As <see cref="ReserveAsync"/>; a yes gives the limits with the amounts in them, and the answers to questions that came along. Those
    /// are asked once the project's rows are taken, and cost the others who wait for these rows no round trip of their own.
    /// </summary>
    public static async Task<Result<QuotaHold>> HoldAsync(PortalDbContext db, Guid projectId, Guid holderId, QuotaAmounts amounts, IReadOnlyList<Question> along, CancellationToken ct)
    {
        var now = db.Now();
        // What takes nothing of anything waits for nobody.
        var takes = amounts.Growth();
        var sheet = await QuotaReading.ReadAsync(db, projectId, holderId, take: takes != QuotaAmounts.None, now, ct);
        if (takes != QuotaAmounts.None && QuotaRules.Judge(sheet, amounts) is [var broken, ..])
            return broken.Offering(await QuotaFit.FindAsync(db, sheet, amounts, ct));

        await using var batch = await db.BatchAsync(ct);
        if (takes != QuotaAmounts.None)
        {
            AddMove(batch, projectId, takes, used: 0, reserved: 1, now);
            AddMemberHold(batch, projectId, holderId, takes);
        }
        foreach (var question in along)
            batch.Add(question);
        IReadOnlyList<object?> answers = batch.BatchCommands.Count == 0 ? [] : await batch.AnswersAsync(ct);
        await SoftLimits.TellPassedAsync(db, projectId, sheet, takes, now, ct);
        return new QuotaHold(sheet with { Lines = [.. sheet.Lines.Select(line => WithMore(line, takes.Of(line.Resource)))] }, answers);
    }

    /// <summary>Gives back what a request held: it was denied, withdrawn, or its machine could not be made.</summary>
    public static Task ReleaseReservedAsync(PortalDbContext db, Guid projectId, Guid holderId, QuotaAmounts amounts, CancellationToken ct) =>
        MoveAsync(db, projectId, holderId, amounts, used: 0, reserved: -1, ct);

    /// <summary>Turns what a request held into what a machine uses: the machine was made.</summary>
    public static Task UseReservedAsync(PortalDbContext db, Guid projectId, Guid holderId, QuotaAmounts amounts, CancellationToken ct) =>
        MoveAsync(db, projectId, holderId, amounts, used: 1, reserved: -1, ct);

    /// <summary>Gives back what a machine used: it is gone.</summary>
    public static Task ReleaseUsedAsync(PortalDbContext db, Guid projectId, Guid holderId, QuotaAmounts amounts, CancellationToken ct) =>
        MoveAsync(db, projectId, holderId, amounts, used: -1, reserved: 0, ct);

    /// <summary>Every limit of a project, in order; a limit that was never set is none at all: 0.</summary>
    public static async Task<IReadOnlyList<QuotaLine>> ReadAsync(PortalDbContext db, Guid projectId, CancellationToken ct) =>
        (await SheetAsync(db, projectId, null, ct)).Lines;

    /// <summary>Every limit of a project with the caps, and beside each the person's own; nothing is locked.</summary>
    public static Task<QuotaSheet> SheetAsync(PortalDbContext db, Guid projectId, Guid? holderId, CancellationToken ct) =>
        QuotaReading.ReadAsync(db, projectId, holderId, take: false, db.Now(), ct);

    /// <summary>Why a machine may not grow to a size, whatever is left of the quota; null when it may.</summary>
    public static async Task<Refusal?> RefuseSizeAsync(PortalDbContext db, Guid projectId, MachineSize? from, MachineSize to, CancellationToken ct) =>
        QuotaRules.JudgeSize((await SheetAsync(db, projectId, null, ct)).Caps, from, to) is [var broken, ..] ? broken : null;

    static QuotaLine WithMore(QuotaLine line, long amount) =>
        line with { Reserved = line.Reserved + amount, Own = line.Own is { } own ? own with { Reserved = own.Reserved + amount } : null };

    static async Task MoveAsync(PortalDbContext db, Guid projectId, Guid holderId, QuotaAmounts amounts, int used, int reserved, CancellationToken ct)
    {
        if (Order.All(resource => amounts.Of(resource) == 0))
            return;
        await using var batch = await db.BatchAsync(ct);
        batch.Add(QuotaReading.Lock, projectId);
        AddMove(batch, projectId, amounts, used, reserved, db.Now());
        batch.Add(MemberDrift.Find, projectId, holderId, Names(amounts), Amounts(amounts, used), Amounts(amounts, reserved));
        // The project's figures are kept by checks. A person's that were wrong hold up no machine: they are told of, and left to the recount.
        batch.Add("""
            update member_quotas q set used = greatest(0, q.used + d.used), reserved = greatest(0, q.reserved + d.reserved)
            from unnest($3::text[], $4::bigint[], $5::bigint[]) d (resource, used, reserved)
            where q.project_id = $1 and q.user_id = $2 and q.resource = d.resource
            """, projectId, holderId, Names(amounts), Amounts(amounts, used), Amounts(amounts, reserved));
        if (used > 0)
            AddMemberRows(batch, projectId, holderId, amounts, used, reserved: 0, onlyNew: true);
        var drift = new List<MemberDrift>();
        await using (var rows = await batch.ExecuteReaderAsync(ct))
        {
            await rows.NextResultAsync(ct);
            while (await rows.ReadAsync(ct))
                drift.Add(new MemberDrift(QuotaReading.Resource(rows), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4)));
            await rows.NextResultAsync(ct);
        }
        // A missing row would let the books drift in silence.
        if (batch.BatchCommands[1].RecordsAffected != Names(amounts).Length)
            throw new InvalidOperationException($"Project {projectId} holds {amounts} but has not a limit of every kind.");
        await MemberDrift.TellAsync(db, projectId, holderId, drift, ct);
    }

    /// <summary>Below zero, and growth above the limit, the database's own checks refuse.</summary>
    static void AddMove(NpgsqlBatch batch, Guid projectId, QuotaAmounts amounts, int used, int reserved, DateTimeOffset now) => batch.Add($"""
        update quotas q set used = q.used + d.used, reserved = q.reserved + d.reserved,
            soft_since = {SoftLimits.Since("q.used + d.used + q.reserved + d.reserved")}, grace_told = q.grace_told and {SoftLimits.Passed("q.used + d.used + q.reserved + d.reserved")}
        from unnest($2::text[], $3::bigint[], $4::bigint[]) d (resource, used, reserved)
        where q.project_id = $1 and q.resource = d.resource
        """, projectId, Names(amounts), Amounts(amounts, used), Amounts(amounts, reserved), now);

    static void AddMemberHold(NpgsqlBatch batch, Guid projectId, Guid holderId, QuotaAmounts amounts) => AddMemberRows(batch, projectId, holderId, amounts, used: 0, reserved: 1, onlyNew: false);

    static void AddMemberRows(NpgsqlBatch batch, Guid projectId, Guid holderId, QuotaAmounts amounts, int used, int reserved, bool onlyNew) => batch.Add($"""
        insert into member_quotas as q (project_id, user_id, resource, used, reserved)
        select $1, $2, d.resource, d.used, d.reserved from unnest($3::text[], $4::bigint[], $5::bigint[]) d (resource, used, reserved)
        on conflict (project_id, user_id, resource) do {(onlyNew ? "nothing" : "update set used = q.used + excluded.used, reserved = q.reserved + excluded.reserved")}
        """, projectId, holderId, Names(amounts), Amounts(amounts, used), Amounts(amounts, reserved));

    static string[] Names(QuotaAmounts amounts) => [.. Order.Where(resource => amounts.Of(resource) != 0).Select(resource => resource.ToString())];

    static long[] Amounts(QuotaAmounts amounts, int times) => [.. Order.Where(resource => amounts.Of(resource) != 0).Select(resource => amounts.Of(resource) * times)];
}
