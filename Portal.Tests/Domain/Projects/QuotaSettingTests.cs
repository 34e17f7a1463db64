using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Catalog;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Projects;

public sealed class QuotaSettingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static readonly Dictionary<QuotaResource, long?> s_none = [];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    QuotaService Quotas => postgres.Get<QuotaService>();

    [Fact]
    public async Task Lowering_a_limit_below_what_is_held_is_allowed_and_lets_nothing_new_in_until_there_is_room()
    {
        var world = await postgres.NewWorldAsync();
        var requests = await Task.WhenAll(Enumerable.Range(0, 3).Select(n => SubmitAsync(world, $"{n}")));

        var lowered = await SetAsync(world, limits: new() { [QuotaResource.Machines] = 2 });

        lowered.Lines.Single(l => l.Resource == QuotaResource.Machines).Left.ShouldBe(-1);
        (await SubmitAsync(world, "over")).Refusal.ShouldBeOfType<QuotaExceeded>().Over.ShouldBe(2);
        await postgres.Get<RequestService>().WithdrawAsync(world.Member, requests[0].Value.Id, Ct);
        (await SubmitAsync(world, "still")).Refusal.ShouldBeOfType<QuotaExceeded>().Over.ShouldBe(1);
        await postgres.Get<RequestService>().WithdrawAsync(world.Member, requests[1].Value.Id, Ct);
        (await SubmitAsync(world, "fits")).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_change_that_takes_nothing_passes_a_quota_that_is_over_its_limit()
    {
        var world = await postgres.NewWorldAsync();
        await world.AddMachineAsync();
        await SetAsync(world, limits: QuotaBooks.Order.ToDictionary(r => r, _ => 0L));
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);

        (await QuotaBooks.ReserveAsync(db, world.Project.Id, world.Member.UserId, QuotaAmounts.OfResize(new(1, 256, 2), new(1, 128, 2)), Ct)).ShouldBeNull();
        (await QuotaBooks.ReserveAsync(db, world.Project.Id, world.Member.UserId, QuotaAmounts.None, Ct)).ShouldBeNull();
        (await QuotaBooks.ReserveAsync(db, world.Project.Id, world.Member.UserId, QuotaAmounts.OfResize(new(1, 256, 2), new(2, 128, 2)), Ct))
            .ShouldBeOfType<QuotaExceeded>().Line.Resource.ShouldBe(QuotaResource.Vcpus);
    }

    [Fact]
    public async Task The_database_itself_refuses_growth_above_the_limit_and_nothing_else_there()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 1));
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        var machines = db.Quotas.Where(q => q.ProjectId == world.Project.Id && q.Resource == QuotaResource.Machines);

        await Should.ThrowAsync<Npgsql.PostgresException>(() => machines.ExecuteUpdateAsync(set => set.SetProperty(q => q.Used, 2), Ct));
        await machines.ExecuteUpdateAsync(set => set.SetProperty(q => q.Used, 1), Ct);
        await machines.ExecuteUpdateAsync(set => set.SetProperty(q => q.Limit, 0), Ct);
        await machines.ExecuteUpdateAsync(set => set.SetProperty(q => q.Used, 0).SetProperty(q => q.Reserved, 1), Ct);
    }

    [Fact]
    public async Task A_members_own_limit_set_later_counts_what_the_member_held_before()
    {
        var world = await postgres.NewWorldAsync();
        await SubmitAsync(world, "1");
        await SubmitAsync(world, "2");
        var setup = (await Quotas.SetupAsync(world.Owner, world.Project.Id, Ct)).Value;

        (await Quotas.SetMemberAsync(world.Owner, world.Project.Id, world.Member.UserId, new Dictionary<QuotaResource, long?> { [QuotaResource.Machines] = 2 }, setup.Version, Ct)).IsOk.ShouldBeTrue();

        var refusal = (await SubmitAsync(world, "3")).Refusal.ShouldBeOfType<QuotaExceeded>();
        (refusal.Rule, refusal.Code, refusal.Over).ShouldBe((QuotaRule.Member, "member-quota-exceeded", 1));
        refusal.Message.ShouldContain("your own limit in this project is 2 machines, of which 0 machines are used and 2 machines are held by requests");
        (await postgres.Get<RequestService>().SubmitAsync(world.Owner, world.Draft(), "owner", Ct)).IsOk.ShouldBeTrue();
        var preview = (await postgres.Get<RequestService>().PreviewAsync(world.Member, world.Draft(), Ct)).Value;
        preview.Quota[0].Own.ShouldBe(new QuotaEffect(QuotaResource.Machines, Limit: 2, Used: 0, Waiting: 2, This: 1));
        (await postgres.Get<CatalogService>().GetAsync(world.Member, world.Project.Id, Ct)).Value.Flavors.Single(f => f.Id == world.Flavor.Id).Over.ShouldHaveSingleItem().Rule.ShouldBe(QuotaRule.Member);
    }

    [Fact]
    public async Task A_refusal_names_the_largest_flavor_that_fits_and_how_many_of_it()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(MemoryMib: 700));
        var big = await AddFlavorAsync(1, 1024);

        var refusal = (await postgres.Get<RequestService>().SubmitAsync(world.Member, world.Draft() with { FlavorId = big.Id }, "big", Ct)).Refusal.ShouldBeOfType<QuotaExceeded>();

        refusal.Fits.ShouldNotBeNull().Count.ShouldBe(2);
        refusal.Advice.ShouldStartWith("The largest flavor that fits is “");
    }

    [Fact]
    public async Task A_machine_larger_than_the_cap_on_one_is_refused_however_much_is_left()
    {
        var world = await postgres.NewWorldAsync();
        await SetAsync(world, caps: new MachineCaps(null, 255, null));

        var refusal = (await SubmitAsync(world, "1")).Refusal.ShouldBeOfType<QuotaExceeded>();

        (refusal.Rule, refusal.Code, refusal.Over).ShouldBe((QuotaRule.MachineCap, "machine-too-large", 1));
        refusal.Message.ShouldBe("This asks for 256 MiB of memory, 1 MiB of memory too much: the most a single machine of this project may have is 255 MiB of memory.");
    }

    [Fact]
    public async Task A_soft_limit_may_be_passed_for_the_days_of_grace_and_then_is_the_limit_until_there_is_room_again()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 4));
        await SetAsync(world, soft: new() { [QuotaResource.Machines] = 1 }, graceDays: 3);
        var first = await SubmitAsync(world, "1");
        var second = await SubmitAsync(world, "2");
        (await Quotas.GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines[0].GraceEnds.ShouldBe(postgres.Time.GetUtcNow().AddDays(3));
        postgres.Time.Advance(TimeSpan.FromDays(3) - TimeSpan.FromSeconds(1));
        (await Quotas.TellGraceOverAsync(Ct)).ShouldBe(0);
        (await SubmitAsync(world, "3")).IsOk.ShouldBeTrue();

        postgres.Time.Advance(TimeSpan.FromSeconds(1));

        var refusal = (await SubmitAsync(world, "4")).Refusal.ShouldBeOfType<QuotaExceeded>();
        (refusal.Rule, refusal.Code, refusal.Over).ShouldBe((QuotaRule.Soft, "soft-quota-exceeded", 3));
        (await Quotas.TellGraceOverAsync(Ct)).ShouldBe(1);
        (await Quotas.TellGraceOverAsync(Ct)).ShouldBe(0);
        foreach (var taken in new[] { first, second })
            await postgres.Get<RequestService>().WithdrawAsync(world.Member, taken.Value.Id, Ct);
        (await SubmitAsync(world, "5")).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task Only_admins_set_limits_and_only_owners_set_members()
    {
        var world = await postgres.NewWorldAsync();
        var edit = new QuotaEdit(new Dictionary<QuotaResource, long>(), s_none, MachineCaps.None, 14);

        foreach (var actor in new[] { world.Owner, world.Member, world.Viewer })
            (await Quotas.SetAsync(actor, world.Project.Id, edit, 0, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Quotas.SetAsync(world.Stranger, world.Project.Id, edit, 0, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Quotas.SetMemberAsync(world.Member, world.Project.Id, world.Member.UserId, s_none, 0, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Quotas.SetMemberAsync(world.Owner, world.Project.Id, world.Stranger.UserId, s_none, 0, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Quotas.SetupAsync(world.Stranger, world.Project.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Quotas.RecountAsync(world.Owner, world.Project.Id, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
    }

    [Fact]
    public async Task A_form_opened_before_somebody_elses_change_is_told_who_changed_what_and_changes_nothing()
    {
        var world = await postgres.NewWorldAsync();
        var opened = (await Quotas.SetupAsync(world.Admin, world.Project.Id, Ct)).Value;
        await SetAsync(world, limits: new() { [QuotaResource.Machines] = 7 });

        var stale = (await Quotas.SetAsync(world.Admin, world.Project.Id, new QuotaEdit(new Dictionary<QuotaResource, long> { [QuotaResource.Machines] = 99 }, s_none, MachineCaps.None, 14), opened.Version, Ct)).Refusal.ShouldBeOfType<QuotaChanged>();

        (stale.By, stale.Now.Lines[0].Limit).ShouldBe((world.Admin.Name, 7));
        (await Quotas.GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines[0].Limit.ShouldBe(7);
        (await Quotas.SetMemberAsync(world.Owner, world.Project.Id, world.Member.UserId, s_none, opened.Version, Ct)).Refusal.ShouldBeOfType<QuotaChanged>();
    }

    [Theory]
    [InlineData(-1, null, null, 14, "limits.Machines")]
    [InlineData(1_000_000_001, null, null, 14, "limits.Machines")]
    [InlineData(5, 6L, null, 14, "soft.Machines")]
    [InlineData(5, -1L, null, 14, "soft.Machines")]
    [InlineData(5, null, 0, 14, "caps.Vcpus")]
    [InlineData(5, null, null, -1, "graceDays")]
    [InlineData(5, null, null, 366, "graceDays")]
    public async Task A_figure_that_cannot_be_is_refused_at_its_field(long limit, long? soft, int? cap, int days, string field)
    {
        var world = await postgres.NewWorldAsync();

        var answer = await Quotas.SetAsync(world.Admin, world.Project.Id, new QuotaEdit(new Dictionary<QuotaResource, long> { [QuotaResource.Machines] = limit },
            new Dictionary<QuotaResource, long?> { [QuotaResource.Machines] = soft }, new MachineCaps(cap, null, null), days), 0, Ct);

        answer.Refusal.ShouldBeOfType<InvalidQuota>().Field.ShouldBe(field);
        (await Quotas.SetupAsync(world.Admin, world.Project.Id, Ct)).Value.Version.ShouldBe(0u);
    }

    [Fact]
    public async Task Every_change_of_limits_is_in_the_audit_trail_with_before_and_after()
    {
        var world = await postgres.NewWorldAsync();
        await SetAsync(world, limits: new() { [QuotaResource.Machines] = 7 }, soft: new() { [QuotaResource.Machines] = 5 });

        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        var told = await db.AuditEvents.SingleAsync(e => e.ProjectId == world.Project.Id && e.Action == "quota.set", Ct);
        told.ActorId.ShouldBe(world.Admin.UserId);
        using var detail = System.Text.Json.JsonDocument.Parse(told.Detail);
        detail.RootElement.GetProperty("before").GetProperty("limits").GetProperty("Machines").GetInt64().ShouldBe(10);
        detail.RootElement.GetProperty("after").GetProperty("limits").GetProperty("Machines").GetInt64().ShouldBe(7);
        detail.RootElement.GetProperty("after").GetProperty("soft").GetProperty("Machines").GetInt64().ShouldBe(5);
    }

    [Fact]
    public async Task A_granted_increase_lifts_limits_never_lowers_one_and_is_seen_by_whoever_has_them_open()
    {
        var world = await postgres.NewWorldAsync();
        var opened = (await Quotas.SetupAsync(world.Admin, world.Project.Id, Ct)).Value;
        await using (var db = await postgres.Contexts.CreateDbContextAsync(Ct))
            await QuotaService.RaiseAsync(db, world.Project.Id, new Dictionary<QuotaResource, long> { [QuotaResource.Machines] = 20, [QuotaResource.Vcpus] = 5 }, postgres.Time.GetUtcNow(), Ct);

        var now = (await Quotas.SetupAsync(world.Admin, world.Project.Id, Ct)).Value;
        (now.Lines[0].Limit, now.Lines[1].Limit).ShouldBe((20, 100));
        now.Version.ShouldNotBe(opened.Version);
    }

    Task<Result<RequestView>> SubmitAsync(World world, string key) => postgres.Get<RequestService>().SubmitAsync(world.Member, world.Draft(), key, Ct);

    async Task<QuotaSetup> SetAsync(World world, Dictionary<QuotaResource, long>? limits = null, Dictionary<QuotaResource, long?>? soft = null, MachineCaps? caps = null, int graceDays = 14)
    {
        var version = (await Quotas.SetupAsync(world.Admin, world.Project.Id, Ct)).Value.Version;
        return (await Quotas.SetAsync(world.Admin, world.Project.Id, new QuotaEdit(limits ?? [], soft ?? s_none, caps ?? MachineCaps.None, graceDays), version, Ct)).Value;
    }

    async Task<Flavor> AddFlavorAsync(int vcpus, int memoryMib)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        var flavor = db.Add(Flavor.Create($"flavor-{Guid.NewGuid():n}"[..30], vcpus, memoryMib, 2)).Entity;
        await db.SaveChangesAsync(Ct);
        return flavor;
    }
}
