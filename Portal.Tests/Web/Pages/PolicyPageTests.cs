using AngleSharp.Dom;
using Bunit;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Leases;
using Portal.Domain.Policies;
using Portal.Domain.Requests;
using Portal.Tests.Domain.Approvals;
using Portal.Tests.Postgres;
using Portal.Web.Policies;

namespace Portal.Tests.Web.Pages;

public class PolicyPageTests(PostgresCluster cluster) : PageTest(cluster)
{
    PolicyService Policies => Get<PolicyService>();

    [Fact]
    public void Without_a_rule_the_page_says_what_rules_are_for_and_where_to_begin()
    {
        var page = Open<PolicyPage>(World.Admin, "/policy");

        page.Says("There is no rule yet");
        page.Find("a[href='/policy/new']").ShouldNotBeNull();
    }

    [Fact]
    public async Task Rules_read_as_sentences_and_move_switch_and_go()
    {
        await AddAsync("First", new RuleConditions(Kinds: [RequestKind.Create], SharePercent: new(To: 50)), new RuleOutcome(PolicyOutcome.Approve, "Small is fine", []));
        await AddAsync("Second", RuleConditions.Any, Cast.Ask(Cast.AsksOwners(), Cast.AsksRole(Roles.Approver)));
        var page = Open<PolicyPage>(World.Admin, "/policy");
        page.Says("When kind: create machine · quota afterwards at most 50 % → approve at once: “Small is fine”");
        page.Says("When anything → ask an owner of the project, then an approver; nobody decides his own request");

        await page.PressAsync("Move Second up");
        page.WaitForState(() => page.Find(".rule a.name").TextContent == "Second");
        page.Says("It can never match: “Second” stands before it");
        await page.PressAsync("Switch off Second");
        page.Says("switched off");
        var delete = page.PressAsync("Delete First");
        Dialogs.WaitForState(() => Dialogs.FindAll("button").Any(b => b.Plain() == "Delete the rule"));
        await Dialogs.PressAsync("Delete the rule");
        await delete;

        page.WaitForState(() => page.FindAll(".rule a.name").Count == 1);
    }

