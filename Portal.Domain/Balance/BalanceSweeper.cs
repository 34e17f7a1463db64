using Microsoft.EntityFrameworkCore;
using Portal.Domain.Accounts;
using Portal.Domain.Changes;
using Portal.Domain.Evacuations;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;

namespace Portal.Domain.Balance;

/// <summary>
/// Follows recommendations while a window is open, one move at a time: what it came to is measured before the next. It may be called at any time and by
/// several processes. An order's key is its window's and its number in it, so that no window has more moves than it may.
/// </summary>
public sealed class BalanceSweeper(IDbContextFactory<PortalDbContext> contexts, MoveOrders moves, IHostLoads loads)
{
    /// <summary>How long a machine that moved, for whatever reason, is left in peace.</summary>
    public static TimeSpan Rest { get; } = TimeSpan.FromHours(6);

    /// <summary>Orders the next move if one is due; a no-op when it is switched off, no window is open, or another process is at it.</summary>
    public async Task SweepAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if ((await db.BalanceSettings.FromSql($"select * from balance_settings where enabled for no key update skip locked").ToListAsync(ct)).SingleOrDefault() is not { } settings
            || settings.Terms.OpenedAt(now) is not { } opened)
            return;
        var said = await StepAsync(db, settings, opened, now, ct);
        if (said is null || said == settings.Said)
            return;
        settings.Tell(said, now);
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Balance, Guid.Empty, null, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Takes the next step.</summary>
    /// <returns>What came of it; null while a move that was ordered before is under way.</returns>
    async Task<string?> StepAsync(PortalDbContext db, BalanceSettings settings, DateTimeOffset opened, DateTimeOffset now, CancellationToken ct)
    {
        var window = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"balance {opened.UtcDateTime:yyyy-MM-ddTHH:mm} ");
        var ordered = await db.Operations.AsNoTracking().Where(o => o.Kind == OperationKind.Migrate && o.IdempotencyKey.StartsWith(window)).Select(o => o.Status).ToListAsync(ct);
        if (ordered.Exists(status => status is OperationStatus.Queued or OperationStatus.Running))
            return null;
        if (ordered.Count >= settings.Terms.MostMoves)
            return $"All {settings.Terms.MostMoves} moves of this window are made.";
        if (await Deputy.ForAsync(db, settings.RunBy, "balance", ct) is not { } actor)
            return "Whoever switched this on has no account any more. Nothing is moved until somebody else does.";
        if (!actor.IsOperator)
            return $"{settings.RunByName} may not move machines any more. Nothing is moved until an operator switches this on.";
        var underWay = await db.Migrations.AsNoTracking().Where(m => m.Status == MigrationStatus.Queued || m.Status == MigrationStatus.Running).Select(m => new Route(m.SourceHostId, m.DestinationHostId)).ToListAsync(ct);
        var plan = (await BalanceSurvey.LookAsync(db, loads, now, Rest, ct)).Plan(surely: true);
        if (plan.Moves.Count == 0)
            return "Nothing is worth a move.";
        string? why = null;
        foreach (var move in plan.Moves.Where(m => EvacuationLimits.Usual.Allow(underWay, m.Route)))
        {
            var order = await moves.StartAsync(actor, move.Machine.Id, BalanceService.Order(move), $"{window}{ordered.Count + 1}", ct);
            if (order.IsOk)
                return $"{move.Machine.Name} moves from {move.From} to {move.To}. {move.Gain}.";
            why ??= $"{move.Machine.Name} was not moved to {move.To}: {order.Refusal.Message}";
        }
        return why ?? "Other moves use up the limits.";
    }
}
