using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Accounts;

/// <summary>A database of each test's own: who the last admin is, is a question about all accounts.</summary>
public sealed class AccountServiceTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    AccountService Accounts => Get<AccountService>();

    [Fact]
    public async Task A_new_account_has_a_password_that_works_and_must_be_replaced()
    {
        var world = await Postgres.NewWorldAsync();

        var made = (await Accounts.CreateAsync(world.Admin, new AccountDraft(" mia ", "Mia  Member", "mia@example.org", PlatformRoles.Approver | PlatformRoles.Auditor), Ct)).Value;

        made.Account.ShouldSatisfyAllConditions(a => a.UserName.ShouldBe("mia"), a => a.Name.ShouldBe("Mia Member"), a => a.Roles.ShouldBe(PlatformRoles.Approver | PlatformRoles.Auditor), a => a.MustChangePassword.ShouldBeTrue(), a => a.LastSeenAt.ShouldBeNull());
        var user = await UserAsync(made.Account.Id);
        new PasswordHasher<User>().VerifyHashedPassword(user, user.PasswordHash!, made.Password).ShouldBe(PasswordVerificationResult.Success);
        made.Password.Length.ShouldBe(16);
        var told = await EventAsync(made.Account.Id);
        told.Action.ShouldBe("account.create");
        told.Detail.ShouldNotContain(made.Password);
    }

    [Theory]
    [InlineData("", "Mia", "mia@example.org", "userName")]
    [InlineData("m", "Mia", "mia@example.org", "userName")]
    [InlineData("Mia", "Mia", "mia@example.org", "userName")]
    [InlineData("-mia", "Mia", "mia@example.org", "userName")]
    [InlineData("mia\n", "Mia", "mia@example.org", null)]
    [InlineData("mi\na", "Mia", "mia@example.org", "userName")]
    [InlineData("mi@a", "Mia", "mia@example.org", "userName")]
    [InlineData("m\u0131a", "Mia", "mia@example.org", "userName")]
    [InlineData("mia", "", "mia@example.org", "name")]
    [InlineData("mia", "<script>", "mia@example.org", "name")]
    [InlineData("mia", "M\u202eia", "mia@example.org", "name")]
    [InlineData("mia", "Mia", "", "email")]
    [InlineData("mia", "Mia", "mia", "email")]
    [InlineData("mia", "Mia", "mia@localhost", "email")]
    [InlineData("mia", "Mia", "-mia@example.org", "email")]
    [InlineData("mia", "Mia", "mia@example.org\r\nBcc: all@example.org", "email")]
    [InlineData("mia", "Mia", "Mia <mia@example.org>", "email")]
    [InlineData("mia", "Mia", "m\u00efa@example.org", "email")]
    public async Task What_is_wrong_with_a_new_account_is_said_at_its_field(string userName, string name, string email, string? field)
    {
        var world = await Postgres.NewWorldAsync();

        (await Accounts.CreateAsync(world.Admin, new AccountDraft(userName, name, email), Ct)).Refusal?.Field.ShouldBe(field);
    }

    [Fact]
    public async Task A_megabyte_in_any_field_is_refused_and_so_is_a_name_of_81_characters()
    {
        var world = await Postgres.NewWorldAsync();
        var much = new string('x', 1 << 20);

        (await Accounts.CreateAsync(world.Admin, new AccountDraft(much, "Mia", "mia@example.org"), Ct)).Refusal!.Field.ShouldBe("userName");
        (await Accounts.CreateAsync(world.Admin, new AccountDraft("mia", much, "mia@example.org"), Ct)).Refusal!.Field.ShouldBe("name");
        (await Accounts.CreateAsync(world.Admin, new AccountDraft("mia", new string('x', 81), "mia@example.org"), Ct)).Refusal!.Field.ShouldBe("name");
        (await Accounts.CreateAsync(world.Admin, new AccountDraft("mia", "Mia", much + "@example.org"), Ct)).Refusal!.Field.ShouldBe("email");
    }

    [Fact]
    public async Task A_name_or_an_address_is_taken_once_however_many_ask_at_once()
    {
        var world = await Postgres.NewWorldAsync();

        var made = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(() => Accounts.CreateAsync(world.Admin, new AccountDraft("mia", "Mia", $"mia{i}@example.org"), Ct), Ct)));

        made.Count(m => m.IsOk).ShouldBe(1);
        made.Where(m => !m.IsOk).ShouldAllBe(m => m.Refusal is UserNameTaken);
        var address = made.Single(m => m.IsOk).Value.Account.Email!;
        (await Accounts.CreateAsync(world.Admin, new AccountDraft("pia", "Pia", address.ToUpperInvariant()), Ct)).Refusal.ShouldBeOfType<EmailTaken>();
    }

    [Fact]
    public async Task Other_roles_hold_at_once_end_every_sign_in_and_stand_in_the_trail_with_what_they_were()
    {
        var world = await Postgres.NewWorldAsync();
        var person = await Postgres.HireAsync(PlatformRoles.Operator);
        var session = await BeginAsync(person);
        var secret = (await Get<ApiTokens>().CreateAsync(person, "script", null, Ct)).Value.Secret;

        var changed = (await Accounts.ChangeRolesAsync(world.Admin, person.UserId, PlatformRoles.Operator, PlatformRoles.Auditor, Ct)).Value;

        changed.Roles.ShouldBe(PlatformRoles.Auditor);
        (await IsGoodAsync(session, person, PlatformRoles.Operator)).ShouldBeFalse();
        (await IsGoodAsync(session, person, PlatformRoles.Auditor)).ShouldBeFalse("it was ended");
        (await Get<ApiTokens>().AuthenticateAsync(secret, null, Ct)).ShouldNotBeNull().Platform.ShouldBe(PlatformRoles.Auditor);
        var detail = System.Text.Json.Nodes.JsonNode.Parse((await EventAsync(person.UserId)).Detail)!;
        (detail["before"]!["roles"]![0]!.ToString(), detail["after"]!["roles"]![0]!.ToString()).ShouldBe(("operator", "auditor"));
    }

    [Fact]
    public async Task Roles_that_somebody_else_changed_meanwhile_are_not_overwritten()
    {
        var world = await Postgres.NewWorldAsync();
        var person = await Postgres.HireAsync(PlatformRoles.None);
        await Accounts.ChangeRolesAsync(world.Admin, person.UserId, PlatformRoles.None, PlatformRoles.Auditor, Ct);

        var late = (await Accounts.ChangeRolesAsync(world.Admin, person.UserId, PlatformRoles.None, PlatformRoles.Operator, Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>();

        (late.By, late.Difference).ShouldBe((world.Admin.Name, $"{person.Name} now holds the roles auditor."));
        (await Accounts.GetAsync(world.Admin, person.UserId, Ct)).Value.Roles.ShouldBe(PlatformRoles.Auditor);
    }

    [Fact]
    public async Task The_last_admin_whose_account_is_open_keeps_the_role_and_the_account()
    {
        var world = await Postgres.NewWorldAsync();
        var second = await Postgres.HireAsync(PlatformRoles.Admin);
        (await Accounts.DisableAsync(world.Admin, second.UserId, Ct)).IsOk.ShouldBeTrue();

        (await Accounts.ChangeRolesAsync(world.Admin, world.Admin.UserId, PlatformRoles.Admin, PlatformRoles.None, Ct)).Refusal.ShouldBe(new LastAdmin(world.Admin.Name));
        (await Accounts.DisableAsync(world.Admin, world.Admin.UserId, Ct)).Refusal.ShouldBe(new LastAdmin(world.Admin.Name));
        (await Accounts.ChangeRolesAsync(world.Admin, world.Admin.UserId, PlatformRoles.Admin, PlatformRoles.Admin | PlatformRoles.Auditor, Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task Two_admins_who_take_each_others_role_at_once_leave_one()
    {
        var world = await Postgres.NewWorldAsync();
        var second = await Postgres.HireAsync(PlatformRoles.Admin);

        var done = await Task.WhenAll(
            Task.Run(() => Accounts.ChangeRolesAsync(world.Admin, second.UserId, PlatformRoles.Admin, PlatformRoles.None, Ct), Ct),
            Task.Run(() => Accounts.ChangeRolesAsync(second, world.Admin.UserId, PlatformRoles.Admin, PlatformRoles.None, Ct), Ct));

        done.Count(d => d.IsOk).ShouldBe(1);
        done.Single(d => !d.IsOk).Refusal.ShouldBeOfType<LastAdmin>();
    }

    [Fact]
    public async Task A_disabled_account_signs_in_nowhere_and_its_tokens_speak_for_nobody_until_it_is_enabled()
    {
        var world = await Postgres.NewWorldAsync();
        var session = await BeginAsync(world.Member);
        var secret = (await Get<ApiTokens>().CreateAsync(world.Member, "script", null, Ct)).Value.Secret;

        (await Accounts.DisableAsync(world.Admin, world.Member.UserId, Ct)).Value.DisabledAt.ShouldNotBeNull();
        (await Accounts.DisableAsync(world.Admin, world.Member.UserId, Ct)).IsOk.ShouldBeTrue("again is fine");

        (await IsGoodAsync(session, world.Member, PlatformRoles.None)).ShouldBeFalse();
        // One that began at the same moment, before the account was seen to be disabled.
        (await IsGoodAsync(await BeginAsync(world.Member), world.Member, PlatformRoles.None)).ShouldBeFalse();
        (await Get<ApiTokens>().AuthenticateAsync(secret, null, Ct)).ShouldBeNull();

        (await Accounts.EnableAsync(world.Admin, world.Member.UserId, Ct)).Value.DisabledAt.ShouldBeNull();
        (await Get<ApiTokens>().AuthenticateAsync(secret, null, Ct)).ShouldNotBeNull();
        (await IsGoodAsync(session, world.Member, PlatformRoles.None)).ShouldBeFalse("what was ended stays ended");
    }

    [Fact]
    public async Task A_reset_ends_every_sign_in_and_the_old_password()
    {
        var world = await Postgres.NewWorldAsync();
        var made = (await Accounts.CreateAsync(world.Admin, new AccountDraft("mia", "Mia", "mia@example.org"), Ct)).Value;
        var mia = new Actor(made.Account.Id, "Mia");
        var session = await BeginAsync(mia);

        var reset = (await Accounts.ResetPasswordAsync(world.Admin, mia.UserId, Ct)).Value;

        var user = await UserAsync(mia.UserId);
        new PasswordHasher<User>().VerifyHashedPassword(user, user.PasswordHash!, reset.Password).ShouldBe(PasswordVerificationResult.Success);
        new PasswordHasher<User>().VerifyHashedPassword(user, user.PasswordHash!, made.Password).ShouldBe(PasswordVerificationResult.Failed);
        (await IsGoodAsync(session, mia, PlatformRoles.None)).ShouldBeFalse();
        (await EventAsync(mia.UserId)).ShouldSatisfyAllConditions(e => e.Action.ShouldBe("account.reset"), e => e.Detail.ShouldNotContain(reset.Password));
    }

    [Fact]
    public async Task Accounts_are_searched_filtered_sorted_and_paged()
    {
        var world = await Postgres.NewWorldAsync();
        await Postgres.HireAsync(PlatformRoles.Auditor);
        await Accounts.DisableAsync(world.Admin, world.Viewer.UserId, Ct);

        (await ListAsync(world, With("role", "auditor,operator"))).Items.ShouldHaveSingleItem().Roles.ShouldBe(PlatformRoles.Auditor);
        (await ListAsync(world, With("role", "none"))).Total.ShouldBe(4);
        (await ListAsync(world, With("state", "disabled"))).Items.ShouldHaveSingleItem().Id.ShouldBe(world.Viewer.UserId);
        (await ListAsync(world, new ListQuery("olga"))).Items.ShouldHaveSingleItem().ShouldSatisfyAllConditions(a => a.Id.ShouldBe(world.Owner.UserId), a => a.Projects.ShouldBe(1));
        (await ListAsync(world, new ListQuery("%"))).Total.ShouldBe(0);
        (await ListAsync(world, new ListQuery(Sort: "-name", Skip: 1, Take: 2))).Items.Select(a => a.Name[..3]).ShouldBe(["Sam", "Roo"]);
        foreach (var sort in (string[])["username", "email", "projects", "seen", "-seen"])
            (await ListAsync(world, new ListQuery(Sort: sort))).Items.Count.ShouldBe(6, sort);
    }

    static ListQuery With(string field, string value) => new(Filters: new Dictionary<string, string> { [field] = value });

    async Task<Page<AccountRow>> ListAsync(World world, ListQuery query) => (await Accounts.ListAsync(world.Admin, query, Ct)).Value;

    async Task<Guid> BeginAsync(Actor actor) => await Get<SignInSessions>().BeginAsync(await UserAsync(actor.UserId), null, "desk", Ct);

    async Task<bool> IsGoodAsync(Guid session, Actor actor, PlatformRoles roles) => await Get<SignInSessions>().IsGoodAsync(session, (await UserAsync(actor.UserId)).SecurityStamp, roles, seenAt: null, inUse: false, Ct);

    async Task<User> UserAsync(Guid id)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Users.AsNoTracking().SingleAsync(u => u.Id == id, Ct);
    }

    async Task<AuditEvent> EventAsync(Guid subject)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.AuditEvents.Where(e => e.SubjectId == subject && e.Action.StartsWith("account.") && !e.Action.StartsWith("account.sign")).OrderByDescending(e => e.Id).FirstAsync(Ct);
    }
}
