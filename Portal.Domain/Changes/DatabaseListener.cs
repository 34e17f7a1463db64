using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Portal.Domain.Changes;

/// <summary>
/// The process's one listening connection. It starts with the first listener, reconnects with back-off for as long as the
/// process lives, and says so after each (re)connection, since notices are not kept for those who were away.
/// </summary>
public sealed class DatabaseListener(IDbContextFactory<PortalDbContext> contexts, TimeProvider time, ILogger<DatabaseListener> log) : IAsyncDisposable
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    // A quiet connection may be a dead one; asking now and then finds out.
    static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(15);

    readonly Lock gate = new();
    readonly List<Action<Notice>> listeners = [];
    readonly CancellationTokenSource stopping = new();
    Task? pump;
    bool connected;

    /// <summary>Something came through a channel, or the connection was made (<see cref="Channel"/> null).</summary>
    internal readonly record struct Notice(string? Channel, string Payload)
    {
        /// <summary>The connection was made: anything may have changed before.</summary>
        public bool IsConnected => Channel is null;
    }

    /// <summary>Adds a listener until the returned handle is disposed. It is told at once when the connection already stands.</summary>
    internal IDisposable Listen(Action<Notice> listener)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping.IsCancellationRequested, this);
            listeners.Add(listener);
            pump ??= Task.Run(() => PumpAsync(stopping.Token));
            if (connected)
                listener(default);
        }
        return new Listening(this, listener);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (pump is not null)
            await pump;
        stopping.Dispose();
    }

    async Task PumpAsync(CancellationToken ct)
    {
        var pause = FirstPause;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(() => pause = FirstPause, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // Whatever it was: a process that no longer hears of changes shows old things for ever.
                log.LogWarning("The database's notices are interrupted ({Reason}); trying again in {Pause} ms.", fault.Message, pause.TotalMilliseconds);
            }
            lock (gate)
                connected = false;
            await Task.Delay(pause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    async Task ListenAsync(Action onConnected, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        connection.Notification += OnNotification;
        try
        {
            await db.Database.ExecuteSqlRawAsync($"listen {ChangeNotice.Channel}; listen {ChangeNotice.WorkChannel}; listen {ChangeNotice.DeliveryChannel}; listen {ChangeNotice.AuditChannel}", ct);
            onConnected();
            Tell(default, nowConnected: true);
            while (true)
            {
                if (!await connection.WaitAsync(QuietTime, ct))
                    await db.Database.ExecuteSqlRawAsync("select 1", ct);
            }
        }
        finally
        {
            connection.Notification -= OnNotification;
        }
    }

    void OnNotification(object sender, NpgsqlNotificationEventArgs e) => Tell(new(e.Channel, e.Payload), nowConnected: false);

    void Tell(Notice notice, bool nowConnected)
    {
        lock (gate)
        {
            connected |= nowConnected;
            foreach (var listener in listeners)
                listener(notice);
        }
    }

    sealed class Listening(DatabaseListener owner, Action<Notice> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (owner.gate)
                owner.listeners.Remove(listener);
        }
    }
}
