using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Affinity;
using Portal.Domain.Audit;
using Portal.Domain.Machines;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Affinity;

/// <summary>Who makes affinity rules, what they may say, and who sees them.</summary>
public sealed class AffinityServiceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    AffinityService Rules => postgres.Get<AffinityService>();

    [Fact]
    public async Task Owners_and_operators_make_them_in_a_project_operators_across_projects_and_nobody_else()
    {
        var (world, other) = (await postgres.NewWorldAsync(), await postgres.NewWorldAsync());
        var here = await DraftAsync(world);
        var across = here with { Name = "across", ProjectId = null, Machines = [here.Machines[0], (await other.AddMachineAsync()).Id] };
        var operating = await postgres.HireAsync(PlatformRoles.Operator);

        (await Rules.CreateAsync(world.Owner, here, Ct)).Value.MayChange.ShouldBeTrue();
        (await Rules.CreateAsync(operating, here with { Name = "second" }, Ct)).IsOk.ShouldBeTrue();
        (await Rules.CreateAsync(world.Member, here with { Name = "third" }, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Rules.CreateAsync(await postgres.HireAsync(PlatformRoles.Auditor), here with { Name = "third" }, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Rules.CreateAsync(world.Stranger, here with { Name = "third" }, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Rules.CreateAsync(world.Owner, across, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Rules.CreateAsync(operating, across, Ct)).Value.ProjectId.ShouldBeNull();
    }

    [Fact]
    public async Task Members_see_their_projects_rules_and_none_across_and_change_none()
    {
        var world = await postgres.NewWorldAsync();
        var rule = (await Rules.CreateAsync(world.Owner, await DraftAsync(world), Ct)).Value;
        var across = (await Rules.CreateAsync(world.Admin, await DraftAsync(world) with { ProjectId = null, Name = $"across {world.Project.Id}" }, Ct)).Value;

        (await Rules.ListAsync(world.Member, new ListQuery(), Ct)).Items.ShouldHaveSingleItem().ShouldSatisfyAllConditions(r => r.Id.ShouldBe(rule.Id), r => r.MayChange.ShouldBeFalse(), r => r.Machines.Count.ShouldBe(2));
        (await Rules.ListAsync(world.Stranger, new ListQuery(), Ct)).Total.ShouldBe(0);
        (await Rules.GetAsync(world.Owner, across.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Rules.ChangeAsync(world.Member, rule.Id, rule.Version, await DraftAsync(world), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Rules.DeleteAsync(world.Member, rule.Id, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Rules.DeleteAsync(world.Owner, across.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Rules.MayMakeAsync(world.Member, Ct)).ShouldSatisfyAllConditions(may => may.Projects.ShouldBeEmpty(), may => may.Across.ShouldBeFalse());
        (await Rules.MayMakeAsync(world.Owner, Ct)).Projects.ShouldHaveSingleItem().Id.ShouldBe(world.Project.Id);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_at_its_field()
    {
        var (world, other) = (await postgres.NewWorldAsync(), await postgres.NewWorldAsync());
        var draft = await DraftAsync(world);
        var gone = await world.AddMachineAsync(MachineState.Deleted);

        foreach (var (bad, field) in new (AffinityDraft, string)[]
        {
            (draft with { Name = " " }, "name"), (draft with { Name = null! }, "name"), (draft with { Name = "a\u202eb" }, "name"), (draft with { Name = new string('x', 61) }, "name"),
            (draft with { Kind = (AffinityKind)9 }, "kind"), (draft with { Strength = (AffinityStrength)9 }, "strength"),
            (draft with { Machines = null! }, "machines"), (draft with { Machines = [draft.Machines[0], draft.Machines[0]] }, "machines"),
            (draft with { Machines = [draft.Machines[0], Guid.NewGuid()] }, "machines"), (draft with { Machines = [draft.Machines[0], gone.Id] }, "machines"),
            (draft with { Machines = [draft.Machines[0], (await other.AddMachineAsync()).Id] }, "machines"), (draft with { Machines = [.. Enumerable.Range(0, 51).Select(_ => Guid.NewGuid())] }, "machines"),
        })
        {
            (await Rules.CreateAsync(world.Owner, bad, Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe(field);
        }
    }

    [Fact]
    public async Task A_name_is_taken_once_in_a_project_and_a_contradiction_is_refused_with_the_other_rule()
    {
        var world = await postgres.NewWorldAsync();
        var draft = await DraftAsync(world);
        (await Rules.CreateAsync(world.Owner, draft, Ct)).IsOk.ShouldBeTrue();

        (await Rules.CreateAsync(world.Owner, draft with { Name = draft.Name.ToUpperInvariant() }, Ct)).Refusal.ShouldBeOfType<AffinityNameTaken>();
        (await Rules.CreateAsync(world.Owner, draft with { Name = "not so", Kind = AffinityKind.Together }, Ct)).Refusal.ShouldBeOfType<AffinityContradiction>().Other.ShouldBe(draft.Name);
        (await Rules.CreateAsync(world.Owner, draft with { Name = "not so", Kind = AffinityKind.Together, Strength = AffinityStrength.Should }, Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_change_from_an_old_page_is_refused_and_every_change_is_in_the_trail()
    {
        var world = await postgres.NewWorldAsync();
        var draft = await DraftAsync(world);
        var made = (await Rules.CreateAsync(world.Owner, draft, Ct)).Value;
        var third = await world.AddMachineAsync();

        var changed = (await Rules.ChangeAsync(world.Owner, made.Id, made.Version, draft with { Name = "later", Machines = [draft.Machines[1], third.Id] }, Ct)).Value;
        changed.Machines.Select(m => m.MachineId).Order().ShouldBe(new[] { draft.Machines[1], third.Id }.Order());
        (await Rules.ChangeAsync(world.Owner, made.Id, made.Version, draft, Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>().Version.ShouldBe(changed.Version);
        (await Rules.DeleteAsync(world.Owner, made.Id, Ct)).IsOk.ShouldBeTrue();

        (await Rules.GetAsync(world.Owner, made.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
        var trail = await postgres.Get<AuditService>().ListAsync(world.Admin, new ListQuery(Sort: "at", Filters: new Dictionary<string, string> { ["subject"] = made.Id.ToString() }), Ct);
        trail.Value.Items.Select(e => e.Action).ShouldBe(["affinity.create", "affinity.change", "affinity.delete"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_list_is_narrowed_by_what_is_kept_and_by_machine_and_searched_by_both_names()
    {
        var world = await postgres.NewWorldAsync();
        var (a, b, c) = (await world.AddMachineAsync(name: "alpha"), await world.AddMachineAsync(name: "beta"), await world.AddMachineAsync(host: world.Hosts[1], name: "gamma"));
        var broken = (await Rules.CreateAsync(world.Owner, new AffinityDraft("first", AffinityKind.Apart, AffinityStrength.Must, world.Project.Id, [a.Id, b.Id]), Ct)).Value;
        var kept = (await Rules.CreateAsync(world.Owner, new AffinityDraft("second", AffinityKind.Apart, AffinityStrength.Should, world.Project.Id, [b.Id, c.Id]), Ct)).Value;
        var torn = (await Rules.CreateAsync(world.Owner, new AffinityDraft("third", AffinityKind.Together, AffinityStrength.Should, world.Project.Id, [a.Id, c.Id]), Ct)).Value;
        async Task<IEnumerable<string>> Names(string? search = null, params (string, string)[] filters) =>
            (await Rules.ListAsync(world.Owner, new ListQuery(search, "-name", Filters: filters.ToDictionary(f => f.Item1, f => f.Item2)), Ct)).Items.Select(r => r.Name);

        (broken.IsKept, kept.IsKept, torn.IsKept).ShouldBe((false, true, false));
        (await Names()).ShouldBe(["third", "second", "first"]);
        (await Names(null, ("kept", "no"))).ShouldBe(["third", "first"]);
        (await Names(null, ("kept", "yes"))).ShouldBe(["second"]);
        (await Names(null, ("strength", "Should"), ("kind", "Together"))).ShouldBe(["third"]);
        (await Names(null, ("machine", c.Id.ToString()))).ShouldBe(["third", "second"]);
        (await Names("gam")).ShouldBe(["third", "second"]);
        (await Names("fir")).ShouldBe(["first"]);
    }

    static async Task<AffinityDraft> DraftAsync(World world) =>
        new("apart", AffinityKind.Apart, AffinityStrength.Must, world.Project.Id, [(await world.AddMachineAsync()).Id, (await world.AddMachineAsync(host: world.Hosts[1])).Id]);
}
