using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Portal.Tests.Browser;

/// <summary>What axe finds serious on a page.</summary>
static class Axe
{
    // axe runs as a script in the page, for which Playwright has no deadline of its own.
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static async Task<IReadOnlyList<string>> SeriousAsync(IPage page, string where)
    {
        var result = await page.RunAxe().WaitAsync(Deadline, TestContext.Current.CancellationToken);
        return
        [
            .. result.Violations.Where(v => v.Impact is "serious" or "critical")
                .Select(v => $"{where}: {v.Id} — {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}"),
        ];
    }
}
