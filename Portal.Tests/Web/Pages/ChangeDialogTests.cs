using Bunit;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;
using Portal.Web.Machines;
using Portal.Web.Overview;
using Portal.Web.Requests;

namespace Portal.Tests.Web.Pages;

public class ChangeDialogTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task Resizing_says_before_the_button_what_it_takes_what_comes_later_and_who_decides()
    {
        var machine = await World.AddMachineAsync(name: "web-01");
        var page = OpenMachine(machine.Id);
        page.Says("Resize…");

        var pressed = page.PressAsync("Resize…");
        Dialogs.Says("Resize web-01");
        Dialogs.Button("Ask for this size").HasAttribute("disabled").ShouldBeTrue();
        await Dialogs.TypeAsync("#resize-memory", "512");
        Dialogs.Says("after a restart");
        Dialogs.Text().ShouldContain("no memory balloon");
        Dialogs.Says("An approver decides");
        await Dialogs.TypeAsync("#resize-disk", "1");
        Dialogs.Says("cannot become 1 GiB");
        Dialogs.Button("Ask for this size").HasAttribute("disabled").ShouldBeTrue();
        await Dialogs.TypeAsync("#resize-disk", "4");
        Dialogs.Says("at once");
        Dialogs.WaitForState(() => !Dialogs.Button("Ask for this size").HasAttribute("disabled"));
        await Dialogs.PressAsync("Ask for this size");
        await pressed;

        page.WaitForState(() => Address.StartsWith("/requests/", StringComparison.Ordinal));
        var request = (await Requests.ListAsync(World.Member, new(), Ct)).Items.ShouldHaveSingleItem();
        request.Terms.ShouldBe(new ResizeTerms(new(1, 256, 2), new(1, 512, 4)));
    }

    [Fact]
    public async Task A_size_that_waits_for_a_restart_is_said_on_the_machines_page()
    {
        var machine = await World.AddMachineAsync(name: "web-01");
        var asked = (await Requests.SubmitAsync(World.Member, new ResizeDraft(machine.Id, 1, 512, 2, null), "k", Ct)).Value;
        await ApproveAsync(asked.Id);
        await Books.ResizedAsync(await ClaimAsync(), new(new(1, 256, 2), new(1, 512, 2), 1, 1), Ct);

        var page = OpenMachine(machine.Id);

        page.Says("After a restart");
        page.Text().ShouldContain("1 vCPU · 512 MiB · 2 GiB");
        page.Text().ShouldContain("a reset is not enough");
    }

    [Fact]
    public async Task An_owner_protects_a_machine_and_then_its_deletion_is_asked_for()
    {
        var machine = await World.AddMachineAsync(name: "web-01");
        var page = Open<MachinePage>(World.Owner, $"/machines/{machine.Id}", p => p.Add(m => m.Id, machine.Id));
        page.Says("Protect");
        await page.PressAsync("Protect");
        page.Says("Ask for deletion…");
        page.FindAll("button").ShouldNotContain(b => b.TextContent == "Delete…");

        var pressed = page.PressAsync("Ask for deletion…");
        Dialogs.Says("Ask for the deletion of web-01");
        await Dialogs.TypeAsync("#delete-name", "web-01");
        Dialogs.WaitForState(() => !Dialogs.Button("Ask for its deletion").HasAttribute("disabled"));
        await Dialogs.PressAsync("Ask for its deletion");
        await pressed;

        page.WaitForState(() => Address.StartsWith("/requests/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_member_sees_that_only_owners_switch_the_protection()
    {
        var machine = await World.AddMachineAsync(name: "web-01");

        var page = OpenMachine(machine.Id);

        page.Says("Protect");
        page.FindAll("button").Single(b => b.TextContent.StartsWith("Protect", StringComparison.Ordinal)).GetAttribute("title").ShouldBe("Only an owner of the project switches the protection.");
    }

    [Fact]
    public async Task More_is_asked_for_beside_the_quota()
    {
        var page = Open<OverviewPage>(World.Member, "/");
        page.Says("Ask for more");

        var pressed = page.PressAsync("Ask for more");
        Dialogs.WaitForElement("#limit-Machines");
        await Dialogs.TypeAsync("#limit-Machines", "9");
        Dialogs.Says("would not raise it");
        await Dialogs.TypeAsync("#limit-Machines", "12");
        Dialogs.WaitForState(() => !Dialogs.Button("Ask for these limits").HasAttribute("disabled"));
        await Dialogs.PressAsync("Ask for these limits");
        await pressed;

        page.WaitForState(() => Address.StartsWith("/requests/", StringComparison.Ordinal));
        (await Requests.ListAsync(World.Member, new(), Ct)).Items.ShouldHaveSingleItem().Terms.ShouldBeOfType<QuotaTerms>().To.ShouldBe(new Dictionary<QuotaResource, long> { [QuotaResource.Machines] = 12 });
    }

    [Fact]
    public async Task What_is_written_on_a_request_shows_as_text_at_once()
    {
        var request = await AskAsync("web-01");
        var page = Open<RequestPage>(World.Member, $"/requests/{request.Id}", p => p.Add(r => r.Id, request.Id));
        page.WaitForElement("#comment");

        await page.TypeAsync("#comment", "<script>alert(1)</script>");
        await page.PressAsync("Send");

        page.Says("<script>alert(1)</script>");
        page.FindAll("script").ShouldBeEmpty();
        (await Requests.CommentAsync(World.Admin, request.Id, "Why so large?", "c", Ct)).IsOk.ShouldBeTrue();
        page.Says("Why so large?");
    }

    [Fact]
    public async Task A_denied_request_is_changed_in_the_form_it_was_asked_with()
    {
        var request = await AskAsync("web-01", "For the sale.");
        await DenyAsync(request.Id, "Say more.");
        var page = Open<RequestPage>(World.Member, $"/requests/{request.Id}", p => p.Add(r => r.Id, request.Id));
        page.Says("Change and send anew");
        await page.PressAsync("Change and send anew");
        Address.ShouldBe($"/machines/new?replaces={request.Id}");

        var form = Browser.Render<NewMachinePage>();
        form.WaitForState(() => form.FindAll("input#name").Any(name => name.GetAttribute("value") == "web-01"));
        await form.DoAsync("form", f => f.SubmitAsync());

        form.WaitForState(() => Address.StartsWith("/requests/", StringComparison.Ordinal));
        (await Requests.GetAsync(World.Member, request.Id, Ct)).Value.ReplacedById.ShouldNotBeNull();
    }

    IRenderedComponent<MachinePage> OpenMachine(Guid id) => Open<MachinePage>(World.Member, $"/machines/{id}", p => p.Add(m => m.Id, id));
}
