using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Leases;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Domain.Approvals;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Policies;

/// <summary>Alone in its database: the rules are one list.</summary>
public sealed class PolicyServiceTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    static readonly RuleOutcome Asks = Cast.Ask(Cast.AsksRole(Roles.Approver));

    PolicyService Policies => Get<PolicyService>();

    [Fact]
    public async Task Rules_keep_their_order_move_and_switch_and_the_next_request_goes_by_them()
    {
        var world = await Postgres.NewWorldAsync();
        var (a, b, c) = (await AddAsync(world, "A"), await AddAsync(world, "B"), await AddAsync(world, "C"));
        (await NamesAsync(world)).ShouldBe(["A", "B", "C"]);

        (await Policies.MoveAsync(world.Admin, c.Id, c.Version, 1, Ct)).Value.Number.ShouldBe(1);
        (await NamesAsync(world)).ShouldBe(["C", "A", "B"]);
        (await SubmitAsync(world)).RuleName.ShouldBe("C");
        var moved = (await Policies.GetAsync(world.Admin, Ct)).Value.Rules[0];
        (await Policies.SwitchAsync(world.Admin, c.Id, moved.Version, false, Ct)).IsOk.ShouldBeTrue();
        (await SubmitAsync(world)).RuleName.ShouldBe("A");
        (await Policies.DeleteAsync(world.Admin, a.Id, a.Version, Ct)).IsOk.ShouldBeTrue();
        (await SubmitAsync(world)).RuleName.ShouldBe("B");
        // A rule that only stood beside the moved one is as it was: its form can still be saved.
        (await Policies.SaveAsync(world.Admin, b.Id, b.Version, Draft("B", enabled: false), Ct)).IsOk.ShouldBeTrue();
        (await SubmitAsync(world)).RuleName.ShouldBe(PolicyDecision.NoRule.RuleName);
    }

    [Fact]
    public async Task Moving_up_and_down_for_ever_keeps_the_order()
    {
        var world = await Postgres.NewWorldAsync();
        foreach (var name in new[] { "A", "B", "C" })
            await AddAsync(world, name);
        for (var n = 0; n < 120; n++)
        {
            var last = (await Policies.GetAsync(world.Admin, Ct)).Value.Rules[2];
            (await Policies.MoveAsync(world.Admin, last.Id, last.Version, 2, Ct)).Value.Number.ShouldBe(2);
        }

        (await NamesAsync(world)).ShouldBe(["A", "B", "C"]);
    }

    [Fact]
    public async Task A_stale_form_is_told_who_changed_what_and_nothing_is_written()
    {
        var world = await Postgres.NewWorldAsync();
        var rule = await AddAsync(world, "A");
        (await Policies.SaveAsync(world.Admin, rule.Id, rule.Version, Draft("A") with { Description = "Theirs" }, Ct)).IsOk.ShouldBeTrue();

        var refusal = (await Policies.SaveAsync(world.Admin, rule.Id, rule.Version, Draft("A") with { Description = "Mine" }, Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>();

        refusal.By.ShouldBe(world.Admin.Name);
        refusal.Fields.ShouldNotBeNull().ShouldHaveSingleItem().ShouldBe(new FieldDifference("Description", "Theirs", "Mine"));
        (await Policies.SaveAsync(world.Admin, rule.Id, refusal.Version!.Value, Draft("A") with { Description = "Mine" }, Ct)).Value.Description.ShouldBe("Mine");
        (await Policies.DeleteAsync(world.Admin, rule.Id, rule.Version, Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>();
        (await Policies.SwitchAsync(world.Admin, rule.Id, rule.Version, false, Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>();
    }

    [Fact]
    public async Task Only_admins_change_rules_only_auditors_read_them_besides()
    {
        var world = await Postgres.NewWorldAsync();
        var auditor = world.Stranger with { Platform = PlatformRoles.Auditor };
        (await Policies.GetAsync(world.Owner, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Policies.GetAsync(world.Stranger with { Platform = PlatformRoles.Approver }, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Policies.GetAsync(auditor, Ct)).Value.MayEdit.ShouldBeFalse();
        (await Policies.AddAsync(auditor, Draft("A"), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Policies.SetPricesAsync(auditor, PricesView.None, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Policies.TryAsync(world.Member, new PolicyTry(world.Project.Id, world.Member.UserId, RequestKind.Create), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
    }

    [Fact]
    public async Task What_no_rule_may_be_is_refused_with_its_field_and_advice()
    {
        var world = await Postgres.NewWorldAsync();
        await AddAsync(world, "A");
        var wrong = new (RuleDraft Draft, string Field)[]
        {
            (Draft(""), "name"), (Draft("  "), "name"), (Draft(new string('x', 81)), "name"), (Draft("a\nb"), "name"), (Draft("a\0b"), "name"), (Draft("A"), "name"), (Draft(new string('x', 1_000_000)), "name"),
            (Draft("B") with { Description = new string('x', 501) }, "description"),
            (Draft("B", when: new(Projects: [Guid.NewGuid()])), "projects"), (Draft("B", when: new(Flavors: [Guid.NewGuid()])), "flavors"), (Draft("B", when: new(Images: [Guid.NewGuid()])), "images"),
            (Draft("B", when: new(PlatformRoles: ["boss"])), "platformRoles"), (Draft("B", when: new(Kinds: [(RequestKind)99])), "kinds"),
            (Draft("B", when: new(Vcpus: new(4, 2))), "vcpus"), (Draft("B", when: new(MemoryMib: new(-1))), "memoryMib"), (Draft("B", when: new(LeaseDays: new(From: 2_000_000_000))), "leaseDays"),
            (Draft("B", then: new(PolicyOutcome.Refuse, " ", [])), "reason"), (Draft("B", then: new(PolicyOutcome.Ask, null, [])), "levels"), (Draft("B", then: Cast.Ask(new ApprovalLevel([], false))), "levels"),
            (Draft("B", then: Cast.Ask(Cast.AsksRole("boss"))), "levels"), (Draft("B", then: Cast.Ask(new ApprovalLevel([new(ApproverKind.Person, Guid.NewGuid())], false))), "levels"),
            (Draft("B", then: Cast.Ask(new ApprovalLevel([new(ApproverKind.Person)], false))), "levels"),
            (Draft("B", then: Asks with { ExpiresAfterHours = 0 }), "expiresAfterHours"), (Draft("B", then: Asks with { ExpiresAfterHours = 9000 }), "expiresAfterHours"),
            (Draft("B", then: Asks with { Outcome = (PolicyOutcome)9 }), "outcome"), (Draft("B", then: Asks with { Levels = [.. Enumerable.Repeat(Asks.Levels[0], 10)] }), "levels"),
        };
        foreach (var (draft, field) in wrong)
        {
            var refusal = (await Policies.AddAsync(world.Admin, draft, Ct)).Refusal.ShouldNotBeNull(field);
            refusal.Field.ShouldBe(field);
            refusal.Advice.ShouldNotBeEmpty();
        }

        (await NamesAsync(world)).ShouldBe(["A"]);
        // Markup, quotes and a leading dash are only text.
        (await Policies.AddAsync(world.Admin, Draft("-<b>\"' ə"), Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_rule_that_can_never_match_is_saved_with_a_warning_that_names_what_takes_it_all()
    {
        var world = await Postgres.NewWorldAsync();
        await AddAsync(world, "Everything");

        var shadowed = (await Policies.AddAsync(world.Admin, Draft("Late", when: new(Kinds: [RequestKind.Create])), Ct)).Value;

        shadowed.Warnings.ShouldHaveSingleItem().ShouldContain("“Everything” stands before it");
        (await Policies.AddAsync(world.Admin, Draft("Odd", when: new(Kinds: [RequestKind.Resize], Flavors: [world.Flavor.Id])), Ct)).Value.Warnings.ShouldContain(w => w.Contains("flavor and image"));
        (await Policies.GetAsync(world.Admin, Ct)).Value.Rules.Select(r => r.Warnings.Count > 0).ShouldBe([false, true, true]);
    }

    [Fact]
    public async Task Prices_give_a_cost_that_rules_go_by_and_who_asks_sees_before()
    {
        var world = await Postgres.NewWorldAsync();
        await AddAsync(world, "Dear", new RuleConditions(Cost: new RuleRange(From: 10)), Asks);
        await AddAsync(world, "Rest", null, new RuleOutcome(PolicyOutcome.Approve, null, []));
        (await PreviewAsync(world)).ShouldSatisfyAllConditions(p => p.Policy.RuleName.ShouldBe("Rest"), p => p.Currency.ShouldBeNull());

        // 1 vCPU, 256 MiB, 2 GiB.
        var prices = (await Policies.SetPricesAsync(world.Admin, new PricesView(6, 8, 1, "eur"), Ct)).Value;

        prices.Currency.ShouldBe("EUR");
        (await PreviewAsync(world)).ShouldSatisfyAllConditions(p => p.Policy.RuleName.ShouldBe("Dear"), p => p.Policy.Cost.ShouldBe(10), p => p.Currency.ShouldBe("EUR"));
        (await Policies.SetPricesAsync(world.Admin, prices with { Version = 0 }, Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>();
        (await Policies.SetPricesAsync(world.Admin, prices with { Vcpu = -1 }, Ct)).Refusal.ShouldBeOfType<InvalidRule>();
        (await Policies.SetPricesAsync(world.Admin, prices with { Currency = "€" }, Ct)).Refusal.ShouldBeOfType<InvalidRule>();
    }

    [Fact]
    public async Task The_dry_run_tells_the_rule_the_people_by_name_and_why_those_before_did_not_match()
    {
        var world = await Postgres.NewWorldAsync();
        await AddAsync(world, "Owners only", new RuleConditions(ProjectRoles: [ProjectRole.Owner], LeaseDays: new RuleRange(To: 7)), Asks);
        await AddAsync(world, "Owners decide", null, Cast.Ask(Cast.AsksOwners(), Cast.AsksRole(Roles.Approver)));

        var trial = (await Policies.TryAsync(world.Admin, new PolicyTry(world.Project.Id, world.Member.UserId, RequestKind.Create, world.Flavor.Id, world.Image.Id), Ct)).Value;

        trial.Decision.RuleName.ShouldBe("Owners decide");
        trial.Levels[0].Words.ShouldBe($"an owner of the project ({world.Owner.Name})");
        trial.Levels[1].Words.ShouldBe($"an approver ({world.Admin.Name})");
        trial.Trace[0].Why.ShouldBe(["asked by: owner; this is member", "lease at most 7 days; this is for ever"]);
        trial.Trace[1].Matched.ShouldBeTrue();
        trial.Refusals.ShouldBeEmpty();
        (await Policies.TryAsync(world.Admin, new PolicyTry(Guid.NewGuid(), world.Stranger.UserId, RequestKind.Create), Ct)).Refusal.ShouldBeOfType<InvalidRule>();
    }

    [Fact]
    public async Task The_dry_run_goes_by_the_projects_lease_terms_as_a_request_does()
    {
        var world = await Postgres.NewWorldAsync();
        await AddAsync(world, "Short", new RuleConditions(LeaseDays: new RuleRange(To: 7)), Asks);
        (await Get<LeaseService>().SetTermsAsync(world.Admin, world.Project.Id, LeaseTerms.BuiltIn with { DefaultDays = 5, MostDays = 30, ForEver = false }, 0, Ct)).IsOk.ShouldBeTrue();

        (await TryAsync(world, world.Member, null)).ShouldSatisfyAllConditions(t => t.Refusals.ShouldBeEmpty(), t => t.Decision.RuleName.ShouldBe("Short"), t => t.Lease.DefaultDays.ShouldBe(5));
        foreach (var days in new[] { 0, -3, 31 })
            (await TryAsync(world, world.Member, days)).Refusals.ShouldHaveSingleItem().ShouldBe((await SubmitAsync(world.Member, world.Draft() with { LeaseDays = days })).Refusal);
        (await TryAsync(world, world.Member, 31)).Trace.ShouldHaveSingleItem().Why.ShouldBe(["lease at most 7 days; this is 31 days"]);
        (await Policies.TryAsync(world.Admin, new PolicyTry(world.Project.Id, world.Member.UserId, RequestKind.ExtendLease, LeaseDays: 31), Ct)).Value.Refusals.ShouldHaveSingleItem().ShouldBeOfType<LeaseTooLong>().Field.ShouldBe("days");
    }

    [Fact]
    public async Task The_dry_run_says_who_may_not_ask_in_the_words_of_the_refusal()
    {
        var world = await Postgres.NewWorldAsync();
        await AddAsync(world, "Anybody");

        foreach (var person in new[] { world.Viewer, world.Stranger })
        {
            var trial = await TryAsync(world, person, null);
            trial.Refusals.ShouldHaveSingleItem().ShouldBe((await SubmitAsync(person, world.Draft())).Refusal);
            trial.Decision.RuleName.ShouldBe("Anybody");
        }
        (await Policies.TryAsync(world.Admin, new PolicyTry(world.Project.Id, world.Viewer.UserId, RequestKind.Resize), Ct)).Value.Refusals.ShouldHaveSingleItem().Message.ShouldBe("You may not resize this machine.");
    }

    [Fact]
    public async Task The_dry_run_says_which_limit_would_be_passed_in_the_words_of_the_refusal()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan { MemoryMib = 100 });
        await AddAsync(world, "Anything");

        var trial = await TryAsync(world, world.Member, null);

        var real = (await SubmitAsync(world.Member, world.Draft())).Refusal.ShouldBeOfType<QuotaExceeded>();
        trial.Refusals.ShouldHaveSingleItem().ShouldSatisfyAllConditions(no => no.Message.ShouldBe(real.Message), no => no.Advice.ShouldBe(real.Advice));
        trial.Decision.RuleName.ShouldBe("Anything");
    }

    [Fact]
    public void A_rules_words_say_how_a_level_reads_and_whether_one_may_decide_ones_own_request()
    {
        var names = new PolicyNames([], [], [], []);
        Approver[] two = [new(ApproverKind.ProjectOwners), new(ApproverKind.Role, Role: Roles.Approver)];

        RuleWords.Of(Cast.Ask(new ApprovalLevel(two, false)), names).ShouldBe("ask an owner of the project or an approver; nobody decides his own request");
        RuleWords.Of(Cast.Ask(new ApprovalLevel(two, true)) with { MayDecideOwn = true }, names).ShouldBe("ask each of these: an owner of the project, an approver; who asks may decide too, where a level asks him");
        RuleWords.Of(Cast.Ask(new ApprovalLevel([two[1]], true)), names).ShouldBe("ask an approver; nobody decides his own request");
    }

    [Fact]
    public async Task Every_change_of_the_policy_stands_in_the_audit_trail_with_before_and_after()
    {
        var world = await Postgres.NewWorldAsync();
        var rule = await AddAsync(world, "A");
        await Policies.SaveAsync(world.Admin, rule.Id, rule.Version, Draft("B"), Ct);

        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var detail = (await db.AuditEvents.SingleAsync(e => e.Action == "policy.change-rule", Ct)).Detail;
        var told = System.Text.Json.Nodes.JsonNode.Parse(detail)!;
        told["before"]!["name"]!.ToString().ShouldBe("A");
        told["after"]!["name"]!.ToString().ShouldBe("B");
    }

    [Fact]
    public async Task Two_who_change_the_same_rule_at_once_do_not_overwrite_each_other()
    {
        var world = await Postgres.NewWorldAsync();
        var rule = await AddAsync(world, "A");

        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(n => Task.Run(() => Policies.SaveAsync(world.Admin, rule.Id, rule.Version, Draft($"A{n}"), Ct), Ct)));

        both.Count(answer => answer.IsOk).ShouldBe(1);
        both.Single(answer => !answer.IsOk).Refusal.ShouldBeOfType<ChangedMeanwhile>();
    }

    static RuleDraft Draft(string name, bool enabled = true, RuleConditions? when = null, RuleOutcome? then = null) => new(name, null, enabled, when ?? RuleConditions.Any, then ?? Asks);

    async Task<RuleView> AddAsync(World world, string name, RuleConditions? when = null, RuleOutcome? then = null) => (await Policies.AddAsync(world.Admin, Draft(name, true, when, then), Ct)).Value;

    async Task<IReadOnlyList<string>> NamesAsync(World world) => [.. (await Policies.GetAsync(world.Admin, Ct)).Value.Rules.Select(r => r.Name)];

    async Task<RequestView> SubmitAsync(World world) => (await Get<RequestService>().SubmitAsync(world.Member, world.Draft(), Guid.NewGuid().ToString(), Ct)).Value;

    Task<Result<RequestView>> SubmitAsync(Actor actor, RequestDraft draft) => Get<RequestService>().SubmitAsync(actor, draft, Guid.NewGuid().ToString(), Ct);

    async Task<PolicyTrial> TryAsync(World world, Actor person, int? days) =>
        (await Policies.TryAsync(world.Admin, new PolicyTry(world.Project.Id, person.UserId, RequestKind.Create, world.Flavor.Id, world.Image.Id, LeaseDays: days), Ct)).Value;

    async Task<RequestPreview> PreviewAsync(World world) => (await Get<RequestService>().PreviewAsync(world.Member, world.Draft(), Ct)).Value;
}
