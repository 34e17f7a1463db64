using AngleSharp.Dom;
using Bunit;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Requests;
using Portal.Tests.Domain.Approvals;
using Portal.Tests.Postgres;
using Portal.Web.Approvals;

namespace Portal.Tests.Web.Pages;

public class ApprovalsPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    [Fact]
    public async Task The_oldest_is_shown_with_its_effect_on_quota_and_hosts()
    {
        await AskAsync("web-01", "For the sale.");
        await AskAsync("web-02");

        var page = OpenQueue();

        var decision = page.Find(".decision").Plain();
        decision.ShouldContain("web-01");
        decision.ShouldContain("For the sale.");
        decision.ShouldContain("0 + 2 of 10, 8 left");
        decision.ShouldContain("Leasefor ever");
        decision.ShouldContain("goes here");
        decision.ShouldContain("No rule matches");
        decision.ShouldContain($"asked now: an approver ({World.Admin.Name})");
        decision.ShouldContain($"{World.Network.Name}, 10.9.0.0/16");
    }

    [Fact]
    public async Task The_head_says_how_long_a_decision_takes_of_late()
    {
        await DenyAsync((await AskAsync("web-01")).Id, "No room.");
        await AskAsync("web-02");

        OpenQueue().Find(".facts").Plain().ShouldContain("median decision");
    }

    [Fact]
    public async Task Approving_takes_the_request_off_the_queue_and_shows_the_next()
    {
        var first = await AskAsync("web-01");
        await AskAsync("web-02");
        var page = OpenQueue();

        await page.PressAsync("Approve");

        page.Says("approved; it is being made");
        page.WaitForState(() => page.Find(".decision .title").TextContent == "web-02");
        (await Requests.GetAsync(World.Member, first.Id, Ct)).Value.Request.Status.ShouldBe(RequestStatus.Approved);
    }

    [Fact]
    public async Task A_denial_needs_its_reason_before()
    {
        var request = await AskAsync("web-01");
        var page = OpenQueue();

        await page.PressAsync("Deny");
        page.Says("Say why before you deny");
        (await Requests.GetAsync(World.Member, request.Id, Ct)).Value.Request.Status.ShouldBe(RequestStatus.Waiting);

        await page.TypeAsync("#reason", "No room this week.");
        await page.PressAsync("Deny");

        page.Says("denied; what it held is free again");
        (await Requests.GetAsync(World.Member, request.Id, Ct)).Value.Request.DecisionReason.ShouldBe("No room this week.");
    }

    [Fact]
    public async Task Somebody_else_deciding_first_is_said_and_nothing_else_slips_under_the_hand()
    {
        var request = await AskAsync("web-01");
        await AskAsync("web-02");
        var page = OpenQueue();

        await DenyAsync(request.Id, "No room.");

        page.Says("This request no longer waits: it was denied by");
        page.Find(".decision .title").TextContent.ShouldBe("web-01");
        page.Button("Approve").HasAttribute("disabled").ShouldBeTrue();
        await page.PressAsync("Next one");
        page.WaitForState(() => page.Find(".decision .title").TextContent == "web-02");
    }

    [Fact]
    public async Task Several_at_once_give_a_result_for_each()
    {
        await AskAsync("web-01");
        await AskAsync("web-02");
        await AskAsync("web-03");
        var page = OpenQueue();

        await page.DoAsync("input[aria-label='Select all requests']", e => e.ChangeAsync(true));
        await page.PressAsync("Approve 3");

        page.Says("all 3 done");
        page.FindAll(".results li").Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_database_that_goes_away_in_between_hides_nothing_of_what_was_done()
    {
        await AskAsync("web-01");
        await AskAsync("web-02");
        await AskAsync("web-03");
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await db.Database.ExecuteSqlRawAsync("""
            create function away() returns trigger language plpgsql as $$ begin raise exception 'shutting down' using errcode = 'admin_shutdown'; end $$;
            create trigger away before insert on audit_events for each row when (new.action = 'request.approve' and new.subject_name = 'web-02') execute function away();
            """, Ct);
        var page = OpenQueue();

        await page.DoAsync("input[aria-label='Select all requests']", e => e.ChangeAsync(true));
        await page.PressAsync("Approve 3");

        page.Says("1 done, 2 not");
        var told = page.FindAll(".results li").Select(l => l.Plain()).ToList();
        told[0].ShouldContain("approved; it is being made");
        told[1].ShouldContain("may be done or not: look before you ask again");
        told[2].ShouldContain("This one was not tried.");
    }

    [Fact]
    public async Task The_keys_move_and_decide()
    {
        await AskAsync("web-01");
        await AskAsync("web-02");
        var page = OpenQueue();

        await page.InvokeAsync(() => page.Instance.KeyPressed("j"));
        page.WaitForState(() => page.Find(".decision .title").TextContent == "web-02");
        await page.InvokeAsync(() => page.Instance.KeyPressed("a"));

        page.Says("approved; it is being made");
        page.WaitForState(() => page.Find(".decision .title").TextContent == "web-01");
    }

    [Fact]
    public async Task Nothing_is_decided_while_another_request_is_shown_than_the_chosen_one()
    {
        await AskAsync("web-01");
        var second = await AskAsync("web-02");
        var page = OpenQueue();
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await using var slow = await db.Database.BeginTransactionAsync(Ct);
        await db.Database.ExecuteSqlRawAsync("lock table quotas in access exclusive mode", Ct);

        var chosen = page.InvokeAsync(() => page.Instance.KeyPressed("j"));
        page.WaitForState(() => Address == $"/approvals?request={second.Id}");

        page.WaitForAssertion(() => page.Button("Approve").HasAttribute("disabled").ShouldBeTrue());
        page.Find(".decision .title").TextContent.ShouldBe("web-01");
        await page.InvokeAsync(() => page.Instance.KeyPressed("a")).WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await slow.RollbackAsync(Ct);
        await chosen;
        page.WaitForState(() => page.Find(".decision .title").TextContent == "web-02");
        (await Requests.GetAsync(World.Member, second.Id, Ct)).Value.Request.Status.ShouldBe(RequestStatus.Waiting);
        page.Button("Approve").HasAttribute("disabled").ShouldBeFalse();
    }

    [Fact]
    public void An_empty_queue_says_what_comes_here()
    {
        var page = Open<ApprovalsPage>(World.Admin, "/approvals");

        page.Says("Nothing waits for you");
    }

    [Fact]
    public async Task Who_is_not_asked_is_told_so_and_shown_nothing()
    {
        await AskAsync("web-01");

        var page = Open<ApprovalsPage>(World.Member, "/approvals");

        page.Says("You are not asked to decide requests.");
        page.Text().ShouldNotContain("web-01");
    }

    [Fact]
    public async Task A_request_of_two_levels_shows_who_decides_and_waits_for_the_second_after_the_first_yes()
    {
        var cast = new Cast(Postgres, World);
        await cast.RuleAsync(Cast.Ask(Cast.AsksOwners(), Cast.AsksRole(Roles.Approver)), name: "Two levels");
        var request = await AskAsync("web-01");
        var page = Open<ApprovalsPage>(World.Owner, "/approvals");
        page.WaitForElement(".decision .title");
        page.FindAll(".levels li").Select(li => li.Plain()).ShouldBe([$"Level 1 asked now: an owner of the project ({World.Owner.Name})", $"Level 2 asked next: an approver ({World.Admin.Name})"]);

        await page.PressAsync("Approve");

        page.Says("you said yes; it waits for level 2 of 2");
        page.Says("Nothing waits for you");
        (await Requests.GetAsync(World.Member, request.Id, Ct)).Value.Request.Level.ShouldBe(1);
    }

    [Fact]
    public async Task Ones_own_request_says_why_one_may_not_and_offers_no_button()
    {
        await Requests.SubmitAsync(World.Admin, World.Draft("mine"), "mine", Ct);
        var page = OpenQueue();

        page.Says("You may not decide your own request");
        page.Button("Approve").HasAttribute("disabled").ShouldBeTrue();
        await page.InvokeAsync(() => page.Instance.KeyPressed("a"));
        page.FindAll(".results").ShouldBeEmpty();
    }

    [Fact]
    public async Task Filters_stand_in_the_address_and_narrow_the_queue()
    {
        await AskAsync("web-01");
        await AskAsync("db-01");

        var page = Open<ApprovalsPage>(World.Admin, "/approvals?q=db-01&kind=Create&sort=-submitted");
        page.WaitForElement(".decision .title");

        page.FindAll(".queue .item .open .strong").Select(e => e.TextContent).ShouldBe(["db-01"]);
        page.Find(".facts").Plain().ShouldContain("2 requests wait");
    }

    [Fact]
    public async Task A_stand_in_is_told_for_whom_he_decides()
    {
        var cast = new Cast(Postgres, World);
        await cast.RuleAsync(Cast.Ask(Cast.AsksOwners()));
        await cast.AwayAsync(World.Owner, World.Viewer);
        await AskAsync("web-01");

        var page = Open<ApprovalsPage>(World.Viewer, "/approvals");

        page.Says($"You decide for {World.Owner.Name}, who is away.");
    }

    IRenderedComponent<ApprovalsPage> OpenQueue()
    {
        var page = Open<ApprovalsPage>(World.Admin, "/approvals");
        page.WaitForElement(".decision .title");
        return page;
    }
}
