using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Approvals;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Domain.Approvals;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Requests;

/// <summary>Somebody who asked and left the project since: what is in it is none of his concern any more, his own request included.</summary>
public sealed class LeftTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    RequestService Requests => Get<RequestService>();

    [Fact]
    public async Task He_reads_and_changes_his_request_no_more()
    {
        var (world, waiting, decided) = await BeginAsync();

        foreach (var request in new[] { waiting.Id, decided.Id })
        {
            (await Requests.GetAsync(world.Member, request, Ct)).Refusal.ShouldBe(new NotFound("request"));
            (await Requests.DraftOfAsync(world.Member, request, Ct)).Refusal.ShouldBe(new NotFound("request"));
            (await Requests.WithdrawAsync(world.Member, request, Ct)).Refusal.ShouldBe(new NotFound("request"));
            (await Requests.ResubmitAsync(world.Member, request, world.Draft(), Guid.NewGuid().ToString(), Ct)).Refusal.ShouldBe(new NotFound("request"));
            (await Requests.CommentAsync(world.Member, request, "What became of it?", Guid.NewGuid().ToString(), Ct)).Refusal.ShouldBe(new NotFound("request"));
            (await Get<ApprovalService>().PreviewAsync(world.Member, request, Ct)).Refusal.ShouldBe(new NotFound("request"));
            (await Get<ApprovalService>().ApproveAsync(world.Member, [request], null, Ct)).Single().Refusal.ShouldBe(new NotFound("request"));
        }

        (await Requests.ListAsync(world.Member, new ListQuery(), Ct)).Total.ShouldBe(0);
    }

    [Fact]
    public async Task He_hears_neither_what_is_decided_nor_what_comes_of_it()
    {
        var (world, waiting, decided) = await BeginAsync();
        var cast = new Cast(Postgres, world);
        var told = await NoticesAsync(world.Member);

        (await cast.DenyAsync(world.Admin, waiting)).ShouldBeNull();
        (await Requests.CommentAsync(world.Owner, decided.Id, "It is being made.", "c", Ct)).IsOk.ShouldBeTrue();
        await Books.ProvisionedAsync(await ClaimAsync(), Ct);

        (await cast.ReadAsync(decided)).Status.ShouldBe(RequestStatus.Fulfilled);
        (await NoticesAsync(world.Member)).ShouldBe(told);
    }

    [Fact]
    public async Task Back_in_the_project_he_hears_of_it_again()
    {
        var (world, waiting, _) = await BeginAsync();
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
        {
            db.Add(ProjectMember.Create(world.Project.Id, world.Member.UserId, ProjectRole.Viewer));
            await db.SaveChangesAsync(Ct);
        }
        var told = await NoticesAsync(world.Member);

        (await new Cast(Postgres, world).DenyAsync(world.Admin, waiting)).ShouldBeNull();

        (await NoticesAsync(world.Member)).ShouldBe(told + 1);
    }

    async Task<int> NoticesAsync(Actor of)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Notices.CountAsync(n => n.UserId == of.UserId, Ct);
    }

    /// <summary>A member who asked for two machines, of which one is being made, and left.</summary>
    async Task<(World World, RequestView Waiting, RequestView Decided)> BeginAsync()
    {
        var world = await Postgres.NewWorldAsync();
        var cast = new Cast(Postgres, world);
        var (waiting, decided) = (await cast.SubmitAsync(), await cast.SubmitAsync());
        (await cast.ApproveAsync(world.Admin, decided)).ShouldBeNull();
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await db.ProjectMembers.Where(m => m.UserId == world.Member.UserId).ExecuteDeleteAsync(Ct);
        return (world, waiting, decided);
    }
}
