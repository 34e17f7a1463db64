using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Accounts;

public sealed class ApiTokensTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    ApiTokens Tokens => postgres.Get<ApiTokens>();

    [Fact]
    public async Task A_secret_speaks_for_its_owner_with_the_rights_held_now()
    {
        var world = await postgres.NewWorldAsync();
        var admins = (await Tokens.CreateAsync(world.Admin, "ops", null, Ct)).Value.Secret;
        var members = (await Tokens.CreateAsync(world.Member, "script", null, Ct)).Value.Secret;

        (await Tokens.AuthenticateAsync(members, "10.0.0.7", Ct)).ShouldBe(new Actor(world.Member.UserId, world.Member.Name, PlatformRoles.None, "10.0.0.7"));
        (await Tokens.AuthenticateAsync(admins, null, Ct)).ShouldNotBeNull().IsAdmin.ShouldBeTrue();

        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        await db.UserRoles.Where(r => r.UserId == world.Admin.UserId).ExecuteDeleteAsync(Ct);
        (await Tokens.AuthenticateAsync(admins, null, Ct)).ShouldNotBeNull().IsAdmin.ShouldBeFalse();
    }

    [Fact]
    public async Task The_secret_has_256_bits_and_is_not_in_the_books()
    {
        var world = await postgres.NewWorldAsync();

        var made = (await Tokens.CreateAsync(world.Member, " backup ", null, Ct)).Value;

        made.Secret.ShouldStartWith("ptl_");
        made.Secret.Length.ShouldBe(4 + 43);
        made.Token.Name.ShouldBe("backup");
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        var row = await db.ApiTokens.SingleAsync(t => t.Id == made.Token.Id, Ct);
        row.SecretHash.Length.ShouldBe(32);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_from_then_on_and_revoking_again_is_fine()
    {
        var world = await postgres.NewWorldAsync();
        var made = (await Tokens.CreateAsync(world.Member, "x", null, Ct)).Value;

        (await Tokens.RevokeAsync(world.Owner, made.Token.Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Tokens.RevokeAsync(world.Member, made.Token.Id, Ct)).Value.RevokedAt.ShouldNotBeNull();
        (await Tokens.RevokeAsync(world.Member, made.Token.Id, Ct)).IsOk.ShouldBeTrue();

        (await Tokens.AuthenticateAsync(made.Secret, null, Ct)).ShouldBeNull();
        (await Tokens.ListAsync(world.Member, Ct)).ShouldHaveSingleItem().RevokedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_token_stops_at_its_time()
    {
        var world = await postgres.NewWorldAsync();
        var secret = (await Tokens.CreateAsync(world.Member, "short", TimeSpan.FromHours(1), Ct)).Value.Secret;
        (await Tokens.AuthenticateAsync(secret, null, Ct)).ShouldNotBeNull();

        postgres.Time.Advance(TimeSpan.FromHours(1));

        (await Tokens.AuthenticateAsync(secret, null, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Wrong_passwords_of_a_stranger_do_not_stop_an_accounts_tokens()
    {
        var world = await postgres.NewWorldAsync();
        var secret = (await Tokens.CreateAsync(world.Member, "x", null, Ct)).Value.Secret;
        var until = postgres.Time.GetUtcNow().AddMinutes(5);
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        await db.Users.Where(u => u.Id == world.Member.UserId).ExecuteUpdateAsync(set => set.SetProperty(u => u.LockoutEnd, until), Ct);

        (await Tokens.AuthenticateAsync(secret, null, Ct)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("ptl_")]
    [InlineData("ptl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Bearer x")]
    public async Task An_unknown_secret_speaks_for_nobody(string secret) => (await Tokens.AuthenticateAsync(secret, null, Ct)).ShouldBeNull();

    [Fact]
    public async Task A_token_needs_a_name_and_a_sensible_lifetime()
    {
        var world = await postgres.NewWorldAsync();

        (await Tokens.CreateAsync(world.Member, " ", null, Ct)).Refusal.ShouldNotBeNull().Field.ShouldBe("name");
        (await Tokens.CreateAsync(world.Member, "x", TimeSpan.FromDays(1000), Ct)).Refusal.ShouldNotBeNull().Field.ShouldBe("lifetime");
        (await Tokens.CreateAsync(world.Member, "x", TimeSpan.Zero, Ct)).Refusal.ShouldNotBeNull();
    }
}
