using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portal.Domain;
using Portal.Domain.Changes;
using Portal.Domain.Notices;
using Portal.Domain.Notices.Deliveries;
using Portal.Domain.Webhooks;
using Portal.Tests.Domain.Notices;
using Portal.Tests.Fleet;
using Portal.Tests.Postgres;
using Portal.Web.Notices;
using Portal.Web.Operations;
using Portal.Web.Setup;

namespace Portal.Tests.Web.Notices;

/// <summary>A world with workers that really deliver, as the portal's process runs them.</summary>
public abstract class DeliveryTest(PostgresCluster cluster) : NoticeTest(cluster), IAsyncLifetime
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    readonly List<ServiceProvider> portals = [];

    /// <summary>Everything the workers logged.</summary>
    protected ConcurrentQueue<string> Log { get; } = [];

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var portal in portals.ToList())
            await StopAsync(portal);
        await DisposeAsync();
    }

    /// <summary>What a portal with a mail server at this port is set to.</summary>
    protected static (string, string)[] MailAt(int port) =>
        [("Portal:Smtp:Host", "127.0.0.1"), ("Portal:Smtp:Port", port.ToString()), ("Portal:Smtp:Security", "none"), ("Portal:Smtp:From", "Portal <portal@example.org>"), ("Portal:PublicUrl", "https://portal.example")];

    /// <summary>Starts a portal's workers on the test's database and clock; webhooks may lead to the loopback.</summary>
    protected async Task<ServiceProvider> StartAsync(params (string Name, string Value)[] settings)
    {
        (string Name, string Value)[] usual = [("ConnectionStrings:Portal", Postgres.ConnectionString), ("Portal:WebhookTargets", "127.0.0.0/8")];
        var all = settings.Concat(usual).DistinctBy(s => s.Name).ToDictionary(s => s.Name, s => (string?)s.Value);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(all).Build();
        var read = Settings.From(configuration);
        var portal = new ServiceCollection().AddLogging(log => log.AddProvider(new Listening(Log)).SetMinimumLevel(LogLevel.Trace)).AddSingleton<TimeProvider>(Postgres.Time).AddSingleton(read)
            .AddSingleton<DatabasePatience>().AddPortalNotices(read).AddPortalDomain(Postgres.ConnectionString).BuildServiceProvider();
        portals.Add(portal);
        foreach (var worker in portal.GetServices<IHostedService>())
            await worker.StartAsync(Ct);
        await UntilAsync(async () => await Get<Outbox>().IsEmailOnAsync(Ct) == read.Mail is not null);
        return portal;
    }

    protected async Task StopAsync(ServiceProvider portal)
    {
        portals.Remove(portal);
        foreach (var worker in portal.GetServices<IHostedService>())
            await worker.StopAsync(CancellationToken.None);
        await portal.DisposeAsync();
    }

    /// <summary>A webhook of the world's project, made by its owner on a portal that may call the loopback.</summary>
    protected static async Task<NewWebhookSecret> HookAsync(ServiceProvider portal, World world, Uri url, params NoticeKind[] kinds) =>
        (await portal.GetRequiredService<WebhookService>().CreateAsync(world.Owner, world.Project.Id, new("chat", url.AbsoluteUri, kinds is [] ? [NoticeKind.LeaseEnding] : kinds), Ct)).Value;

    /// <summary>Moves the clock past every pause between tries, and has the workers look.</summary>
    protected async Task PauseEndsAsync()
    {
        Postgres.Time.Advance(Backoff.Longest * 2);
        await WakeAsync();
    }

    protected async Task WakeAsync()
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await db.Database.ExecuteSqlAsync($"select pg_notify({ChangeNotice.DeliveryChannel}, '')", Ct);
    }

    /// <summary>Waits until the only delivery is in this state.</summary>
    protected async Task<Delivery> DeliveryAsync(Func<Delivery, bool> condition)
    {
        Delivery? found = null;
        await UntilAsync(async () => (found = (await ReadAsync(db => db.Deliveries)).SingleOrDefault()) is { } one && condition(one));
        return found!;
    }

    protected static Task UntilAsync(Func<Task<bool>> condition) => Wait.UntilAsync("the deliveries to get there", condition, there => there, Patience);

    sealed class Listening(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
