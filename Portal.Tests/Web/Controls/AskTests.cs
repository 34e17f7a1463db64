using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using Portal.Web.Controls;

namespace Portal.Tests.Web.Controls;

public sealed class AskTests : BunitContext
{
    IRenderedComponent<MudDialogProvider> Dialogs { get; }

    public AskTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Render<MudPopoverProvider>();
        Dialogs = Render<MudDialogProvider>();
    }

    [Fact]
    public async Task A_double_click_asks_once_and_the_next_click_asks_again()
    {
        var (first, second) = (AskAsync(Xunit.TestContext.Current.CancellationToken), AskAsync(Xunit.TestContext.Current.CancellationToken));

        (await second).ShouldBeFalse();
        Dialogs.WaitForElement(".btn.danger.solid");
        Dialogs.FindAll(".mud-dialog").Count.ShouldBe(1);
        await Dialogs.Find(".btn.danger.solid").ClickAsync(new());
        (await first).ShouldBeTrue();

        var third = AskAsync(Xunit.TestContext.Current.CancellationToken);
        Dialogs.WaitForElement(".mud-dialog .btn:not(.danger)");
        await Dialogs.Find(".mud-dialog .btn:not(.danger)").ClickAsync(new());
        (await third).ShouldBeFalse();
    }

    [Fact]
    public async Task A_question_that_has_become_moot_goes_and_counts_as_no()
    {
        using var moot = new CancellationTokenSource();
        var asked = AskAsync(moot.Token);
        Dialogs.WaitForElement(".mud-dialog");

        await Dialogs.InvokeAsync(moot.Cancel);

        (await asked).ShouldBeFalse();
        Dialogs.WaitForState(() => Dialogs.FindAll(".mud-dialog").Count == 0);
    }

    Task<bool> AskAsync(CancellationToken moot) =>
        Dialogs.InvokeAsync(() => Services.GetRequiredService<IDialogService>().AskAsync("Delete web-01?", "It is gone for good.", "Delete web-01", moot: moot));
}
