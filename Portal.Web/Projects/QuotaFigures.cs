using System.Globalization;
using Portal.Domain.Projects;
using Portal.Web.Controls;

namespace Portal.Web.Projects;

/// <summary>Figures as people type them into the forms of limits.</summary>
public static class QuotaFigures
{
    /// <summary>A field's name with the unit that is typed.</summary>
    public static string Label(QuotaResource resource) => resource switch
    {
        QuotaResource.MemoryMib => "Memory, MiB",
        QuotaResource.DiskGib => "Disk, GiB",
        _ => Words.Of(resource),
    };

    /// <summary>A figure as it stands in its field; empty for none.</summary>
    public static string Text(long? figure) => figure?.ToString(CultureInfo.InvariantCulture) ?? "";

    /// <summary>Reads a field: whole numbers without sign, or nothing where that may be.</summary>
    /// <returns>Whether it can be read.</returns>
    public static bool TryRead(string? text, bool mayBeEmpty, out long? figure)
    {
        figure = null;
        if (string.IsNullOrWhiteSpace(text))
            return mayBeEmpty;
        var ok = long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var read) && read <= QuotaService.MostLimit;
        figure = ok ? read : null;
        return ok;
    }

    /// <summary>What is different between limits as a form was opened with and as they are now, in words.</summary>
    public static IReadOnlyList<string> Difference(QuotaSetup opened, QuotaSetup now)
    {
        var said = new List<string>();
        foreach (var line in now.Lines)
        {
            var before = opened.Lines.FirstOrDefault(l => l.Resource == line.Resource);
            Say($"Limit of {Words.Of(line.Resource).ToLowerInvariant()}", before?.Limit, line.Limit);
            Say($"Soft limit of {Words.Of(line.Resource).ToLowerInvariant()}", before?.Soft, line.Soft);
            Say($"Most {Words.Of(line.Resource).ToLowerInvariant()} of a single machine", opened.Caps.Of(line.Resource), now.Caps.Of(line.Resource));
        }
        Say("Days of grace", opened.GraceDays, now.GraceDays);
        foreach (var member in now.Members)
        {
            var before = opened.Members.FirstOrDefault(m => m.UserId == member.UserId);
            foreach (var line in member.Lines)
                Say($"{member.Name}’s limit of {Words.Of(line.Resource).ToLowerInvariant()}", before?.Lines.FirstOrDefault(l => l.Resource == line.Resource)?.Limit, line.Limit);
        }
        return said;

        void Say(string what, long? before, long? after)
        {
            if (before != after)
                said.Add($"{what}: {Text(before ?? -1).Replace("-1", "none", StringComparison.Ordinal)} → {Text(after ?? -1).Replace("-1", "none", StringComparison.Ordinal)}");
        }
    }
}
