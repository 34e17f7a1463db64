using System.Data;
using System.Globalization;
using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Portal.Domain.Audit;

/// <summary>
/// Looks through the whole chain in one snapshot of the database, a stretch at a time, and computes every hash again. What it needs of memory does not
/// grow with the trail.
/// </summary>
public sealed class AuditVerifier(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>Places looked at between two reports of progress.</summary>
    public const int Stretch = 10_000;

    // Events commit a little after they say they were; a clock is set by more only by hand.
    static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    /// <summary>Verifies the trail, without asking who wants it: for the verb, whose caller has the database's password.</summary>
    /// <param name="known">A head that was kept elsewhere: the trail must go through it.</param>
    /// <param name="progress">Told places looked at and places there are.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<AuditVerdict> VerifyAsync(AuditMark? known, IProgress<(long Done, long Of)>? progress, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        var run = new Run(connection, known);
        var broken = await run.WalkAsync(progress, ct) ?? await run.StrangerAsync(ct);
        var (unsealed, oldest) = await run.UnsealedAsync(ct);
        return new AuditVerdict(run.Last, AuditMark.Of(run.Last, run.Hash), unsealed, oldest, broken, run.Remark);
    }

    sealed class Run(NpgsqlConnection connection, AuditMark? known)
    {
        readonly AuditCanon canon = new();
        DateTimeOffset latest = DateTimeOffset.MinValue;
        long backdated;
        long firstBackdated;

        public long Last { get; private set; }

        public byte[] Hash { get; private set; } = AuditCanon.Beginning;

        public string? Remark => backdated == 0 ? null
            : $"{Say(backdated)} {(backdated == 1 ? "event tells" : "events tell")} of a time more than an hour before what was sealed earlier, the first at {Say(firstBackdated)}: a clock was set, or it was written in afterwards.";

        public async Task<AuditBreak?> WalkAsync(IProgress<(long, long)>? progress, CancellationToken ct)
        {
            var head = await HeadAsync(ct);
            if (head is null)
                return new(AuditFault.Missing, null, null, "The row that holds the trail's head is gone.");
            if (known is { Sequence: 0 } && known.Hash != Convert.ToHexStringLower(AuditCanon.Beginning))
                return new(AuditFault.Altered, 0, null, "The given head stands before the first event but has another hash than every trail begins with.");
            while (true)
            {
                var from = Last;
                if (await StretchAsync(head, ct) is { } broken)
                    return broken;
                progress?.Report((Last, head.Sequence));
                if (Last == from)
                    break;
            }
            if (Last < head.Sequence)
                return new(AuditFault.CutOff, Last + 1, null, $"The trail ends at {Say(Last)} but its head is {Say(head.Sequence)}: the last {Say(head.Sequence - Last)} are gone.");
            if (AuditMark.Of(Last, Hash) != head)
                return new(AuditFault.Altered, Last, null, "The head holds another hash than the last event's.");
            return known is not null && known.Sequence > Last
                ? new(AuditFault.CutOff, Last + 1, null, $"The trail ends at {Say(Last)} but once reached {Say(known.Sequence)}, as the given head says: its end is gone.")
                : null;
        }

        /// <summary>An event that is neither sealed nor waits to be: somebody kept the trigger from seeing it. Or one that waits and is gone.</summary>
        public async Task<AuditBreak?> StrangerAsync(CancellationToken ct)
        {
            await using var inserted = new NpgsqlCommand("select e.id, e.at from audit_events e where not exists (select from audit_seals s where s.event_id = e.id) and not exists (select from audit_pending p where p.at = e.at and p.event_id = e.id) limit 1", connection);
            await using (var row = await inserted.ExecuteReaderAsync(ct))
            {
                if (await row.ReadAsync(ct))
                    return new(AuditFault.Inserted, null, row.GetGuid(0), $"The event {row.GetGuid(0)} of {row.GetFieldValue<DateTimeOffset>(1).ToString("u", CultureInfo.InvariantCulture)} is neither sealed nor does it wait for it: it was written in, or altered before it was sealed.");
            }
            await using var removed = new NpgsqlCommand("select p.event_id, p.at from audit_pending p where not exists (select from audit_events e where e.id = p.event_id) limit 1", connection);
            await using var gone = await removed.ExecuteReaderAsync(ct);
            return await gone.ReadAsync(ct)
                ? new(AuditFault.Missing, null, gone.GetGuid(0), $"The event {gone.GetGuid(0)} of {gone.GetFieldValue<DateTimeOffset>(1).ToString("u", CultureInfo.InvariantCulture)} was removed before it was sealed.")
                : null;
        }

        public async Task<(long Count, DateTimeOffset? Oldest)> UnsealedAsync(CancellationToken ct)
        {
            await using var command = new NpgsqlCommand("select count(*), min(at) from audit_pending", connection);
            await using var row = await command.ExecuteReaderAsync(ct);
            await row.ReadAsync(ct);
            return (row.GetInt64(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1));
        }

        async Task<AuditBreak?> StretchAsync(AuditMark head, CancellationToken ct)
        {
            // By events that are wrong, the connection is needed again: the reader is closed before.
            (long Sequence, byte[] Hash, AuditFacts Facts)? wrong = null;
            await using (var command = new NpgsqlCommand($"select s.sequence, s.version, s.hash, s.event_id, {AuditChain.Columns} from audit_seals s left join audit_events e on e.id = s.event_id where s.sequence > {Last} order by s.sequence limit {Stretch}", connection))
            await using (var row = await command.ExecuteReaderAsync(ct))
            {
                while (wrong is null && await row.ReadAsync(ct))
                {
                    var (sequence, version, hash, id) = (row.GetInt64(0), row.GetInt16(1), row.GetFieldValue<byte[]>(2), row.GetGuid(3));
                    if (sequence != Last + 1)
                        return new(AuditFault.Missing, Last + 1, null, sequence == Last + 2 ? $"{Say(Last + 1)} is missing." : $"{Say(Last + 1)} to {Say(sequence - 1)} are missing.");
                    if (sequence > head.Sequence)
                        return new(AuditFault.Inserted, sequence, id, $"The head is {Say(head.Sequence)}, but {Say(sequence)} follows: it was written in, or the head was set back.");
                    if (row.IsDBNull(4))
                        return new(AuditFault.Missing, sequence, id, $"The event of {Say(sequence)} is gone; its seal still stands.");
                    if (version != AuditCanon.Version)
                        return new(AuditFault.Altered, sequence, id, $"{Say(sequence)} says it was sealed in form {version}, which this program does not know.");
                    var facts = AuditChain.Read(row, 4);
                    if (!canon.Hash(Hash, sequence, facts).AsSpan().SequenceEqual(hash))
                        wrong = (sequence, hash, facts);
                    else if (known is not null && known.Sequence == sequence && AuditMark.Of(sequence, hash) != known)
                        return new(AuditFault.Altered, sequence, id, $"{Say(sequence)} has another hash than the given head: the trail was written anew up to there.");
                    else
                        Take(sequence, hash, facts);
                }
            }
            return wrong is { } found ? await DiagnoseAsync(found.Sequence, found.Hash, found.Facts, ct) : null;
        }

        void Take(long sequence, byte[] hash, AuditFacts facts)
        {
            (Last, Hash) = (sequence, hash);
            if (latest - facts.At > Backdated && backdated++ == 0)
                firstBackdated = sequence;
            if (facts.At > latest)
                latest = facts.At;
        }

        /// <summary>Whether the event that does not belong here belongs to another place: its hash is tried for every one.</summary>
        async Task<AuditBreak> DiagnoseAsync(long sequence, byte[] stands, AuditFacts facts, CancellationToken ct)
        {
            var previous = AuditCanon.Beginning;
            await using var command = new NpgsqlCommand("select sequence, hash from audit_seals order by sequence", connection);
            await using var row = await command.ExecuteReaderAsync(ct);
            while (await row.ReadAsync(ct))
            {
                var (place, hash) = (row.GetInt64(0), row.GetFieldValue<byte[]>(1));
                // Of two neighbours that changed places with their hashes, each one's predecessor stands in the other's.
                foreach (var before in new[] { previous, hash })
                {
                    var would = place == sequence ? null : canon.Hash(before, place, facts);
                    if (would is not null && (would.AsSpan().SequenceEqual(hash) || would.AsSpan().SequenceEqual(stands)))
                    {
                        return place < sequence
                            ? new(AuditFault.Inserted, sequence - 1, facts.Id, $"What stands at {Say(sequence)} was sealed as {Say(place)}: something was put in before it.")
                            : new(AuditFault.OutOfOrder, sequence, facts.Id, $"What stands at {Say(sequence)} was sealed as {Say(place)}: events changed places.");
                    }
                }
                previous = hash;
            }
            return new(AuditFault.Altered, sequence, facts.Id, $"The event at {Say(sequence)} is not what was sealed: a field of it was altered, or what stood before it is gone.");
        }

        async Task<AuditMark?> HeadAsync(CancellationToken ct)
        {
            await using var command = new NpgsqlCommand("select sequence, hash from audit_head", connection);
            await using var row = await command.ExecuteReaderAsync(ct);
            return await row.ReadAsync(ct) ? AuditMark.Of(row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : null;
        }

        static string Say<T>(T number) where T : INumber<T> => number.ToString("N0", CultureInfo.InvariantCulture);
    }
}
