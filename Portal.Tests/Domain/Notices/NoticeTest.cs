using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Notices;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Notices;

/// <summary>A world whose people are told things, on a database of the test's own.</summary>
public abstract class NoticeTest(PostgresCluster cluster) : FreshDatabase(cluster), IAsyncLifetime
{
    protected static readonly Guid Subject = Guid.Parse("0198a000-0000-7000-8000-000000000001");

    protected World World { get; private set; } = default!;

    protected DateTimeOffset Now => Postgres.Time.GetUtcNow();

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        World = await Postgres.NewWorldAsync();
    }

    protected Notice Notice(NoticeKind kind = NoticeKind.LeaseEnding) => new(kind, "web-01 ends", "In three days", "/machines/1", Subject, World.Project.Id);

    protected async Task TellAsync(Notice notice, params Guid[] people)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await NoticeBoard.TellAsync(db, notice, people, Now, Ct);
    }

    protected async Task<IReadOnlyList<T>> ReadAsync<T>(Func<PortalDbContext, IQueryable<T>> rows) where T : class
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await rows(db).AsNoTracking().ToListAsync(Ct);
    }

    protected async Task GiveAddressAsync(Actor person, string address)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await db.Users.Where(u => u.Id == person.UserId).ExecuteUpdateAsync(set => set.SetProperty(u => u.Email, address), Ct);
    }

    protected async Task PreferAsync(Actor person, NoticeKind kind, bool inPage, bool byEmail)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await db.Database.ExecuteSqlAsync($"insert into notice_preferences (user_id, kind, in_page, by_email) values ({person.UserId}, {kind.ToString()}, {inPage}, {byEmail})", Ct);
    }
}
