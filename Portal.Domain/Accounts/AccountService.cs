using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Changes;
using Portal.Domain.Projects;

namespace Portal.Domain.Accounts;

/// <summary>Makes accounts, says what they may do on the platform, and shuts them. For admins, of whom one always remains.</summary>
public sealed partial class AccountService(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    // No letters or digits that are taken for one another when they are read out.
    const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";
    const int PasswordLength = 16;

    /// <summary>Makes an account with a password that works until the person has chosen one.</summary>
    /// <returns>The account and its password, or <see cref="NotAllowed"/>, <see cref="InvalidText"/>, <see cref="UserNameTaken"/>, <see cref="EmailTaken"/>.</returns>
    public async Task<Result<NewPassword>> CreateAsync(Actor actor, AccountDraft draft, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin("make accounts") is { } refusal)
            return refusal;
        draft = draft with { UserName = (draft.UserName ?? "").Trim(), Name = Names.Tidy(draft.Name), Email = (draft.Email ?? "").Trim() };
        if (AccountRules.Check(draft) is { } bad)
            return bad;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(db, ct);
        var (normalName, normalEmail) = (draft.UserName.ToUpperInvariant(), draft.Email.ToUpperInvariant());
        if (await db.Users.AnyAsync(u => u.NormalizedUserName == normalName, ct))
            return new UserNameTaken(draft.UserName);
        if (await db.Users.Where(u => u.NormalizedEmail == normalEmail).Select(u => u.UserName).FirstOrDefaultAsync(ct) is { } other)
            return new EmailTaken(draft.Email, other);

        var user = new User
        {
            UserName = draft.UserName, NormalizedUserName = normalName, DisplayName = draft.Name, Email = draft.Email, NormalizedEmail = normalEmail, EmailConfirmed = true, LockoutEnabled = true,
        };
        var password = MakeUp(user);
        db.Add(user);
        await db.SaveChangesAsync(ct);
        await HoldAsync(db, user.Id, draft.Roles, ct);
        return await SavedAsync(db, transaction, user.Id, row => new NewPassword(row, password),
            AuditEvent.Of(actor, "account.create", "account", user.Id, draft.Name, null, new { after = new { draft.UserName, draft.Email, roles = Roles.NamesOf(draft.Roles) } }, time.GetUtcNow()), ct);
    }

    /// <summary>Gives a person other platform roles. Every page the person has open ends; tokens go on with the new roles.</summary>
    /// <param name="actor">An admin.</param>
    /// <param name="id">The account.</param>
    /// <param name="seen">The roles the page showed.</param>
    /// <param name="roles">The roles to hold.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The account, or <see cref="NotAllowed"/>, <see cref="NotFound"/>, <see cref="LastAdmin"/>, <see cref="ChangedMeanwhile"/>.</returns>
    public Task<Result<AccountRow>> ChangeRolesAsync(Actor actor, Guid id, PlatformRoles seen, PlatformRoles roles, CancellationToken ct) =>
        ChangeAsync<AccountRow>(actor, id, "change roles", row => row, async (db, _, before) =>
        {
            if (before.Roles != seen)
                return await ChangedMeanwhile.ExplainAsync(db, $"What {before.Name} may do", id, null, $"{before.Name} now holds {RoleWords(before.Roles)}.", time.GetUtcNow(), ct, "account.roles");
            if (before.Roles == roles)
                return (Refusal?)null;
            if (!roles.HasFlag(PlatformRoles.Admin) && await IsLastAdminAsync(db, before, ct))
                return new LastAdmin(before.Name);
            await HoldAsync(db, id, roles, ct);
            await SignInSessions.EndAllAsync(db, id, time.GetUtcNow(), ct);
            db.Add(Event(actor, "account.roles", before, new { before = new { roles = Roles.NamesOf(before.Roles) }, after = new { roles = Roles.NamesOf(roles) } }));
            return null;
        }, ct);

    /// <summary>Shuts an account: its sign-ins end at once, its tokens speak for nobody while it is shut. Its machines and requests stay. Again is fine.</summary>
    /// <returns>The account, or <see cref="NotAllowed"/>, <see cref="NotFound"/>, <see cref="LastAdmin"/>.</returns>
    public Task<Result<AccountRow>> DisableAsync(Actor actor, Guid id, CancellationToken ct) => ChangeAsync<AccountRow>(actor, id, "disable accounts", row => row, async (db, user, before) =>
    {
        if (before.DisabledAt is not null)
            return (Refusal?)null;
        if (await IsLastAdminAsync(db, before, ct))
            return new LastAdmin(before.Name);
        user.DisabledAt = time.GetUtcNow();
        var ended = await SignInSessions.EndAllAsync(db, id, time.GetUtcNow(), ct);
        db.Add(Event(actor, "account.disable", before, new { before = new { disabled = false }, after = new { disabled = true }, browsers = ended.Count }));
        return null;
    }, ct);

    /// <summary>Opens a shut account again, with the roles, projects and tokens it had. Again is fine.</summary>
    /// <returns>The account, or <see cref="NotAllowed"/>, <see cref="NotFound"/>.</returns>
    public Task<Result<AccountRow>> EnableAsync(Actor actor, Guid id, CancellationToken ct) => ChangeAsync<AccountRow>(actor, id, "enable accounts", row => row, (db, user, before) =>
    {
        if (before.DisabledAt is not null)
            db.Add(Event(actor, "account.enable", before, new { before = new { disabled = true }, after = new { disabled = false } }));
        user.DisabledAt = null;
        return Task.FromResult<Refusal?>(null);
    }, ct);

    /// <summary>Gives an account a password that works until the person has chosen one; every sign-in with the old one ends. Tokens go on working.</summary>
    /// <returns>The account and its password, or <see cref="NotAllowed"/>, <see cref="NotFound"/>.</returns>
    public async Task<Result<NewPassword>> ResetPasswordAsync(Actor actor, Guid id, CancellationToken ct)
    {
        var password = "";
        return await ChangeAsync(actor, id, "reset passwords", row => new NewPassword(row, password), async (db, user, before) =>
        {
            var had = user.MustChangePassword;
            password = MakeUp(user);
            // Whoever was locked out by wrong passwords gets in with the new one.
            (user.AccessFailedCount, user.LockoutEnd) = (0, null);
            var ended = await SignInSessions.EndAllAsync(db, id, time.GetUtcNow(), ct);
            db.Add(Event(actor, "account.reset", before, new { before = new { oneTimePassword = had }, after = new { oneTimePassword = true }, browsers = ended.Count }));
            return null;
        }, ct);
    }

    async Task<Result<T>> ChangeAsync<T>(Actor actor, Guid id, string action, Func<AccountRow, T> answer, Func<PortalDbContext, User, AccountRow, Task<Refusal?>> change, CancellationToken ct)
    {
        if (actor.RefuseUnlessAdmin(action) is { } refusal)
            return refusal;
        return await ChangeAsync(id, answer, change, ct);
    }

    async Task<Result<T>> ChangeAsync<T>(Guid id, Func<AccountRow, T> answer, Func<PortalDbContext, User, AccountRow, Task<Refusal?>> change, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(db, ct);
        if ((await RowsAsync(db, db.Users.Where(u => u.Id == id), ct)).SingleOrDefault() is not { } before)
            return new NotFound("account");
        var user = await db.Users.SingleAsync(u => u.Id == id, ct);
        return await change(db, user, before) is { } no ? no : await SavedAsync(db, transaction, id, answer, null, ct);
    }

    static async Task<Result<T>> SavedAsync<T>(PortalDbContext db, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, Guid id, Func<AccountRow, T> answer, AuditEvent? told, CancellationToken ct)
    {
        if (told is not null)
            db.Add(told);
        await db.SaveChangesAsync(ct);
        await ChangeNotice.NotifyAsync(db, ChangeKind.Account, id, null, ct);
        var row = (await RowsAsync(db, db.Users.Where(u => u.Id == id), ct)).Single();
        await transaction.CommitAsync(ct);
        return answer(row);
    }

    /// <summary>One change to accounts at a time: two admins who take each other's role at once would leave none.</summary>
    static Task<int> LockAsync(PortalDbContext db, CancellationToken ct) => db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtext('portal accounts'))", ct);

    static string MakeUp(User user)
    {
        var password = RandomNumberGenerator.GetString(Letters, PasswordLength);
        user.PasswordHash = new PasswordHasher<User>().HashPassword(user, password);
        user.SecurityStamp = Guid.NewGuid().ToString("N");
        user.MustChangePassword = true;
        return password;
    }

    static async Task HoldAsync(PortalDbContext db, Guid userId, PlatformRoles roles, CancellationToken ct)
    {
        foreach (var (name, role) in Roles.All)
        {
            var normal = name.ToUpperInvariant();
            if (!roles.HasFlag(role))
            {
                await db.UserRoles.Where(held => held.UserId == userId && db.Roles.Any(r => r.Id == held.RoleId && r.NormalizedName == normal)).ExecuteDeleteAsync(ct);
                continue;
            }
            await db.Database.ExecuteSqlAsync($"""insert into "AspNetRoles" (id, name, normalized_name) values ({Guid.CreateVersion7()}, {name}, {normal}) on conflict do nothing""", ct);
            await db.Database.ExecuteSqlAsync($"""insert into "AspNetUserRoles" (user_id, role_id) select {userId}, id from "AspNetRoles" where normalized_name = {normal} on conflict do nothing""", ct);
        }
    }

    static async Task<bool> IsLastAdminAsync(PortalDbContext db, AccountRow account, CancellationToken ct)
    {
        var normal = Roles.Admin.ToUpperInvariant();
        return account.Roles.HasFlag(PlatformRoles.Admin) && account.DisabledAt is null
            && !await db.Users.AnyAsync(u => u.Id != account.Id && u.DisabledAt == null && db.UserRoles.Any(held => held.UserId == u.Id && db.Roles.Any(r => r.Id == held.RoleId && r.NormalizedName == normal)), ct);
    }

    AuditEvent Event(Actor actor, string action, AccountRow account, object detail) => AuditEvent.Of(actor, action, "account", account.Id, account.Name, null, detail, time.GetUtcNow());

    static string RoleWords(PlatformRoles roles) => roles == PlatformRoles.None ? "no platform role" : "the roles " + string.Join(", ", Roles.NamesOf(roles));
}
