using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain;
using Portal.Domain.Audit;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Audit;

public sealed class AuditChainTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    AuditChain Chain => Get<AuditChain>();

    [Fact]
    public async Task Committed_events_get_places_without_a_gap_and_the_trail_is_whole()
    {
        await WriteAsync(7);
        (await VerifyAsync()).ShouldSatisfyAllConditions(v => v.IsWhole.ShouldBeTrue(), v => v.Events.ShouldBe(0), v => v.Unsealed.ShouldBe(7), v => v.OldestUnsealed.ShouldBe(Postgres.Time.GetUtcNow().AddSeconds(-7)));

        (await Chain.SealAsync(Ct)).ShouldBe(7);

        (await Chain.SealAsync(Ct)).ShouldBe(0);
        var verdict = await VerifyAsync();
        verdict.ShouldSatisfyAllConditions(v => v.Break.ShouldBeNull(), v => v.Events.ShouldBe(7), v => v.Unsealed.ShouldBe(0), v => v.OldestUnsealed.ShouldBeNull(), v => v.Remark.ShouldBeNull());
        verdict.Head.Sequence.ShouldBe(7);
        (await ScalarAsync<string>("select string_agg(e.subject_name, ' ' order by s.sequence) from audit_seals s join audit_events e on e.id = s.event_id")).ShouldBe("thing-1 thing-2 thing-3 thing-4 thing-5 thing-6 thing-7");
    }

    [Fact]
    public async Task What_is_rolled_back_leaves_no_place()
    {
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            db.Add(Event("never", "x"));
            await db.SaveChangesAsync(Ct);
            await transaction.RollbackAsync(Ct);
        }
        await WriteAsync(1);

        (await Chain.SealAsync(Ct)).ShouldBe(1);

        (await VerifyAsync()).IsWhole.ShouldBeTrue();
    }

    [Theory]
    [InlineData("update audit_events set actor_name = 'Eve' where id = @third", AuditFault.Altered, 3)]
    [InlineData("update audit_events set actor_id = gen_random_uuid() where id = @third", AuditFault.Altered, 3)]
    [InlineData("update audit_events set at = at + interval '1 microsecond' where id = @third", AuditFault.Altered, 3)]
    [InlineData("update audit_events set action = 'thing.other' where id = @third", AuditFault.Altered, 3)]
    [InlineData("update audit_events set subject_kind = 'other' where id = @third", AuditFault.Altered, 3)]
    [InlineData("update audit_events set subject_id = gen_random_uuid() where id = @third", AuditFault.Altered, 3)]
    [InlineData("update audit_events set subject_name = subject_name || ' ' where id = @third", AuditFault.Altered, 3)]
    [InlineData("update audit_events set project_id = gen_random_uuid() where id = @third", AuditFault.Altered, 3)]
    [InlineData("update audit_events set remote_address = null where id = @third", AuditFault.Altered, 3)]
    [InlineData("update audit_events set detail = detail || '{\"note\": \"2\"}' where id = @third", AuditFault.Altered, 3)]
    [InlineData("update audit_seals set hash = sha256('x') where sequence = 3", AuditFault.Altered, 3)]
    [InlineData("delete from audit_events where id = @third", AuditFault.Missing, 3)]
    [InlineData("delete from audit_seals where sequence = 3", AuditFault.Missing, 3)]
    [InlineData("delete from audit_events where id = @third; delete from audit_seals where sequence = 3", AuditFault.Missing, 3)]
    [InlineData("delete from audit_seals where sequence in (1, 2)", AuditFault.Missing, 1)]
    [InlineData("delete from audit_events where id = @third; delete from audit_seals where sequence = 3; update audit_seals set sequence = -sequence where sequence > 3; update audit_seals set sequence = -sequence - 1 where sequence < 0; update audit_head set sequence = 6", AuditFault.Altered, 3)]
    [InlineData("delete from audit_events where id in (select event_id from audit_seals where sequence > 5); delete from audit_seals where sequence > 5", AuditFault.CutOff, 6)]
    [InlineData("delete from audit_seals; delete from audit_events", AuditFault.CutOff, 1)]
    [InlineData("update audit_head set sequence = 5, hash = (select hash from audit_seals where sequence = 5)", AuditFault.Inserted, 6)]
    [InlineData("update audit_head set hash = sha256('x')", AuditFault.Altered, 7)]
    [InlineData("delete from audit_head", AuditFault.Missing, null)]
    // Two neighbours change places, with and without their hashes.
    [InlineData("update audit_seals s set sequence = -o.sequence from audit_seals o where s.sequence in (3, 4) and o.sequence = 7 - s.sequence; update audit_seals set sequence = -sequence where sequence < 0", AuditFault.OutOfOrder, 3)]
    [InlineData("create temp table pair as select sequence, event_id from audit_seals where sequence in (3, 6); delete from audit_pending; update audit_seals set event_id = gen_random_uuid() where sequence in (3, 6); update audit_seals s set event_id = p.event_id from pair p where s.sequence in (3, 6) and p.sequence = 9 - s.sequence", AuditFault.OutOfOrder, 3)]
    // Written in: with its own place at the end, between others, and past the trigger that makes events wait.
    [InlineData("insert into audit_events (id, at, actor_id, actor_name, action, subject_kind, subject_id, subject_name, detail) values ('00000000-0000-0000-0000-00000000000e', now(), gen_random_uuid(), 'Eve', 'x', 'x', gen_random_uuid(), 'x', '{}'); delete from audit_pending; insert into audit_seals values (8, '00000000-0000-0000-0000-00000000000e', 1, sha256('x'))", AuditFault.Inserted, 8)]
    [InlineData("insert into audit_events (id, at, actor_id, actor_name, action, subject_kind, subject_id, subject_name, detail) values ('00000000-0000-0000-0000-00000000000e', now(), gen_random_uuid(), 'Eve', 'x', 'x', gen_random_uuid(), 'x', '{}'); delete from audit_pending", AuditFault.Inserted, null)]
    [InlineData("insert into audit_events (id, at, actor_id, actor_name, action, subject_kind, subject_id, subject_name, detail) values ('00000000-0000-0000-0000-00000000000e', now(), gen_random_uuid(), 'Eve', 'x', 'x', gen_random_uuid(), 'x', '{}'); delete from audit_events where actor_name = 'Eve'", AuditFault.Missing, null)]
    public async Task What_is_done_to_it_by_hand_is_found_and_named(string statement, AuditFault fault, int? sequence)
    {
        await WriteAsync(7);
        await Chain.SealAsync(Ct);
        (await VerifyAsync()).IsWhole.ShouldBeTrue();

        await TamperAsync(statement);

        var broken = (await VerifyAsync()).Break.ShouldNotBeNull();
        (broken.Fault, broken.Sequence).ShouldBe((fault, sequence));
        broken.Explanation.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task One_put_in_between_with_a_true_hash_is_found_by_what_follows_it()
    {
        await WriteAsync(7);
        await Chain.SealAsync(Ct);
        var forged = Event("forged", "Eve");
        await using (var db = await Postgres.Contexts.CreateDbContextAsync(Ct))
        {
            db.Add(forged);
            await db.SaveChangesAsync(Ct);
        }
        var facts = await FactsAsync(forged.Id);
        var hash = new AuditCanon().Hash(await ScalarAsync<byte[]>("select hash from audit_seals where sequence = 3"), 4, facts);

        await TamperAsync("delete from audit_pending; update audit_seals set sequence = -sequence where sequence > 3; update audit_seals set sequence = 1 - sequence where sequence < 0; update audit_head set sequence = 8");
        await TamperAsync("insert into audit_seals values (4, @event, 1, @hash)", new("event", forged.Id), new("hash", hash));

        var broken = (await VerifyAsync()).Break.ShouldNotBeNull();
        (broken.Fault, broken.Sequence).ShouldBe((AuditFault.Inserted, 4));
    }

    [Fact]
    public async Task A_head_kept_elsewhere_finds_what_the_database_alone_cannot()
    {
        await WriteAsync(7);
        await Chain.SealAsync(Ct);
        var kept = (await VerifyAsync()).Head;
        (await VerifyAsync(AuditMark.Parse(kept.ToString()))).IsWhole.ShouldBeTrue();
        await WriteAsync(2);
        await Chain.SealAsync(Ct);
        (await VerifyAsync(kept)).IsWhole.ShouldBeTrue();

        await TamperAsync("delete from audit_events where id in (select event_id from audit_seals where sequence > 5); delete from audit_seals where sequence > 5; update audit_head set sequence = 5, hash = (select hash from audit_seals where sequence = 5)");

        (await VerifyAsync()).IsWhole.ShouldBeTrue();
        (await VerifyAsync(kept)).Break.ShouldNotBeNull().Fault.ShouldBe(AuditFault.CutOff);
        await WriteAsync(3);
        await Chain.SealAsync(Ct);
        var rewritten = (await VerifyAsync(kept)).Break.ShouldNotBeNull();
        (rewritten.Fault, rewritten.Sequence).ShouldBe((AuditFault.Altered, 7));
    }

    [Fact]
    public async Task An_event_that_says_it_was_long_before_is_sealed_last_and_remarked_upon()
    {
        await WriteAsync(3);
        await Chain.SealAsync(Ct);
        Postgres.Time.Advance(TimeSpan.FromHours(-2));
        await WriteAsync(1);
        await Chain.SealAsync(Ct);

        var verdict = await VerifyAsync();

        verdict.IsWhole.ShouldBeTrue();
        verdict.Remark.ShouldNotBeNull().ShouldContain("the first at 4");
    }

    [Fact]
    public async Task A_sealer_that_dies_before_it_commits_leaves_nothing_half_done()
    {
        await WriteAsync(5);
        await using var holder = new NpgsqlConnection(Postgres.ConnectionString);
        await holder.OpenAsync(Ct);
        await using var hold = await holder.BeginTransactionAsync(Ct);
        await using (var take = new NpgsqlCommand("select * from audit_head for update", holder))
            await take.ExecuteNonQueryAsync(Ct);

        // It has written seals and taken events from those that wait when it comes to the head.
        var sealing = Chain.SealAsync(Ct);
        while (await ScalarAsync<long>("select count(*) from (select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()) gone") == 0)
            sealing.IsCompleted.ShouldBeFalse();
        await Should.ThrowAsync<Exception>(sealing);
        await hold.RollbackAsync(Ct);

        (await VerifyAsync()).Unsealed.ShouldBe(5);
        (await Chain.SealAsync(Ct)).ShouldBe(5);
        (await VerifyAsync()).ShouldSatisfyAllConditions(v => v.IsWhole.ShouldBeTrue(), v => v.Events.ShouldBe(5));
    }

    [Fact]
    public async Task Several_sealers_and_writers_at_once_make_one_chain()
    {
        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => { for (var i = 0; i < 50; i++) await WriteAsync(1); }));
        async Task SealAsync()
        {
            while (!writing.IsCompleted)
                await Chain.SealAsync(Ct);
            while (await Chain.SealAsync(Ct) > 0)
                Ct.ThrowIfCancellationRequested();
        }

        await Task.WhenAll(SealAsync(), SealAsync(), SealAsync(), writing);

        (await VerifyAsync()).ShouldSatisfyAllConditions(v => v.Break.ShouldBeNull(), v => v.Events.ShouldBe(200), v => v.Unsealed.ShouldBe(0));
    }

    [Fact]
    public async Task What_was_before_and_after_stands_in_the_detail_beside_the_rest()
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var changed = AuditEvent.Of(Actor.System, "quota.change", "project", Guid.NewGuid(), "p", null, new { vcpus = 4 }, new { vcpus = 8 }, new { reason = "more" }, Postgres.Time.GetUtcNow());
        db.Add(changed);
        await db.SaveChangesAsync(Ct);

        (await ScalarAsync<string>("select detail::text from audit_events")).ShouldBe("""{"after": {"vcpus": 8}, "before": {"vcpus": 4}, "reason": "more"}""");
    }

    [Theory]
    [InlineData("12")]
    [InlineData("x:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("1:00")]
    [InlineData("-1:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("1:zz00000000000000000000000000000000000000000000000000000000000000")]
    public void What_is_no_head_is_not_taken_for_one(string text) => AuditMark.Parse(text).ShouldBeNull();

    Task<AuditVerdict> VerifyAsync(AuditMark? known = null) => Get<AuditVerifier>().VerifyAsync(known, null, Ct);

    async Task WriteAsync(int events)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        for (var i = 1; i <= events; i++)
        {
            db.Add(Event($"thing-{i}", "Ada"));
            Postgres.Time.Advance(TimeSpan.FromSeconds(1));
        }
        await db.SaveChangesAsync(Ct);
    }

    AuditEvent Event(string subject, string by) =>
        AuditEvent.Of(new Actor(Guid.NewGuid(), by, RemoteAddress: "10.0.0.9"), "thing.do", "thing", Guid.NewGuid(), subject, Guid.NewGuid(), new { note = "1", list = new[] { 1.5, 2 } }, Postgres.Time.GetUtcNow());

    async Task<AuditFacts> FactsAsync(Guid id)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        var e = await db.AuditEvents.AsNoTracking().SingleAsync(e => e.Id == id, Ct);
        return new(e.Id, e.At, e.ActorId, e.ActorName, e.Action, e.SubjectKind, e.SubjectId, e.SubjectName, e.ProjectId, e.Detail, e.RemoteAddress);
    }

    async Task TamperAsync(string statement, params NpgsqlParameter[] parameters)
    {
        await using var connection = new NpgsqlConnection(Postgres.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var third = new NpgsqlCommand("select event_id from audit_seals where sequence = 3", connection);
        await using var command = new NpgsqlCommand(statement.Replace("@third", $"'{await third.ExecuteScalarAsync(Ct)}'"), connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(Ct);
    }

    async Task<T> ScalarAsync<T>(string query)
    {
        await using var connection = new NpgsqlConnection(Postgres.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(query, connection);
        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }
}
