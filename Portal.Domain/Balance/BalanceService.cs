using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Projects;

namespace Portal.Domain.Balance;

/// <summary>Says what is worth moving between hosts, follows it by hand, and says when it is followed without one.</summary>
public sealed class BalanceService(IDbContextFactory<PortalDbContext> contexts, MoveOrders moves, IHostLoads loads, TimeProvider time)
{
    /// <summary>The longest reason a receipt keeps, characters.</summary>
    internal const int LongestReason = 300;

    /// <summary>What is worth moving now.</summary>
    /// <returns>The recommendations, or <see cref="NotAllowed"/>.</returns>
    public async Task<Result<BalanceView>> LookAsync(Actor actor, CancellationToken ct)
    {
        if (RefuseSight(actor) is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var survey = await BalanceSurvey.LookAsync(db, loads, time.GetUtcNow(), rest: null, ct);
        return survey.View(survey.Plan(surely: false));
    }

    /// <summary>Follows some recommendations, each by an ordinary move. What is not recommended any more is not moved.</summary>
    /// <param name="actor">An operator.</param>
    /// <param name="choices">Which, in the order they are to begin.</param>
    /// <param name="key">The caller's key for this call.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What became of each, in the same order, or <see cref="NotAllowed"/> or <see cref="InvalidText"/>.</returns>
    public async Task<Result<IReadOnlyList<BalanceOutcome>>> ApplyAsync(Actor actor, IReadOnlyList<BalanceChoice> choices, string key, CancellationToken ct)
    {
        if (actor.RefuseUnless(PlatformRoles.Operator, "move machines") is { } refusal)
            return refusal;
        if (CallKey.Refuse(key) is { } noKey)
            return noKey;
        if (choices is not { Count: > 0 and <= BalancePlanner.MostMoves } || choices.DistinctBy(c => c.MachineId).Count() != choices.Count)
            return new InvalidText("choices", "This is no choice among the recommendations.", $"Name 1 to {BalancePlanner.MostMoves} machines, each once, and where each is to go.");
        BalancePlan plan;
        await using (var db = await contexts.CreateDbContextAsync(ct))
            plan = (await BalanceSurvey.LookAsync(db, loads, time.GetUtcNow(), rest: null, ct)).Plan(surely: false);
        var outcomes = new List<BalanceOutcome>();
        foreach (var choice in choices)
        {
            if (plan.Moves.FirstOrDefault(m => m.Machine.Id == choice.MachineId && m.Route.To == choice.ToHostId) is not { } move)
            {
                outcomes.Add(new BalanceOutcome(choice.MachineId, null, null, new NotRecommended()));
                continue;
            }
            var ordered = await moves.StartAsync(actor, choice.MachineId, Order(move), KeyOf(key, choice), ct);
            outcomes.Add(new BalanceOutcome(choice.MachineId, move.Machine.Name, ordered.IsOk ? ordered.Value : null, ordered.Refusal));
        }
        return outcomes;
    }

    /// <summary>Whether, when and how much is moved without anybody's hand.</summary>
    /// <returns>The settings, or <see cref="NotAllowed"/>.</returns>
    public async Task<Result<BalanceSettingsView>> SettingsAsync(Actor actor, CancellationToken ct)
    {
        if (RefuseSight(actor) is { } refusal)
            return refusal;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return View(await db.BalanceSettings.AsNoTracking().SingleOrDefaultAsync(ct));
    }

    /// <summary>Says whether, when and how much is moved without anybody's hand, from now on with the rights of who says so.</summary>
    /// <param name="actor">An operator.</param>
    /// <param name="enabled">Whether it is switched on.</param>
    /// <param name="terms">When, and how much.</param>
    /// <param name="version">The version that was read.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The settings, or <see cref="NotAllowed"/>, <see cref="InvalidText"/> or <see cref="ChangedMeanwhile"/>.</returns>
    public async Task<Result<BalanceSettingsView>> SetAsync(Actor actor, bool enabled, BalanceTerms terms, int version, CancellationToken ct)
    {
        if (actor.RefuseUnless(PlatformRoles.Operator, "have machines balanced") is { } refusal)
            return refusal;
        if (terms is null)
            return new InvalidText("terms", "It is not said when and how much.", "Give the terms.");
        if (terms.Check() is { } senseless)
            return senseless;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended('portal balance', 0))", ct);
        var settings = await db.BalanceSettings.SingleOrDefaultAsync(ct);
        if ((settings?.Version ?? 0) != version)
            return new ChangedMeanwhile("How machines are balanced", settings?.RunByName, settings?.ChangedAt ?? time.GetUtcNow());
        var before = settings is null ? null : Told(settings);
        if (settings is null)
            db.Add(settings = BalanceSettings.Create());
        var now = time.GetUtcNow();
        settings.Say(enabled, terms, actor, now);
        db.Add(AuditEvent.Of(actor, "balance.set", "balance", Guid.Empty, "Balance", null, before, Told(settings), null, now));
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Balance, Guid.Empty, null, ct);
        await transaction.CommitAsync(ct);
        return View(settings);
    }

    /// <summary>What is ordered for a recommendation.</summary>
    internal static MigrationParameters Order(BalanceMove move) => new(move.Route.To, BalanceSurvey.Mode, null, AnyMode: true) { Reason = $"Balance: {move.Gain}".Cut(LongestReason) };

    static string KeyOf(string key, BalanceChoice choice) => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32]} {choice.MachineId:N}";

    static NotAllowed? RefuseSight(Actor actor) => actor.SeesFleet ? null : new NotAllowed("look at how machines are balanced", "the role operator or auditor");

    BalanceSettingsView View(BalanceSettings? settings) => settings is null
        ? new BalanceSettingsView(false, BalanceTerms.Usual, null, null, null, null, null, 0)
        : new BalanceSettingsView(settings.Enabled, settings.Terms, settings.RunByName, settings.ChangedAt, settings.Enabled ? settings.Terms.Opens.Next(time.GetUtcNow()) : null, settings.SaidAt, settings.Said, settings.Version);

    static object Told(BalanceSettings settings) => new { settings.Enabled, Opens = settings.Terms.Opens.ToString(), settings.Terms.WindowMinutes, settings.Terms.MostMoves };
}
