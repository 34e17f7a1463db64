using System.Globalization;
using Npgsql;
using Portal.Domain.Operations;

namespace Portal.Tests.Fleet.Product;

/// <summary>
/// Halts the portal at one write about one machine, by a lock in its own database: the step's work is done or not yet begun, the
/// ledger does not know, and whatever a test breaks then it breaks exactly there. Disposing lets the portal go on.
/// </summary>
public sealed class Halt : IAsyncDisposable
{
    private static long s_keys;
    private readonly FleetPortal _portal;
    private readonly NpgsqlConnection _holder;
    private readonly string _where;
    private readonly long _key;

    private Halt(FleetPortal portal, NpgsqlConnection holder, string where, long key)
    {
        _portal = portal;
        _holder = holder;
        _where = where;
        _key = key;
    }

    /// <summary>Teaches a database to halt.</summary>
    public static Task PrepareAsync(FleetPortal portal) => portal.ExecuteAsync("""
        create table test_halts (key bigint primary key, machine text not null, kind text not null, ordinal int not null, state text not null);
        create function test_halt() returns trigger language plpgsql as $$
        declare held bigint;
        begin
            select h.key into held from test_halts h
                join operations o on o.id = new.operation_id and o.kind = h.kind
                join machines m on m.id = o.machine_id and m.name = h.machine
                where h.ordinal = new.ordinal and h.state = new.state limit 1;
            if found then perform pg_advisory_xact_lock(held); end if;
            return new;
        end $$;
        create trigger test_halt before insert or update on operation_steps for each row execute function test_halt();
        """);

    /// <summary>Will halt when a step of an operation on that machine is about to be written down as begun or as done.</summary>
    public static async Task<Halt> AtAsync(FleetPortal portal, string machine, OperationKind kind, int step, StepState state)
    {
        var key = Interlocked.Increment(ref s_keys);
        var holder = new NpgsqlConnection(portal.Database);
        await holder.OpenAsync();
        var halt = new Halt(portal, holder, $"{kind} of {machine} to halt at step {step} {state}", key);
        await halt.SayAsync($"select pg_advisory_lock({key})");
        await halt.SayAsync($"insert into test_halts values ({key}, '{machine}', '{kind}', {step}, '{state}')");
        return halt;
    }

    /// <summary>Returns once the portal stands there.</summary>
    public Task ReachedAsync() => Wait.UntilAsync(_where, WaitingAsync, waiting => waiting > 0);

    public async ValueTask DisposeAsync()
    {
        await _portal.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"delete from test_halts where key = {_key}"));
        await _holder.DisposeAsync();
    }

    private async Task<long> WaitingAsync()
    {
        await using var command = new NpgsqlCommand($"select count(*) from pg_locks where locktype = 'advisory' and objid = {_key} and not granted", _holder);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task SayAsync(string statement)
    {
        await using var command = new NpgsqlCommand(statement, _holder);
        await command.ExecuteNonQueryAsync();
    }
}
