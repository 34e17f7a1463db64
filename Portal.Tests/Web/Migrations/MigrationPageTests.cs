using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Tests.Postgres;
using Portal.Web.Accounts;
using Portal.Web.Layout;
using Portal.Web.Migrations;
using Claim = Portal.Domain.Operations.Claim;
using Claims = System.Security.Claims;

namespace Portal.Tests.Web.Migrations;

public sealed class MigrationPageTests(PostgresFixture postgres) : BunitContext, IClassFixture<PostgresFixture>
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    static CancellationToken Stop => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_follows_a_move_from_its_order_to_its_receipt()
    {
        var (world, move) = await OrderAsync();
        var page = Open(world.Viewer, move.Id);
        page.WaitForAssertion(() => page.Find("h1").TextContent.ShouldStartWith($"{move.MachineName} will move"), Deadline);

        var claim = await ClaimAsync(move);
        var books = postgres.Get<MigrationBooks>();
        await books.BeginAsync(claim, postgres.Time.GetUtcNow(), Stop);
        await books.ObserveAsync(claim, "Copy", Moves.PhasesWhileCopying, Moves.Decisions, Moves.Running.Predicted, Stop);
        page.WaitForAssertion(() => page.Find(".page-head .chip").TextContent.ShouldBe("Copying memory"), Deadline);
        page.FindAll(".decisions li").Count.ShouldBe(2);

        await books.MovedAsync(claim, "It moved.", Moves.Moved.Measured, MachineState.Running, Stop);
        page.WaitForAssertion(() => page.Find("h1").TextContent.ShouldStartWith($"{move.MachineName} moved from"), Deadline);
        page.Find(".receipt .measured").TextContent.ShouldContain("52");
    }

    [Fact]
    public async Task Whoever_is_not_in_the_project_learns_only_that_there_is_no_such_move()
    {
        var (world, move) = await OrderAsync();
        var page = Open(world.Stranger, move.Id);
        page.WaitForAssertion(() => page.Find("h1").TextContent.ShouldBe("There is no such move here"), Deadline);
        page.Markup.ShouldNotContain(move.MachineName);
    }

    [Fact]
    public async Task Cancelling_asks_first_and_then_the_ledger()
    {
        var (world, move) = await OrderAsync();
        var page = Open(world.Admin, move.Id);
        var dialogs = Render<MudDialogProvider>();
        page.WaitForElement("button.danger", Deadline).Click();
        dialogs.WaitForElement(".btn.danger.solid", Deadline);
        dialogs.Markup.ShouldContain($"Cancel the move of {move.MachineName}?");

        await dialogs.Find(".btn.danger.solid").ClickAsync(new());
        page.WaitForAssertion(() => page.Find("button.danger").TextContent.Trim().ShouldBe("Cancelling…"), Deadline);
        var operation = await postgres.Get<OperationService>().GetAsync(world.Admin, move.OperationId, Stop);
        operation.ShouldNotBeNull().Operation.CancelRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task A_move_that_ends_takes_the_question_about_it_back_and_says_so()
    {
        var (world, move) = await OrderAsync();
        var page = Open(world.Admin, move.Id);
        var (dialogs, words) = (Render<MudDialogProvider>(), Render<MudSnackbarProvider>());
        page.WaitForElement("button.danger", Deadline).Click();
        dialogs.WaitForElement(".btn.danger.solid", Deadline);

        var claim = await ClaimAsync(move);
        await postgres.Get<MigrationBooks>().BeginAsync(claim, postgres.Time.GetUtcNow(), Stop);
        await postgres.Get<MigrationBooks>().MovedAsync(claim, "It moved.", Moves.Moved.Measured, MachineState.Running, Stop);

        dialogs.WaitForState(() => dialogs.FindAll(".mud-dialog").Count == 0, Deadline);
        words.WaitForState(() => words.Markup.Contains($"The move of {move.MachineName} has ended", StringComparison.Ordinal), Deadline);
        (await postgres.Get<OperationService>().GetAsync(world.Admin, move.OperationId, Stop)).ShouldNotBeNull().Operation.CancelRequested.ShouldBeFalse();
    }

    async Task<(World World, MigrationRow Move)> OrderAsync()
    {
        var world = await postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Running, world.Hosts[0]);
        var order = await postgres.Get<MigrationService>().StartAsync(world.Admin, machine.Id, world.Hosts[1].Id, MigrationMode.Live, 100, Guid.NewGuid().ToString(), Stop);
        return (world, order.Value);
    }

    async Task<Claim> ClaimAsync(MigrationRow move)
    {
        while (await postgres.Get<Ledger>().ClaimAsync("test", TimeSpan.FromMinutes(1), Stop) is { } claim)
        {
            if (claim.OperationId == move.OperationId)
                return claim;
        }

        throw new InvalidOperationException("The move is not in the ledger.");
    }

    IRenderedComponent<MigrationPage> Open(Actor actor, Guid id)
    {
        Services.AddSingleton(TimeProvider.System).AddPortalDomain(postgres.ConnectionString).AddPortalPages().AddScoped<ActorProvider>();
        var who = this.AddAuthorization().SetAuthorized(actor.Name);
        if (actor.IsAdmin)
            who.SetRoles(Roles.Admin);
        // In this order: roles replace claims.
        who.SetClaims(new Claims.Claim(Claims.ClaimTypes.NameIdentifier, actor.UserId.ToString()));
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        JSInterop.Mode = JSRuntimeMode.Loose;
        return Render<MigrationPage>(page => page.Add(p => p.Id, id));
    }
}
