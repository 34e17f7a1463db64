using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Audit;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Accounts;

/// <summary>Names and addresses of accounts that exist.</summary>
public sealed class AccountProfileTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    static readonly AccountProfile Given = new("Mia Member", "mia@example.org");

    AccountService Accounts => Get<AccountService>();

    [Fact]
    public async Task An_admin_changes_both_and_the_trail_has_what_they_were()
    {
        var (world, mia) = await MiaAsync();

        var changed = (await Accounts.ChangeProfileAsync(world.Admin, mia.UserId, Given, new(" Mia  Meier ", " mia.meier@example.org "), Ct)).Value;

        changed.Profile.ShouldBe(new AccountProfile("Mia Meier", "mia.meier@example.org"));
        var detail = System.Text.Json.Nodes.JsonNode.Parse((await EventAsync(mia.UserId)).Detail)!;
        (detail["before"]!["name"]!.ToString(), detail["after"]!["email"]!.ToString()).ShouldBe((Given.Name, "mia.meier@example.org"));
    }

    [Fact]
    public async Task Saving_what_stands_there_already_leaves_no_trace()
    {
        var (world, mia) = await MiaAsync();

        (await Accounts.ChangeProfileAsync(world.Admin, mia.UserId, Given, Given with { Name = " Mia Member " }, Ct)).IsOk.ShouldBeTrue();

        (await EventAsync(mia.UserId)).Action.ShouldBe("account.create");
    }

    [Fact]
    public async Task Own_name_and_address_are_ones_own_to_change_and_nobody_elses()
    {
        var (world, mia) = await MiaAsync();

        (await Accounts.OwnProfileAsync(mia, Ct)).Value.ShouldBe(Given);
        (await Accounts.ChangeOwnProfileAsync(mia, Given, Given with { Name = "Mia Meier" }, Ct)).Value.Name.ShouldBe("Mia Meier");

        (await Accounts.ChangeProfileAsync(mia, world.Owner.UserId, new("x", "y"), Given, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Accounts.ChangeProfileAsync(world.Owner, mia.UserId, Given, Given, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Accounts.ChangeProfileAsync(world.Admin, Guid.NewGuid(), Given, Given, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await EventAsync(mia.UserId)).ActorId.ShouldBe(mia.UserId);
    }

    [Fact]
    public async Task An_admins_own_address_changes_where_the_password_is_asked_for_only()
    {
        var (world, _) = await MiaAsync();
        var own = (await Accounts.OwnProfileAsync(world.Admin, Ct)).Value;

        (await Accounts.ChangeProfileAsync(world.Admin, world.Admin.UserId, own, own with { Email = "elsewhere@example.org" }, Ct)).Refusal.ShouldBeOfType<InvalidText>().Advice.ShouldContain("account's page");
        (await Accounts.ChangeProfileAsync(world.Admin, world.Admin.UserId, own, own with { Name = "Ada" }, Ct)).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task What_somebody_else_changed_meanwhile_is_told_with_the_difference_and_not_overwritten()
    {
        var (world, mia) = await MiaAsync();
        await Accounts.ChangeOwnProfileAsync(mia, Given, Given with { Name = "Mia Meier" }, Ct);
        // Something else that happened to the account is not who changed the name.
        await Accounts.ResetPasswordAsync(world.Admin, mia.UserId, Ct);

        var late = (await Accounts.ChangeProfileAsync(world.Admin, mia.UserId, Given, new("Mia Mayer", "mia@example.org"), Ct)).Refusal.ShouldBeOfType<ChangedMeanwhile>();

        late.By.ShouldBe("Mia Member");
        late.Fields.ShouldHaveSingleItem().ShouldBe(new FieldDifference("Name", "Mia Meier", "Mia Mayer"));
        (await Accounts.OwnProfileAsync(mia, Ct)).Value.Name.ShouldBe("Mia Meier");
    }

    [Theory]
    [InlineData("", "mia@example.org", "name")]
    [InlineData("-Mia", "mia@example.org", "name")]
    [InlineData("M\u202eia", "mia@example.org", "name")]
    [InlineData("Mia\nBcc", "mia@example.org", "name")]
    [InlineData("<b>Mia", "mia@example.org", "name")]
    [InlineData("Mia Member", "", "email")]
    [InlineData("Mia Member", "mia@localhost", "email")]
    [InlineData("Mia Member", "mia@example.org\r\nBcc: all@example.org", "email")]
    public async Task What_is_wrong_is_said_at_its_field(string name, string email, string field)
    {
        var (_, mia) = await MiaAsync();

        (await Accounts.ChangeOwnProfileAsync(mia, Given, new(name, email), Ct)).Refusal.ShouldNotBeNull().Field.ShouldBe(field);
        (await Accounts.ChangeOwnProfileAsync(mia, Given, new(new string('x', 1 << 20), email), Ct)).Refusal.ShouldNotBeNull().Field.ShouldBe("name");
    }

    [Fact]
    public async Task An_address_somebody_has_is_taken_and_only_an_admin_reads_by_whom()
    {
        var (world, mia) = await MiaAsync();
        await Accounts.CreateAsync(world.Admin, new AccountDraft("pia", "Pia", "pia@example.org"), Ct);

        (await Accounts.ChangeProfileAsync(world.Admin, mia.UserId, Given, Given with { Email = "PIA@example.org" }, Ct)).Refusal.ShouldBe(new EmailTaken("PIA@example.org", "pia"));
        (await Accounts.ChangeOwnProfileAsync(mia, Given, Given with { Email = "pia@example.org" }, Ct)).Refusal.ShouldBeOfType<EmailTaken>().Message.ShouldBe("pia@example.org is the address of another account already.");
        (await Accounts.ChangeOwnProfileAsync(mia, Given, Given with { Email = "Mia@example.org" }, Ct)).IsOk.ShouldBeTrue("one's own, written otherwise");
    }

    async Task<(World World, Actor Mia)> MiaAsync()
    {
        var world = await Postgres.NewWorldAsync();
        var made = (await Accounts.CreateAsync(world.Admin, new AccountDraft("mia", Given.Name, Given.Email), Ct)).Value.Account;
        return (world, new Actor(made.Id, made.Name));
    }

    async Task<AuditEvent> EventAsync(Guid subject)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.AuditEvents.Where(e => e.SubjectId == subject).OrderByDescending(e => e.Id).FirstAsync(Ct);
    }
}
