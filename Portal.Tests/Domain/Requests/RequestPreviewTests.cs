using Portal.Domain;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Requests;

public sealed class RequestPreviewTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    RequestService Requests => postgres.Get<RequestService>();

    [Fact]
    public async Task A_good_draft_shows_its_effect_and_its_likely_host_and_holds_nothing()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 3));
        await world.AddMachineAsync(host: world.Hosts[0]);
        await Requests.SubmitAsync(world.Member, world.Draft(), "1", Ct);

        var preview = (await Requests.PreviewAsync(world.Member, world.Draft(), Ct)).Value;

        preview.CanSubmit.ShouldBeTrue();
        preview.NameFree.ShouldBe(true);
        preview.LikelyHost.ShouldNotBeNull();
        preview.Quota[0].ShouldBe(new QuotaEffect(QuotaResource.Machines, Limit: 3, Used: 1, Waiting: 1, This: 1));
        preview.Quota[0].Left.ShouldBe(0);
        (await postgres.Get<QuotaService>().GetAsync(world.Member, world.Project.Id, Ct)).Value.Lines[0].Reserved.ShouldBe(1);
    }

    [Fact]
    public async Task Every_broken_rule_is_told_at_once_each_with_its_field()
    {
        var world = await postgres.NewWorldAsync(new WorldPlan(Machines: 0, MemoryMib: 100));
        var draft = new RequestDraft(world.Project.Id, "Web_01", Guid.NewGuid(), world.Flavor.Id, Guid.Empty, "hello", new string('x', 1001));

        var preview = (await Requests.PreviewAsync(world.Member, draft, Ct)).Value;

        preview.CanSubmit.ShouldBeFalse();
        preview.Refusals.Select(r => r.Field).ShouldBe(["imageId", "networkId", "machineName", "sshKey", "why", "flavorId", "flavorId"]);
        preview.Refusals.OfType<QuotaExceeded>().Select(r => (r.Line.Resource, r.Over)).ShouldBe([(QuotaResource.Machines, 1), (QuotaResource.MemoryMib, 156)]);
        preview.NameFree.ShouldBeNull();
        preview.Flavors.Single(f => f.Id == world.Flavor.Id).Fits.ShouldBeFalse();
    }

    [Fact]
    public async Task An_empty_form_shows_the_quota_as_it_is()
    {
        var world = await postgres.NewWorldAsync();

        var preview = (await Requests.PreviewAsync(world.Member, new RequestDraft(world.Project.Id, "", Guid.Empty, Guid.Empty, Guid.Empty, "", null), Ct)).Value;

        preview.Quota.ShouldAllBe(q => q.This == 0 && q.Left == q.Limit);
        preview.LikelyHost.ShouldBeNull();
    }

    [Fact]
    public async Task A_taken_name_is_told_before_the_button_is_pressed()
    {
        var world = await postgres.NewWorldAsync();
        await world.AddMachineAsync(name: "db-01");

        var preview = (await Requests.PreviewAsync(world.Member, world.Draft("db-01"), Ct)).Value;

        preview.NameFree.ShouldBe(false);
        preview.Refusals.ShouldHaveSingleItem().ShouldBeOfType<NameTaken>();
    }

    [Fact]
    public async Task A_viewer_and_a_stranger_get_no_preview()
    {
        var world = await postgres.NewWorldAsync();

        (await Requests.PreviewAsync(world.Viewer, world.Draft(), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Requests.PreviewAsync(world.Stranger, world.Draft(), Ct)).Refusal.ShouldBeOfType<NotFound>();
    }
}
