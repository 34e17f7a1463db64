using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Portal.Tests.Browser;

/// <summary>What axe finds serious on a page.</summary>
static class Axe
{
    public static async Task<IReadOnlyList<string>> SeriousAsync(IPage page, string where)
    {
        var result = await page.RunAxe();
        return
        [
            .. result.Violations.Where(v => v.Impact is "serious" or "critical")
                .Select(v => $"{where}: {v.Id} — {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}"),
        ];
    }
}
