namespace Portal.Domain.Projects;

/// <summary>The rules of quota as pure functions; they know no database.</summary>
static class QuotaRules
{
    /// <summary>
    /// Every rule that amounts would break, in the order of the resources: the cap on one machine, the project's limit (the soft figure
    /// once its days of grace are over), the person's own. What takes nothing of a resource breaks none, however full it is.
    /// </summary>
    public static IReadOnlyList<QuotaExceeded> Judge(QuotaSheet sheet, QuotaAmounts asked)
    {
        var broken = new List<QuotaExceeded>();
        foreach (var line in sheet.Lines)
        {
            var amount = asked.Of(line.Resource);
            if (amount <= 0)
                continue;
            // Only amounts with a machine in them are one machine's size; a change of one is judged by JudgeSize.
            if (asked.Machines == 1 && sheet.Caps.Of(line.Resource) is { } cap && amount > cap)
                broken.Add(new QuotaExceeded(new QuotaLine(line.Resource, cap, 0, 0), amount, QuotaRule.MachineCap));
            if (amount > line.Left)
                broken.Add(new QuotaExceeded(line, amount, line.GraceOver ? QuotaRule.Soft : QuotaRule.Project));
            if (line.Own is { } own && amount > own.Left)
                broken.Add(new QuotaExceeded(own, amount, QuotaRule.Member));
        }
        return broken;
    }

    /// <summary>The caps that a machine would pass by growing; a size it has already is its own, whatever the caps say since.</summary>
    public static IReadOnlyList<QuotaExceeded> JudgeSize(MachineCaps caps, MachineSize? from, MachineSize to)
    {
        var (before, after) = (from is null ? QuotaAmounts.None : QuotaAmounts.OfMachine(from), QuotaAmounts.OfMachine(to));
        return [.. QuotaBooks.Order.Where(r => caps.Of(r) is { } cap && after.Of(r) > cap && after.Of(r) > before.Of(r))
            .Select(r => new QuotaExceeded(new QuotaLine(r, caps.Of(r) ?? 0, 0, 0), after.Of(r), QuotaRule.MachineCap))];
    }

    /// <summary>How many machines of a size fit now, for one person; 0 when a cap forbids the size.</summary>
    public static long Fitting(QuotaSheet sheet, MachineSize size)
    {
        if (JudgeSize(sheet.Caps, null, size).Count > 0)
            return 0;
        var one = QuotaAmounts.OfMachine(size);
        return sheet.Lines.Where(line => one.Of(line.Resource) > 0).Select(line => Math.Max(0, line.LeftForOne) / one.Of(line.Resource)).DefaultIfEmpty(0).Min();
    }

    /// <summary>Since when the soft figure is passed, after what is held became this; null while it is not.</summary>
    public static DateTimeOffset? SoftSince(long held, long? soft, DateTimeOffset? since, DateTimeOffset now) => held > soft ? since ?? now : null;

    /// <summary>Whether the soft figure is the limit now: it is passed, and its days of grace are over. Without any days it always is.</summary>
    public static bool GraceOver(long? soft, DateTimeOffset? since, int graceDays, DateTimeOffset now) =>
        soft is not null && (graceDays == 0 || (since is { } passed && now >= passed.AddDays(graceDays)));

    /// <summary>When the days of grace end; null while the soft figure is not passed.</summary>
    public static DateTimeOffset? GraceEnds(long? soft, DateTimeOffset? since, int graceDays) => soft is null ? null : since?.AddDays(graceDays);
}
