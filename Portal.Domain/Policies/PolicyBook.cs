using Microsoft.EntityFrameworkCore;

namespace Portal.Domain.Policies;

/// <summary>The rules and prices in force at one revision.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Rules">Every rule, in order.</param>
/// <param name="Prices">The price list.</param>
sealed record PolicyEdition(long Revision, IReadOnlyList<PolicyRule> Rules, PricesView Prices)
{
    /// <summary>What the rules say.</summary>
    public PolicyDecision Decide(RequestFacts facts) => Policy.Decide(Rules, facts with { Cost = Prices.For30Days(facts.Size) }).Decision;
}

/// <summary>
/// Decides what happens to a request by the rules in force. The rules are kept in memory; every decision looks at one row, in its own
/// transaction, to see that they are still those.
/// </summary>
public sealed class PolicyBook
{
    PolicyEdition? kept;

    /// <summary>What the rules say, in the caller's transaction.</summary>
    internal async Task<PolicyDecision> DecideAsync(PortalDbContext db, RequestFacts facts, CancellationToken ct) => (await ReadAsync(db, ct)).Decide(facts);

    /// <summary>The rules and prices in force.</summary>
    internal async Task<PolicyEdition> ReadAsync(PortalDbContext db, CancellationToken ct)
    {
        // The revision is read before the rules: should they change in between, the edition is newer than its number and is read once more.
        var revision = await db.PolicyRevisions.AsNoTracking().Select(r => r.Number).SingleOrDefaultAsync(ct);
        if (Volatile.Read(ref kept) is { } edition && edition.Revision == revision)
            return edition;
        var rules = await db.ApprovalRules.AsNoTracking().OrderBy(r => r.Position).ThenBy(r => r.Id).Select(r => new PolicyRule(r.Id, r.Name, r.Enabled, r.When, r.Then)).ToListAsync(ct);
        var prices = await db.PriceLists.AsNoTracking().Select(p => new PricesView(p.Vcpu, p.MemoryGib, p.DiskGib, p.Currency, p.Version)).SingleOrDefaultAsync(ct) ?? PricesView.None;
        var read = new PolicyEdition(revision, rules, prices);
        Volatile.Write(ref kept, read);
        return read;
    }
}
