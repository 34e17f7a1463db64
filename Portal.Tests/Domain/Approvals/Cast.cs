using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Approvals;

/// <summary>More people for a world, and the rules that ask them. The rules are of the whole database: worlds beside each other name their project.</summary>
sealed class Cast(PostgresFixture postgres, World world)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A level that one person decides.</summary>
    public static ApprovalLevel Asks(params Actor[] people) => new([.. people.Select(p => new Approver(ApproverKind.Person, p.UserId))], All: false);

    /// <summary>A level that each of some people has to agree to.</summary>
    public static ApprovalLevel AsksAll(params Actor[] people) => Asks(people) with { All = true };

    public static ApprovalLevel AsksRole(string role) => new([new(ApproverKind.Role, Role: role)], All: false);

    public static ApprovalLevel AsksOwners() => new([new(ApproverKind.ProjectOwners)], All: false);

    public static RuleOutcome Ask(params ApprovalLevel[] levels) => new(PolicyOutcome.Ask, null, levels);

    /// <summary>Somebody with an account, and maybe a platform role.</summary>
    public async Task<Actor> PersonAsync(string name, PlatformRoles platform = PlatformRoles.None)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        var tag = Guid.NewGuid().ToString("n")[..6];
        var user = new User { DisplayName = $"{name}-{tag}", UserName = $"{name}-{tag}", NormalizedUserName = $"{name}-{tag}".ToUpperInvariant() };
        db.Add(user);
        await db.SaveChangesAsync(Ct);
        foreach (var role in Roles.NamesOf(platform))
            await GiveAsync(user.Id, role);
        return new Actor(user.Id, user.DisplayName, platform, "127.0.0.1");
    }

    /// <summary>Gives a platform role as Identity keeps it.</summary>
    public async Task GiveAsync(Guid user, string role)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        var name = role.ToUpperInvariant();
        await db.Database.ExecuteSqlAsync($"""insert into "AspNetRoles" (id, name, normalized_name) values ({Guid.CreateVersion7()}, {role}, {name}) on conflict do nothing""", Ct);
        db.Add(new IdentityUserRole<Guid> { UserId = user, RoleId = await db.Roles.Where(r => r.NormalizedName == name).Select(r => r.Id).SingleAsync(Ct) });
        await db.SaveChangesAsync(Ct);
    }

    /// <summary>Takes every platform role.</summary>
    public async Task TakeRolesAsync(Actor person)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        await db.UserRoles.Where(r => r.UserId == person.UserId).ExecuteDeleteAsync(Ct);
    }

    /// <summary>Has an account locked for good.</summary>
    public async Task LockAsync(Actor person)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        await db.Users.Where(u => u.Id == person.UserId).ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, DateTimeOffset.UtcNow), Ct);
    }

    /// <summary>Makes somebody an owner of the project.</summary>
    public async Task OwnsAsync(Actor person)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        db.Add(ProjectMember.Create(world.Project.Id, person.UserId, ProjectRole.Owner));
        await db.SaveChangesAsync(Ct);
    }

    /// <summary>A rule for the world's project only, after all others.</summary>
    public async Task<RuleView> RuleAsync(RuleOutcome then, RuleConditions? when = null, string? name = null) => (await postgres.Get<PolicyService>().AddAsync(world.Admin,
        new RuleDraft(name ?? $"Rule {Guid.NewGuid():n}", null, true, (when ?? RuleConditions.Any) with { Projects = [world.Project.Id] }, then), Ct)).Value;

    public async Task<RequestView> SubmitAsync(Actor? by = null) =>
        (await postgres.Get<RequestService>().SubmitAsync(by ?? world.Member, world.Draft(), Guid.NewGuid().ToString(), Ct)).Value;

    public async Task<Refusal?> ApproveAsync(Actor by, RequestView request, int? level = null) =>
        (await postgres.Get<ApprovalService>().ApproveAsync(by, [new SeenRequest(request.Id, level)], "Fine", Ct)).Single().Refusal;

    public async Task<Refusal?> DenyAsync(Actor by, RequestView request) => (await postgres.Get<ApprovalService>().DenyAsync(by, [request.Id], "No room", Ct)).Single().Refusal;

    public async Task<DelegationView> AwayAsync(Actor from, Actor to, TimeSpan? length = null) => (await postgres.Get<DelegationService>().AddAsync(world.Admin,
        new DelegationDraft(to.UserId, postgres.Time.GetUtcNow(), postgres.Time.GetUtcNow() + (length ?? TimeSpan.FromDays(7)), "On holiday", from.UserId), Ct)).Value;

    public async Task<Request> ReadAsync(RequestView request)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Requests.AsNoTracking().SingleAsync(r => r.Id == request.Id, Ct);
    }

    public async Task<IReadOnlyList<DecisionView>> DecisionsAsync(RequestView request)
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.DecisionsOf(request.Id).ToListAsync(Ct);
    }

    /// <summary>Runs statements of the test's own making.</summary>
    public static async Task RunAsync(PortalDbContext db, string statements)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        (command.CommandText, command.CommandTimeout) = (statements, 120);
        await db.Database.OpenConnectionAsync(Ct);
        await command.ExecuteNonQueryAsync(Ct);
    }

    /// <summary>What waits for somebody, of this world.</summary>
    public async Task<IReadOnlyList<Guid>> QueueAsync(Actor of) =>
        [.. (await postgres.Get<ApprovalService>().QueueAsync(of, Ct)).Value.Items.Where(r => r.ProjectId == world.Project.Id).Select(r => r.Id)];
}
