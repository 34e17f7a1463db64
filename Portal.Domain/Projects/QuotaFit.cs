using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Projects;

/// <summary>What would fit where something did not.</summary>
static class QuotaFit
{
    /// <summary>For a new machine the largest flavor that fits and how many of it; for a change, what is left of what it wanted more of.</summary>
    public static async Task<WhatFits> FindAsync(PortalDbContext db, QuotaSheet sheet, QuotaAmounts asked, CancellationToken ct)
    {
        if (asked.Machines <= 0)
            return new WhatFits(null, 0, sheet.Lines.Where(line => asked.Of(line.Resource) > 0).ToDictionary(line => line.Resource, line => Math.Max(0, line.LeftForOne)));
        var flavors = await db.Flavors.AsNoTracking().Where(f => f.Available).ToListAsync(ct);
        return Largest(sheet, [.. flavors.Select(f => (f.Name, f.Size))]);
    }

    /// <summary>The largest of some flavors that fits: by memory, then processors, then disk.</summary>
    public static WhatFits Largest(QuotaSheet sheet, IReadOnlyList<(string Name, MachineSize Size)> flavors)
    {
        var fitting = flavors.Select(flavor => (flavor.Name, flavor.Size, Count: QuotaRules.Fitting(sheet, flavor.Size))).Where(flavor => flavor.Count > 0);
        var (name, _, count) = fitting.OrderByDescending(f => f.Size.MemoryMib).ThenByDescending(f => f.Size.Vcpus).ThenByDescending(f => f.Size.DiskGib).ThenBy(f => f.Name, StringComparer.Ordinal).FirstOrDefault();
        return new WhatFits(name, count, new Dictionary<QuotaResource, long>());
    }
}
