using Microsoft.Playwright;

namespace Portal.Tests.Browser;

/// <summary>Pictures of real pages. Those of the README are copies of what these tests take.</summary>
static class Pictures
{
    static readonly string Folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "pictures")).FullName;

    /// <summary>Takes the page as a person sees it, without scrolling.</summary>
    public static Task TakeAsync(this IPage page, string name) => page.ScreenshotAsync(new() { Path = Path.Combine(Folder, name + ".png") });

    /// <summary>Switches the page's theme the way the system would and takes it in both.</summary>
    public static async Task TakeBothAsync(this IPage page, string name)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.Locator("html:not(.dark)").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.TakeAsync(name + "-light");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.Locator("html.dark").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.TakeAsync(name + "-dark");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }
}
