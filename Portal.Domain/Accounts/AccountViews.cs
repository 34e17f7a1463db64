namespace Portal.Domain.Accounts;

/// <summary>An account as those who look after accounts see it.</summary>
/// <param name="Id">Identifier.</param>
/// <param name="Name">The name shown.</param>
/// <param name="UserName">What the person signs in with.</param>
/// <param name="Email">Where mail goes; null when none is known.</param>
/// <param name="Roles">The platform roles held.</param>
/// <param name="Projects">In how many projects in use the person is.</param>
/// <param name="LastSeenAt">When the account was last used, by a browser or a token, to the minute; null: never.</param>
/// <param name="DisabledAt">When it was disabled; null while it is open.</param>
/// <param name="MustChangePassword">Whether the one-time password was not replaced yet.</param>
public sealed record AccountRow(Guid Id, string Name, string UserName, string? Email, PlatformRoles Roles, int Projects, DateTimeOffset? LastSeenAt, DateTimeOffset? DisabledAt, bool MustChangePassword)
{
    /// <summary>What of it can be changed by its owner.</summary>
    public AccountProfile Profile => new(Name, Email ?? "");
}

/// <summary>What a person is called and where the portal writes to.</summary>
/// <param name="Name">The name other people see, 1 to 80 characters.</param>
/// <param name="Email">Where mail goes, and what signs in beside the user name; no other account has it. Empty where none is known.</param>
public sealed record AccountProfile(string Name, string Email);

/// <summary>An account to make.</summary>
/// <param name="UserName">What the person signs in with: 2 to 40 lower-case letters, digits, dots, hyphens and underscores.</param>
/// <param name="Name">The name other people see, 1 to 80 characters.</param>
/// <param name="Email">Where mail goes; no other account has it.</param>
/// <param name="Roles">Platform roles to begin with.</param>
public sealed record AccountDraft(string UserName, string Name, string Email, PlatformRoles Roles = PlatformRoles.None);

/// <summary>An account whose password was just made up. <see cref="Password"/> is shown this once, is not kept, and has to be replaced at the first sign-in.</summary>
public sealed record NewPassword(AccountRow Account, string Password);
