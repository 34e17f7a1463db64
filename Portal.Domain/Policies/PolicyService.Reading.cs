using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Domain.Leases;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Domain.Policies;

/// <summary>A request one thinks of, to see what the rules say to it.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="UserId">Who would ask.</param>
/// <param name="Kind">What would be asked for.</param>
/// <param name="FlavorId">The flavor, for a new machine.</param>
/// <param name="ImageId">The image, for a new machine.</param>
/// <param name="Size">The machine's size afterwards, where no flavor says it.</param>
/// <param name="LeaseDays">Length of a new machine's lease, days, or by how much an extension moves the end; null: as the terms say; 0: for ever.</param>
public sealed record PolicyTry(Guid ProjectId, Guid UserId, RequestKind Kind, Guid? FlavorId = null, Guid? ImageId = null, MachineSize? Size = null, int? LeaseDays = null);

/// <summary>One rule on the way to a decision, in words.</summary>
/// <param name="Number">Its place, from 1.</param>
/// <param name="RuleId">The rule.</param>
/// <param name="Name">Its name.</param>
/// <param name="Matched">Whether it decided.</param>
/// <param name="Why">Why it did not: every condition that failed, with what the request is.</param>
public sealed record TraceView(int Number, Guid RuleId, string Name, bool Matched, IReadOnlyList<string> Why);

/// <summary>What would happen to a request.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Levels">Who would be asked, by name.</param>
/// <param name="Currency">What the cost is in.</param>
/// <param name="Trace">Every rule up to the one that decided.</param>
/// <param name="Lease">The project's lease terms.</param>
/// <param name="Refusals">What would refuse the request before any rule is asked, in the words of the real refusal.</param>
public sealed record PolicyTrial(PolicyDecision Decision, IReadOnlyList<LevelView> Levels, string Currency, IReadOnlyList<TraceView> Trace, LeaseTerms Lease, IReadOnlyList<Refusal> Refusals);

