using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Domain.Leases;
using Portal.Domain.Projects;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Audit;

/// <summary>Where a value was changed the trail has it as it was and as it is.</summary>
public sealed class BeforeAndAfterTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    [Fact]
    public async Task An_archived_project_and_one_that_was_brought_back()
    {
        var world = await Postgres.NewWorldAsync();
        var changes = Get<ProjectChanges>();
        var version = (await Get<ProjectService>().GetAsync(world.Admin, world.Project.Id, Ct))!.Project.Version;
        var archived = (await changes.ArchiveAsync(world.Admin, world.Project.Id, version, Ct)).Value;
        await changes.ReopenAsync(world.Admin, world.Project.Id, archived.Project.Version, Ct);

        (await ToldAsync("project.archive", "archived")).ShouldBe(("false", "true"));
        (await ToldAsync("project.reopen", "archived")).ShouldBe(("true", "false"));
    }

    [Fact]
    public async Task A_delegation_that_was_made_and_ended()
    {
        var world = await Postgres.NewWorldAsync();
        var (begins, ends) = (Postgres.Time.GetUtcNow(), Postgres.Time.GetUtcNow().AddDays(3));
        var made = (await Get<DelegationService>().AddAsync(world.Admin, new DelegationDraft(world.Owner.UserId, begins, ends, null), Ct)).Value;
        Postgres.Time.Advance(TimeSpan.FromHours(1));
        await Get<DelegationService>().EndAsync(world.Admin, made.Id, Ct);

        var (none, added) = await ToldAsync("delegation.add", "endsAt");
        var (was, isNow) = await ToldAsync("delegation.end", "endsAt");
        none.ShouldBeNull();
        (DateTimeOffset.Parse(added!), DateTimeOffset.Parse(was!), DateTimeOffset.Parse(isNow!)).ShouldBe((made.EndsAt, made.EndsAt, Postgres.Time.GetUtcNow()));
    }

    [Fact]
    public async Task Lease_terms_as_they_held_whoever_had_set_them()
    {
        var world = await Postgres.NewWorldAsync();
        var leases = Get<LeaseService>();
        var set = (await leases.SetTermsAsync(world.Admin, world.Project.Id, LeaseTerms.BuiltIn with { MostDays = 60 }, 0, Ct)).Value;

        (await ToldAsync("lease-terms.change", "mostDays")).ShouldBe(("365", "60"));
        (await ToldAsync("lease-terms.change", "own")).ShouldBe(("false", "true"));
        (await leases.SetTermsAsync(world.Admin, world.Project.Id, null, set.Version, Ct)).Value.IsOwn.ShouldBeFalse();
        (await ToldAsync("lease-terms.change", "mostDays")).ShouldBe(("60", "365"));
    }

    [Fact]
    public async Task A_password_that_was_reset_and_a_token_that_was_revoked()
    {
        var world = await Postgres.NewWorldAsync();
        await Get<AccountService>().ResetPasswordAsync(world.Admin, world.Member.UserId, Ct);
        var token = (await Get<ApiTokens>().CreateAsync(world.Member, "script", null, Ct)).Value.Token;
        await Get<ApiTokens>().RevokeAsync(world.Member, token.Id, Ct);

        (await ToldAsync("account.reset", "oneTimePassword")).ShouldBe(("false", "true"));
        (await ToldAsync("token.revoke", "revoked")).ShouldBe(("false", "true"));
    }

    /// <summary>A member of the newest event's before and after.</summary>
    async Task<(string? Before, string? After)> ToldAsync(string action, string member)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var detail = JsonNode.Parse((await db.AuditEvents.Where(e => e.Action == action).OrderByDescending(e => e.Id).FirstAsync(Ct)).Detail)!;
        return (detail["before"]![member]?.ToString(), detail["after"]![member]?.ToString());
    }
}