    [Fact]
    public async Task An_auditor_reads_and_changes_nothing()
    {
        await AddAsync("First", RuleConditions.Any, Cast.Ask(Cast.AsksOwners()));

        var page = Open<PolicyPage>(World.Stranger with { Platform = PlatformRoles.Auditor }, "/policy");

        page.Says("First");
        page.FindAll("button").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_platforms_lease_terms_are_set_here_and_hold_for_a_project_without_its_own()
    {
        var page = Open<PolicyPage>(World.Admin, "/policy");
        page.Says("built in");
        await page.PressAsync("Change terms");

        await page.TypeAsync("#mostDays", "9999");
        await page.DoAsync(".lease-terms form", e => e.SubmitAsync());
        page.Says("Give 1 to 3650 days.");
        await page.TypeAsync("#mostDays", "60");
        await page.TypeAsync("#defaultDays", "30");
        await page.DoAsync(".lease-terms form", e => e.SubmitAsync());

        page.WaitForState(() => page.FindAll(".lease-terms form").Count == 0);
        var terms = (await Get<LeaseService>().TermsAsync(World.Member, World.Project.Id, Ct)).Value;
        (terms.IsOwn, terms.Terms.DefaultDays, terms.Terms.MostDays).ShouldBe((false, 30, 60));
        OpenNext<PolicyPage>(World.Stranger with { Platform = PlatformRoles.Auditor }).Says("60 days");
    }

    [Fact]
    public async Task A_rule_is_written_by_hand_and_decides_the_next_request()
    {
        var page = Open<RulePage>(World.Admin, "/policy/new");
        page.WaitForElement("#name");
        await page.DoAsync("#name", e => e.ChangeAsync("Nothing today"));
        await page.DoAsync("#outcome", e => e.ChangeAsync(nameof(PolicyOutcome.Refuse)));
        await page.PressAsync("Add the rule");
        page.Says("A refusal needs a reason.");

        await page.DoAsync("#reason", e => e.ChangeAsync("The hosts are being moved."));
        await page.PressAsync("Add the rule");

        page.WaitForState(() => Address == "/policy");
        (await Requests.SubmitAsync(World.Member, World.Draft(), "1", Ct)).Refusal.ShouldBeOfType<RefusedByPolicy>().Message.ShouldContain("The hosts are being moved.");
    }

    [Fact]
    public async Task A_form_that_went_stale_shows_the_difference_keeps_what_was_typed_and_saves_the_second_time()
    {
        var rule = await AddAsync("First", RuleConditions.Any, Cast.Ask(Cast.AsksOwners()));
        var page = Open<RulePage>(World.Admin, $"/policy/{rule.Id}", p => p.Add(r => r.Id, rule.Id));
        page.WaitForElement("#name");
        await page.DoAsync("#description", e => e.ChangeAsync("Mine"));
        await Policies.SaveAsync(World.Admin, rule.Id, rule.Version, new RuleDraft("First", "Theirs", true, rule.When, rule.Then), Ct);

        await page.PressAsync("Save");

        page.Says($"The rule “First” was changed by {World.Admin.Name}");
        page.FindAll(".differences tbody tr > *").Select(e => e.Plain()).ShouldBe(["Description", "Theirs", "Mine"]);
        page.Find("#description").GetAttribute("value").ShouldBe("Mine");
        await page.PressAsync("Save");
        page.WaitForState(() => Address == "/policy");
        (await Policies.GetAsync(World.Admin, Ct)).Value.Rules.Single().Description.ShouldBe("Mine");
    }

    [Fact]
    public async Task Garbage_where_a_number_is_wanted_is_told_and_kept()
    {
        var page = Open<RulePage>(World.Admin, "/policy/new");
        page.WaitForElement("#name");
        await page.DoAsync("#name", e => e.ChangeAsync("R"));
        await page.DoAsync("input[aria-label='Lease, days, at least']", e => e.ChangeAsync("soon"));

        await page.PressAsync("Add the rule");

        page.Says("What is typed for Lease, days is no number.");
        page.Find("input[aria-label='Lease, days, at least']").GetAttribute("value").ShouldBe("soon");
    }

    [Fact]
    public async Task The_dry_run_names_rule_people_and_reasons()
    {
        await AddAsync("Only resizes", new RuleConditions(Kinds: [RequestKind.Resize]), new RuleOutcome(PolicyOutcome.Approve, null, []));
        await AddAsync("Owners", RuleConditions.Any, Cast.Ask(Cast.AsksOwners()));

        var page = Open<TryPage>(World.Admin, "/policy/try");

        page.Says("Asks, by the rule “Owners”");
        page.Says($"an owner of the project ({World.Owner.Name})");
        page.FindAll(".trace li")[0].Children.Select(e => e.Plain()).ShouldBe(["1. Only resizes", "does not match", "kind: resize; this is create machine"]);
        await page.DoAsync("#kind", e => e.ChangeAsync(nameof(RequestKind.Resize)));
        page.Says("Approved at once by the rule “Only resizes”");
    }

    [Fact]
    public async Task The_dry_run_says_what_would_be_refused_before_and_what_a_lease_may_be()
    {
        await AddAsync("Anything", RuleConditions.Any, Cast.Ask(Cast.AsksOwners()));
        (await Get<LeaseService>().SetTermsAsync(World.Admin, World.Project.Id, LeaseTerms.BuiltIn with { DefaultDays = 5, MostDays = 30, ForEver = false }, 0, Ct)).IsOk.ShouldBeTrue();
        var page = Open<TryPage>(World.Admin, "/policy/try");
        page.WaitForElement("#lease");
        await page.DoAsync("#project", e => e.ChangeAsync(World.Project.Id.ToString()));
        await page.DoAsync("#flavor", e => e.ChangeAsync(World.Flavor.Id.ToString()));
        await page.DoAsync("#person", e => e.ChangeAsync(World.Viewer.UserId.ToString()));

        page.Says("empty: 5 days");
        page.Says("It would be refused before a rule is asked:");
        page.Says("You may not ask for machines in this project.");
        page.Says("Asks, by the rule “Anything”");
        await page.DoAsync("#person", e => e.ChangeAsync(World.Member.UserId.ToString()));
        foreach (var wrong in new[] { "1.5", "1e3", "99999999999", "soon" })
        {
            await page.DoAsync("#lease", e => e.ChangeAsync(wrong));
            page.WaitForState(() => page.Find("#lease-said").TextContent == $"“{wrong}” is no length a lease can have. Give whole days, at most 30.");
        }
        await page.DoAsync("#lease", e => e.ChangeAsync("-3"));
        page.WaitForState(() => page.Find("#lease-said").TextContent == "A lease lasts a whole number of days, at least one. Ask for 1 to 30 days.");
        page.Find("#lease").GetAttribute("aria-invalid").ShouldBe("true");
        await page.DoAsync("#lease", e => e.ChangeAsync("0"));
        page.Says("This project's terms give no machine without an end.");
    }

    [Fact]
    public async Task Prices_are_set_and_nonsense_is_told()
    {
        var page = Open<PolicyPage>(World.Admin, "/policy");
        page.WaitForElement("#vcpu");
        await page.DoAsync("#vcpu", e => e.ChangeAsync("much"));
        await page.PressAsync("Save prices");
        page.Says("A price is no number.");

        await page.DoAsync("#vcpu", e => e.ChangeAsync("12.5"));
        await page.PressAsync("Save prices");

        page.WaitForState(() => !page.Text().Contains("no number", StringComparison.Ordinal));
        (await Policies.GetAsync(World.Admin, Ct)).Value.Prices.Vcpu.ShouldBe(12.5m);
    }

    async Task<RuleView> AddAsync(string name, RuleConditions when, RuleOutcome then) => (await Policies.AddAsync(World.Admin, new RuleDraft(name, null, true, when, then), Ct)).Value;
}
