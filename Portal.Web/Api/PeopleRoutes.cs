using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Domain;
using Portal.Domain.Accounts;

namespace Portal.Web.Api;

/// <summary>An account to make.</summary>
/// <param name="UserName">What the person signs in with: 2 to 40 lower-case letters, digits, dots, hyphens and underscores.</param>
/// <param name="Name">The name other people see, at most 80 characters.</param>
/// <param name="Email">Where the portal writes to.</param>
/// <param name="Roles">Platform roles: admin, approver, operator, auditor; none when left out.</param>
public sealed record AccountBody(string UserName, string Name, string Email, IReadOnlyList<string>? Roles = null);

/// <summary>Platform roles to hold.</summary>
/// <param name="Seen">Those the account held as it was read.</param>
/// <param name="Roles">Those to hold from now on.</param>
public sealed record RolesBody(IReadOnlyList<string> Seen, IReadOnlyList<string> Roles);

/// <summary>Name and address to have.</summary>
/// <param name="Seen">Those the account had as it was read.</param>
/// <param name="Name">The name other people see, at most 80 characters.</param>
/// <param name="Email">Where the portal writes to.</param>
public sealed record ProfileBody(AccountProfile Seen, string Name, string Email);

/// <summary>An account.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">The name shown.</param>
/// <param name="UserName">What the person signs in with.</param>
/// <param name="Email">Where mail goes.</param>
/// <param name="Roles">The platform roles held.</param>
/// <param name="Projects">In how many projects in use the person is.</param>
/// <param name="LastSeenAt">When the account was last used, to the minute.</param>
/// <param name="DisabledAt">When it was disabled; null while it is open.</param>
/// <param name="MustChangePassword">Whether the one-time password was not replaced yet.</param>
public sealed record Account(Guid Id, string Name, string UserName, string? Email, IReadOnlyList<string> Roles, int Projects, DateTimeOffset? LastSeenAt, DateTimeOffset? DisabledAt, bool MustChangePassword);

/// <summary>An account with a password that works until the person chose one; it is in this answer and never again.</summary>
/// <param name="Account">The account.</param>
/// <param name="Password">The one-time password.</param>
public sealed record AccountPassword(Account Account, string Password);

/// <summary>Accounts and what they may do on the platform; for admins.</summary>
static class PeopleRoutes
{
    public static void Map(RouteGroupBuilder api)
    {
        var people = api.MapGroup("/people").WithTags("People");
        people.MapGet("", ListAsync).WithSummary("Accounts by name; for admins")
            .Lists(["name", "username", "email", "projects", "seen"], new ListFilter("role", [.. Roles.All.Select(role => role.Name), "none"]), new ListFilter("state", ["enabled", "disabled"]));
        people.MapPost("", CreateAsync).WithSummary("Make an account; its one-time password is in this answer and never again").Changes(secretReply: true);
        people.MapGet("/{id:guid}", GetAsync).WithSummary("An account; for admins");
        people.MapPost("/{id:guid}/roles", RolesAsync).WithSummary("Give a person other platform roles; every page they have open ends").Changes();
        people.MapPut("/{id:guid}/profile", ProfileAsync).WithSummary("Give an account another name and address; the former address is told").Changes();
        people.MapPost("/{id:guid}/disable", DisableAsync).WithSummary("Shut an account: its sign-ins end at once, its tokens stop; again is fine").Changes();
        people.MapPost("/{id:guid}/enable", EnableAsync).WithSummary("Open a shut account again; again is fine").Changes();
        people.MapPost("/{id:guid}/reset-password", ResetAsync).WithSummary("Give an account a one-time password; it is in this answer and never again").Changes(secretReply: true);
    }

    static async Task<Results<Ok<Page<Account>>, JsonHttpResult<Problem>>> ListAsync(ClaimsPrincipal user, [AsParameters] Paging paging, HttpRequest http, AccountService accounts, CancellationToken ct)
    {
        var page = await accounts.ListAsync(user.Actor(), paging.ToQuery(http), ct);
        return page.IsOk ? TypedResults.Ok(new Page<Account>([.. page.Value.Items.Select(Of)], page.Value.Total)) : Problems.From(page.Refusal);
    }

