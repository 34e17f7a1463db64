using Microsoft.EntityFrameworkCore;
using Portal.Domain.Audit;
using Portal.Domain.Notices.Deliveries;

namespace Portal.Domain.Accounts;

/// <content>What people are called, and where the portal writes to.</content>
public sealed partial class AccountService
{
    const string ProfileChanged = "account.profile";

    /// <summary>The actor's own name and address.</summary>
    /// <returns>Both, or <see cref="NotFound"/> for whoever has no account.</returns>
    public async Task<Result<AccountProfile>> OwnProfileAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await RowsAsync(db, db.Users.Where(u => u.Id == actor.UserId), ct)).SingleOrDefault() is { } row ? row.Profile : new NotFound("account");
    }

    /// <summary>Gives an account another name and address. Where the address changes, the former one is told by e-mail.</summary>
    /// <param name="actor">An admin.</param>
    /// <param name="id">The account.</param>
    /// <param name="seen">Name and address the page showed.</param>
    /// <param name="wanted">Those to have.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The account, or <see cref="NotAllowed"/>, <see cref="NotFound"/>, <see cref="InvalidText"/>, <see cref="EmailTaken"/>, <see cref="ChangedMeanwhile"/>.</returns>
    public Task<Result<AccountRow>> ChangeProfileAsync(Actor actor, Guid id, AccountProfile seen, AccountProfile wanted, CancellationToken ct) =>
        ChangeAsync<AccountRow>(actor, id, "change names and addresses", row => row, (db, user, before) => id == actor.UserId && (wanted.Email ?? "").Trim() != before.Profile.Email
            ? Task.FromResult<Refusal?>(new InvalidText("email", "This is your own address.", "Change it on your account's page, which asks for your password first."))
            : RewriteAsync(db, actor, user, before.Profile, seen, wanted, ct), ct);

    /// <summary>
    /// Gives the actor's own account another name and address. The address signs in too: whoever offers this asks for the password before it changes.
    /// Where it changes, the former one is told by e-mail.
    /// </summary>
    /// <param name="actor">Whose account it is.</param>
    /// <param name="seen">Name and address the page showed.</param>
    /// <param name="wanted">Those to have.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Both as they are now, or <see cref="NotFound"/>, <see cref="InvalidText"/>, <see cref="EmailTaken"/>, <see cref="ChangedMeanwhile"/>.</returns>
    public Task<Result<AccountProfile>> ChangeOwnProfileAsync(Actor actor, AccountProfile seen, AccountProfile wanted, CancellationToken ct) =>
        ChangeAsync<AccountProfile>(actor.UserId, row => row.Profile, (db, user, before) => RewriteAsync(db, actor, user, before.Profile, seen, wanted, ct), ct);

    async Task<Refusal?> RewriteAsync(PortalDbContext db, Actor actor, User user, AccountProfile before, AccountProfile seen, AccountProfile wanted, CancellationToken ct)
    {
        wanted = new AccountProfile(Names.Tidy(wanted.Name), (wanted.Email ?? "").Trim());
        if (wanted == before)
            return null;
        // Who was given a name or an address that is no good, before these rules were, may still change the other.
        var (isRenamed, isMoved) = (wanted.Name != before.Name, wanted.Email != before.Email);
        if (isRenamed && Names.Check("name", wanted.Name, AccountRules.MostName, "A person") is { } badName)
            return badName;
        if (isMoved && AccountRules.CheckEmail(wanted.Email) is { } badEmail)
            return badEmail;
        if (seen != before)
        {
            FieldDifference[] both = [new("Name", before.Name, wanted.Name), new("E-mail", before.Email, wanted.Email)];
            return await ChangedMeanwhile.ExplainAsync(db, $"The name or address of {before.Name}", user.Id, null, null, time.GetUtcNow(), ct, ProfileChanged) with { Fields = [.. both.Where(field => field.Now != field.Yours)] };
        }
        var normal = wanted.Email.ToUpperInvariant();
        if (isMoved && await db.Users.Where(u => u.NormalizedEmail == normal && u.Id != user.Id).Select(u => u.UserName).FirstOrDefaultAsync(ct) is { } other)
            // Whose it is, is for those to know who look after accounts.
            return new EmailTaken(wanted.Email, actor.IsAdmin ? other : null);

        (user.DisplayName, user.Email, user.NormalizedEmail) = (wanted.Name, wanted.Email, wanted.Email.Length == 0 ? null : normal);
        db.Add(AuditEvent.Of(actor, ProfileChanged, "account", user.Id, wanted.Name, null, new { before, after = wanted }, time.GetUtcNow()));
        if (isMoved && before.Email.Length > 0)
            await TellFormerAsync(db, actor, user, before.Email, ct);
        return null;
    }

    /// <summary>Whoever loses the address without wanting to must hear of it there; no choice of notices stands in the way.</summary>
    async Task TellFormerAsync(PortalDbContext db, Actor actor, User user, string former, CancellationToken ct)
    {
        if (!await db.Outlets.AnyAsync(o => o.Channel == DeliveryChannel.Email && o.IsOn, ct))
            return;
        var now = time.GetUtcNow();
        db.Add(Delivery.ToAddress(user.Id, new DeliveryPayload(DeliveryPayload.AddressChanged, now, "Your account has another e-mail address",
            $"{actor.Name} changed it on {now.UtcDateTime:yyyy-MM-dd} at {now.UtcDateTime:HH:mm} UTC. The portal writes to this address no more, and it no longer signs in. If that is not right, tell an admin at once.",
            "/account", user.Id, null, former), now));
        await DeliveryService.WakeAsync(db, ct);
    }
}