/// <content>Reading the policy, and the dry run.</content>
public sealed partial class PolicyService
{
    /// <summary>What would happen to a request and by which rule, as things are now. For admins and auditors; holds and changes nothing.</summary>
    public async Task<Result<PolicyTrial>> TryAsync(Actor actor, PolicyTry asked, CancellationToken ct)
    {
        if (RefuseReading(actor) is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var names = await NamesAsync(db, ct);
        if (names.Projects.All(p => p.Id != asked.ProjectId))
            return new InvalidRule("projectId", "There is no such project.", "Choose one of those there are.");
        if (!await db.Users.AnyAsync(u => u.Id == asked.UserId, ct))
            return new InvalidRule("userId", "There is no such person.", "Choose somebody who can sign in.");
        if (!Enum.IsDefined(asked.Kind))
            return new InvalidRule("kind", "There is no such kind of request.", "Choose one of those there are.");
        var flavor = await db.Flavors.AsNoTracking().SingleOrDefaultAsync(f => f.Id == asked.FlavorId, ct);
        var size = flavor?.Size ?? asked.Size;
        if (size is { Vcpus: < 0 } or { MemoryMib: < 0 } or { DiskGib: < 0 })
            return new InvalidRule("size", "A size below 0 is never asked for.", "Give 0 or more.");

        var platform = Roles.Of(await db.RoleNamesOf(asked.UserId).ToListAsync(ct));
        var person = new Actor(asked.UserId, "", platform);
        var place = await db.PlaceInAsync(person, asked.ProjectId, ct);
        var terms = await LeaseBook.TermsAsync(db, asked.ProjectId, ct);
        var takes = asked.Kind == RequestKind.Create && size is not null ? QuotaAmounts.OfMachine(size) : QuotaAmounts.None;
        var quota = await QuotaBooks.SheetAsync(db, asked.ProjectId, asked.UserId, ct);
        var edition = await book.ReadAsync(db, ct);
        var facts = new RequestFacts(asked.ProjectId, asked.UserId, place?.Role ?? ProjectRole.Viewer, platform, asked.Kind, asked.Kind == RequestKind.Create ? flavor?.Id : null,
            asked.Kind == RequestKind.Create ? asked.ImageId : null, asked.Kind == RequestKind.QuotaIncrease ? null : size, takes, QuotaLine.FullestShare(quota.Lines, takes), LeaseDays(asked, terms));
        facts = facts with { Cost = edition.Prices.For30Days(facts.Size) };
        var verdict = Policy.Decide(edition.Rules, facts);

        var refusals = new List<Refusal>();
        if (RefuseAsking(person, place, asked.Kind) is { } forbidden)
            refusals.Add(forbidden);
        if (RefuseLease(asked, terms) is { } badLease)
            refusals.Add(badLease);
        if (QuotaRules.Judge(quota, takes) is { Count: > 0 } over)
        {
            var fits = await QuotaFit.FindAsync(db, quota, takes, ct);
            refusals.AddRange(over.Select(refusal => refusal.Offering(fits)));
        }

        var levels = verdict.Decision.Outcome == PolicyOutcome.Ask
            ? await LevelPeople.DescribeAsync(db, verdict.Decision.Levels, asked.ProjectId, asked.UserId, verdict.Decision.MayDecideOwn, time.GetUtcNow(), ct)
            : [];
        var trace = verdict.Trace.Select((line, n) => new TraceView(n + 1, line.RuleId, line.Name, line.Matched, Why(line, edition.Rules[n], facts, names, edition.Prices.Currency)));
        return new PolicyTrial(verdict.Decision, levels, edition.Prices.Currency, [.. trace], terms, refusals);
    }

    static Refusal? RefuseAsking(Actor person, ProjectAccess.Place? place, RequestKind kind) => kind == RequestKind.Create
        ? RequestService.MayAsk(person, place)
        : ProjectAccess.RefuseUnlessMember(place, kind == RequestKind.QuotaIncrease ? "project" : "machine", RequestKinds.Asking(kind));

    static Refusal? RefuseLease(PolicyTry asked, LeaseTerms terms) => asked.Kind switch
    {
        RequestKind.Create => terms.Refuse(asked.LeaseDays),
        RequestKind.ExtendLease => terms.RefuseMore(asked.LeaseDays ?? 0),
        _ => null,
    };

    // Only these two kinds ask for a length: rules see none in the others.
    static int? LeaseDays(PolicyTry asked, LeaseTerms terms) => asked.Kind switch
    {
        RequestKind.Create => terms.Resolve(asked.LeaseDays),
        RequestKind.ExtendLease => asked.LeaseDays ?? 0,
        _ => null,
    };

    static IReadOnlyList<string> Why(RuleTrace line, PolicyRule rule, RequestFacts facts, PolicyNames names, string currency) => line.Enabled
        ? [.. line.Failed.Select(condition => $"{RuleWords.Of(condition, rule.When, names, currency)}; this is {RuleWords.Is(condition, facts, names, currency)}")]
        : ["switched off"];

    static async Task<IReadOnlyList<RuleView>> ViewsAsync(PortalDbContext db, CancellationToken ct)
    {
        var rows = await (
            from rule in db.ApprovalRules.AsNoTracking()
            orderby rule.Position, rule.Id
            select new { Rule = rule, By = db.Users.Where(u => u.Id == rule.ChangedBy).Select(u => User.NameOf(u.DisplayName, u.UserName)).SingleOrDefault() }).ToListAsync(ct);
        var rules = rows.ConvertAll(row => new PolicyRule(row.Rule.Id, row.Rule.Name, row.Rule.Enabled, row.Rule.When, row.Rule.Then));
        return [.. rows.Select((row, n) => new RuleView(row.Rule.Id, n + 1, row.Rule.Name, row.Rule.Description, row.Rule.Enabled, row.Rule.When, row.Rule.Then, row.Rule.ChangedAt, row.By, row.Rule.Version,
            RuleCheck.Warnings(rules[n], rules.Take(n))))];
    }

    static async Task<PolicyNames> NamesAsync(PortalDbContext db, CancellationToken ct) => new(
        await db.Projects.OrderBy(p => p.Name).Select(p => new NamedThing(p.Id, p.Name)).ToListAsync(ct),
        await db.Flavors.OrderBy(f => f.MemoryMib).ThenBy(f => f.Name).Select(f => new NamedThing(f.Id, f.Name)).ToListAsync(ct),
        await db.Images.OrderBy(i => i.Title).ThenBy(i => i.Name).Select(i => new NamedThing(i.Id, i.Title)).ToListAsync(ct),
        await db.Users.OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Select(u => new NamedThing(u.Id, User.NameOf(u.DisplayName, u.UserName))).ToListAsync(ct));
}