    static async Task<Results<Ok<Account>, JsonHttpResult<Problem>>> GetAsync(ClaimsPrincipal user, Guid id, AccountService accounts, CancellationToken ct) => One(await accounts.GetAsync(user.Actor(), id, ct));

    static async Task<Results<Created<AccountPassword>, JsonHttpResult<Problem>>> CreateAsync(ClaimsPrincipal user, AccountBody body, AccountService accounts, CancellationToken ct)
    {
        if (Unknown("roles", body.Roles ?? []) is { } unknown)
            return Problems.From(unknown);
        var made = await accounts.CreateAsync(user.Actor(), new AccountDraft(body.UserName, body.Name, body.Email, Roles.Of(body.Roles ?? [])), ct);
        return made.IsOk ? TypedResults.Created($"{ApiRoutes.Root}/people/{made.Value.Account.Id}", new AccountPassword(Of(made.Value.Account), made.Value.Password)) : Problems.From(made.Refusal);
    }

    static async Task<Results<Ok<Account>, JsonHttpResult<Problem>>> RolesAsync(ClaimsPrincipal user, Guid id, RolesBody body, AccountService accounts, CancellationToken ct) =>
        (Unknown("seen", body.Seen) ?? Unknown("roles", body.Roles)) is { } unknown ? Problems.From(unknown) : One(await accounts.ChangeRolesAsync(user.Actor(), id, Roles.Of(body.Seen), Roles.Of(body.Roles), ct));

    static async Task<Results<Ok<Account>, JsonHttpResult<Problem>>> ProfileAsync(ClaimsPrincipal user, Guid id, ProfileBody body, AccountService accounts, CancellationToken ct) =>
        One(await accounts.ChangeProfileAsync(user.Actor(), id, body.Seen, new AccountProfile(body.Name, body.Email), ct));

    static async Task<Results<Ok<Account>, JsonHttpResult<Problem>>> DisableAsync(ClaimsPrincipal user, Guid id, AccountService accounts, CancellationToken ct) => One(await accounts.DisableAsync(user.Actor(), id, ct));

    static async Task<Results<Ok<Account>, JsonHttpResult<Problem>>> EnableAsync(ClaimsPrincipal user, Guid id, AccountService accounts, CancellationToken ct) => One(await accounts.EnableAsync(user.Actor(), id, ct));

    static async Task<Results<Ok<AccountPassword>, JsonHttpResult<Problem>>> ResetAsync(ClaimsPrincipal user, Guid id, AccountService accounts, CancellationToken ct)
    {
        var reset = await accounts.ResetPasswordAsync(user.Actor(), id, ct);
        return reset.IsOk ? TypedResults.Ok(new AccountPassword(Of(reset.Value.Account), reset.Value.Password)) : Problems.From(reset.Refusal);
    }

    static Results<Ok<Account>, JsonHttpResult<Problem>> One(Result<AccountRow> row) => row.IsOk ? TypedResults.Ok(Of(row.Value)) : Problems.From(row.Refusal);

    static Account Of(AccountRow row) => new(row.Id, row.Name, row.UserName, row.Email, [.. Roles.NamesOf(row.Roles)], row.Projects, row.LastSeenAt, row.DisabledAt, row.MustChangePassword);

    // A role that is misspelt and silently left out would take something away that nobody meant to take.
    static InvalidText? Unknown(string field, IReadOnlyList<string> names) =>
        names.FirstOrDefault(name => !Roles.All.Any(role => string.Equals(role.Name, name, StringComparison.OrdinalIgnoreCase))) is { } unknown
            ? new InvalidText(field, $"There is no platform role “{unknown}”.", $"There are {string.Join(", ", Roles.All.Select(role => role.Name))}.")
            : null;
}
