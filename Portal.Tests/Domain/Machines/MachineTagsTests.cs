using CsCheck;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Machines;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Machines;

public sealed class MachineTagsTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    [Fact]
    public void Whatever_is_typed_is_refused_or_read_as_tags_that_read_as_themselves() => Gen.String.Array[0, 12].Sample(typed =>
    {
        var read = MachineTags.Read(typed);
        return read.IsOk
            ? read.Value.Length <= MachineTags.Most && read.Value.All(MachineTags.IsTag) && MachineTags.Read(read.Value).Value.SequenceEqual(read.Value)
            : read.Refusal is InvalidText { Field: "tags" };
    });

    [Fact]
    public async Task Members_tag_and_everybody_of_the_project_finds_by_tag()
    {
        var world = await Postgres.NewWorldAsync();
        var (web, other) = (await world.AddMachineAsync(), await world.AddMachineAsync());
        var machines = Get<MachineService>();

        (await machines.TagAsync(world.Stranger, web.Id, ["web"], Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await machines.TagAsync(world.Viewer, web.Id, ["web"], Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await machines.TagAsync(world.Member, web.Id, ["no blanks"], Ct)).Refusal.ShouldBeOfType<InvalidText>();
        (await machines.TagAsync(world.Member, web.Id, Enumerable.Range(0, 11).Select(n => $"t{n}").ToList(), Ct)).Refusal.ShouldBeOfType<InvalidText>();
        (await machines.TagAsync(world.Member, web.Id, [" Web ", "night", "web"], Ct)).Value.ShouldBe(["night", "web"]);
        (await machines.TagAsync(world.Member, web.Id, ["night", "web"], Ct)).IsOk.ShouldBeTrue();
        (await machines.TagAsync(world.Owner, web.Id, ["web"], Ct, read: [])).Refusal.ShouldBeOfType<ChangedMeanwhile>().Message.ShouldContain("It has night, web now.");

        (await machines.ListAsync(world.Viewer, new ListQuery(Filters: new Dictionary<string, string> { ["tag"] = "WEB" }), Ct)).Items.ShouldHaveSingleItem().ShouldSatisfyAllConditions(m => m.Id.ShouldBe(web.Id), m => m.Tags.ShouldBe(["night", "web"]));
        (await machines.ListAsync(world.Viewer, new ListQuery(Filters: new Dictionary<string, string> { ["tag"] = "we" }), Ct)).Total.ShouldBe(0);
        (await machines.TagsAsync(world.Viewer, world.Project.Id, Ct)).ShouldBe(["night", "web"]);
        (await machines.TagsAsync(world.Stranger, null, Ct)).ShouldBeEmpty();
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.AuditEvents.CountAsync(e => e.Action == "machine.tag" && e.SubjectId == web.Id, Ct)).ShouldBe(1);
        (await db.Machines.SingleAsync(m => m.Id == other.Id, Ct)).Tags.ShouldBeEmpty();
    }
}
