using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Projects;

namespace Portal.Domain.Policies;

/// <summary>The rules of approval: admins change them, auditors read them.</summary>
public sealed partial class PolicyService
{
    // Two neighbours closer than this are given new figures: halves of halves come to an end.
    const double Narrow = 1e-6;

    readonly IDbContextFactory<PortalDbContext> contexts;
    readonly PolicyBook book;
    readonly TimeProvider time;

    internal PolicyService(IDbContextFactory<PortalDbContext> contexts, PolicyBook book, TimeProvider time) => (this.contexts, this.book, this.time) = (contexts, book, time);

    /// <summary>The whole policy; for admins and auditors.</summary>
    public async Task<Result<PolicyView>> GetAsync(Actor actor, CancellationToken ct)
    {
        if (RefuseReading(actor) is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var prices = (await book.ReadAsync(db, ct)).Prices;
        return new PolicyView(await ViewsAsync(db, ct), prices, await NamesAsync(db, ct), actor.IsAdmin);
    }

    /// <summary>Adds a rule after all others. Twice the same name is refused, so a double click adds one.</summary>
    public Task<Result<RuleView>> AddAsync(Actor actor, RuleDraft draft, CancellationToken ct) => ChangeAsync(actor, "add a rule", async (db, names, now) =>
    {
        var tidy = Tidy(draft);
        if (await RefuseAsync(db, tidy, names, null, ct) is { } refusal)
            return refusal;
        if (await db.ApprovalRules.CountAsync(ct) >= RuleCheck.MostRules)
            return new InvalidRule("name", $"There are {RuleCheck.MostRules} rules already.", "Delete some that never match: the dry run shows which.");
        var last = await db.ApprovalRules.MaxAsync(r => (double?)r.Position, ct) ?? 0;
        var rule = ApprovalRule.Create(last + 1, tidy.Name, tidy.Description, tidy.Enabled, tidy.When, tidy.Then, actor.UserId, now);
        db.Add(rule);
        db.Add(Event(actor, "policy.add-rule", rule, null, tidy, now));
        await db.SaveChangesAsync(ct);
        return rule.Id;
    }, ct);

    /// <summary>Changes a rule. <paramref name="version"/> is that of what was looked at; another one gives <see cref="ChangedMeanwhile"/>.</summary>
    public Task<Result<RuleView>> SaveAsync(Actor actor, Guid ruleId, uint version, RuleDraft draft, CancellationToken ct) => ChangeRuleAsync(actor, ruleId, version, "change a rule", draft, async (db, rule, names, now) =>
    {
        var tidy = Tidy(draft);
        if (await RefuseAsync(db, tidy, names, ruleId, ct) is { } refusal)
            return refusal;
        var before = Draft(rule);
        rule.Change(tidy.Name, tidy.Description, tidy.Enabled, tidy.When, tidy.Then, actor.UserId, now);
        db.Add(Event(actor, "policy.change-rule", rule, before, tidy, now));
        return null;
    }, ct);

    /// <summary>Switches a rule on or off.</summary>
    public Task<Result<RuleView>> SwitchAsync(Actor actor, Guid ruleId, uint version, bool enabled, CancellationToken ct) => ChangeRuleAsync(actor, ruleId, version, "change a rule", null, (db, rule, _, now) =>
    {
        rule.Switch(enabled, actor.UserId, now);
        db.Add(AuditEvent.Of(actor, enabled ? "policy.enable-rule" : "policy.disable-rule", "rule", rule.Id, rule.Name, null, new { before = new { enabled = !enabled }, after = new { enabled } }, now));
        return Task.FromResult<Refusal?>(null);
    }, ct);

    /// <summary>Gives a rule another place, from 1; past the end is the end.</summary>
    public Task<Result<RuleView>> MoveAsync(Actor actor, Guid ruleId, uint version, int number, CancellationToken ct) => ChangeRuleAsync(actor, ruleId, version, "move a rule", null, async (db, rule, _, now) =>
    {
        var all = await db.ApprovalRules.OrderBy(r => r.Position).ThenBy(r => r.Id).ToListAsync(ct);
        var from = all.FindIndex(r => r.Id == ruleId) + 1;
        var others = all.Where(r => r.Id != ruleId).ToList();
        var at = Math.Clamp(number - 1, 0, others.Count);
        var (before, after) = (at > 0 ? others[at - 1].Position : (double?)null, at < others.Count ? others[at].Position : (double?)null);
        rule.Place((before, after) switch { (null, null) => 1, (null, { } next) => next - 1, ({ } previous, null) => previous + 1, ({ } previous, { } next) => (previous + next) / 2 }, actor.UserId, now);
        if (before is { } low && after is { } high && high - low < Narrow)
        {
            others.Insert(at, rule);
            foreach (var (other, n) in others.Select((other, n) => (other, n)))
                other.Renumber(n + 1);
        }
        db.Add(AuditEvent.Of(actor, "policy.move-rule", "rule", rule.Id, rule.Name, null, new { before = new { number = from }, after = new { number = at + 1 } }, now));
        return null;
    }, ct);

    /// <summary>Deletes a rule. Requests that it asked people about go on as it said.</summary>
    public async Task<Result<Done>> DeleteAsync(Actor actor, Guid ruleId, uint version, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin("delete a rule") is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await BeginAsync(db, ct);
        if (await db.ApprovalRules.SingleOrDefaultAsync(r => r.Id == ruleId, ct) is not { } rule)
            return new NotFound("rule");
        if (rule.Version != version)
            return await ChangedAsync(db, rule, null, await NamesAsync(db, ct), ct);
        db.Remove(rule);
        db.Add(Event(actor, "policy.delete-rule", rule, Draft(rule), null, time.GetUtcNow()));
        await EndAsync(db, transaction, ct);
        return Done.Value;
    }

    /// <summary>Sets the price list.</summary>
    public async Task<Result<PricesView>> SetPricesAsync(Actor actor, PricesView prices, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin("set prices") is { } refusal)
            return refusal;
        foreach (var (field, price) in new[] { ("vcpu", prices.Vcpu), ("memoryGib", prices.MemoryGib), ("diskGib", prices.DiskGib) })
        {
            if (price is < 0 or > 1_000_000)
                return new InvalidRule(field, $"A price of {price} does not do.", "Give 0 to 1,000,000.");
        }
        var currency = (prices.Currency ?? "").Trim().ToUpperInvariant();
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetter))
            return new InvalidRule("currency", "A currency is three letters.", "Give its ISO 4217 code, such as EUR.");
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await BeginAsync(db, ct);
        var row = await db.PriceLists.SingleOrDefaultAsync(ct);
        var before = row is null ? PricesView.None : new PricesView(row.Vcpu, row.MemoryGib, row.DiskGib, row.Currency, row.Version);
        var after = prices with { Currency = currency, Version = before.Version };
        if (before.Version != prices.Version)
            return new ChangedMeanwhile("The price list", await NameAsync(db, row?.ChangedBy, ct), row?.ChangedAt ?? time.GetUtcNow(), null, Differences(before, after), before.Version);
        row ??= db.Add(PriceList.Empty()).Entity;
        row.Set(after, actor.UserId, time.GetUtcNow());
        db.Add(AuditEvent.Of(actor, "policy.set-prices", "prices", Guid.Empty, "Price list", null, new { before, after }, time.GetUtcNow()));
        await EndAsync(db, transaction, ct);
        return after with { Version = row.Version };
    }

    static IReadOnlyList<FieldDifference> Differences(PricesView now, PricesView yours) =>
        [.. new (string Field, object Now, object Yours)[] { ("vCPU", now.Vcpu, yours.Vcpu), ("GiB of memory", now.MemoryGib, yours.MemoryGib), ("GiB of disk", now.DiskGib, yours.DiskGib), ("Currency", now.Currency, yours.Currency) }
            .Where(pair => !pair.Now.Equals(pair.Yours)).Select(pair => new FieldDifference(pair.Field, $"{pair.Now}", $"{pair.Yours}"))];

    Task<Result<RuleView>> ChangeRuleAsync(Actor actor, Guid ruleId, uint version, string action, RuleDraft? yours, Func<PortalDbContext, ApprovalRule, PolicyNames, DateTimeOffset, Task<Refusal?>> change, CancellationToken ct) =>
        ChangeAsync(actor, action, async (db, names, now) =>
        {
            if (await db.ApprovalRules.SingleOrDefaultAsync(r => r.Id == ruleId, ct) is not { } rule)
                return new NotFound("rule");
            if (rule.Version != version)
                return await ChangedAsync(db, rule, yours is null ? null : Tidy(yours), names, ct);
            return await change(db, rule, names, now) is { } refusal ? refusal : rule.Id;
        }, ct);

    async Task<Result<RuleView>> ChangeAsync(Actor actor, string action, Func<PortalDbContext, PolicyNames, DateTimeOffset, Task<Result<Guid>>> change, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin(action) is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await BeginAsync(db, ct);
        var changed = await change(db, await NamesAsync(db, ct), time.GetUtcNow());
        if (!changed.IsOk)
            return changed.Refusal;
        await EndAsync(db, transaction, ct);
        return (await ViewsAsync(db, ct)).Single(rule => rule.Id == changed.Value);
    }

    static async Task<IDbContextTransaction> BeginAsync(PortalDbContext db, CancellationToken ct)
    {
        var transaction = await db.Database.BeginTransactionAsync(ct);
        await PolicyRevision.RaiseAsync(db, ct);
        return transaction;
    }

    static async Task EndAsync(PortalDbContext db, IDbContextTransaction transaction, CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Policy, Guid.Empty, null, ct);
        await transaction.CommitAsync(ct);
    }

    static async Task<Refusal?> RefuseAsync(PortalDbContext db, RuleDraft draft, PolicyNames names, Guid? self, CancellationToken ct) =>
        RuleCheck.Refuse(draft, names) ?? (await db.ApprovalRules.AnyAsync(r => r.Name == draft.Name && r.Id != self, ct) ? new RuleNameTaken(draft.Name) : null);

    static async Task<ChangedMeanwhile> ChangedAsync(PortalDbContext db, ApprovalRule rule, RuleDraft? yours, PolicyNames names, CancellationToken ct) =>
        new($"The rule “{rule.Name}”", await NameAsync(db, rule.ChangedBy, ct), rule.ChangedAt, null, yours is null ? [] : RuleWords.Differences(Draft(rule), yours, names), rule.Version);

    static Task<string?> NameAsync(PortalDbContext db, Guid? user, CancellationToken ct) =>
        db.Users.Where(u => u.Id == user).Select(u => User.NameOf(u.DisplayName, u.UserName)).SingleOrDefaultAsync(ct);

    static RuleDraft Draft(ApprovalRule rule) => new(rule.Name, rule.Description, rule.Enabled, rule.When, rule.Then);

    static RuleDraft Tidy(RuleDraft draft)
    {
        var asks = draft.Then.Outcome == PolicyOutcome.Ask;
        var then = draft.Then with
        {
            Reason = Texts.Trimmed(draft.Then.Reason), Levels = asks ? [.. draft.Then.Levels.Select(level => level with { Approvers = [.. level.Approvers.Distinct()] })] : [],
            MayDecideOwn = asks && draft.Then.MayDecideOwn, ExpiresAfterHours = asks ? draft.Then.ExpiresAfterHours : null,
        };
        return new RuleDraft((draft.Name ?? "").Trim(), Texts.Trimmed(draft.Description), draft.Enabled, draft.When.Tidy(), then);
    }

    static AuditEvent Event(Actor actor, string action, ApprovalRule rule, RuleDraft? before, RuleDraft? after, DateTimeOffset now) =>
        AuditEvent.Of(actor, action, "rule", rule.Id, rule.Name, null, new { before, after }, now);

    static NotAllowed? RefuseReading(Actor actor) => actor.IsAdmin || actor.IsAuditor ? null : new NotAllowed("read the policy", $"the role {Roles.Admin} or {Roles.Auditor}");
}
