namespace Portal.Domain.Accounts;

/// <summary>Another account has that name to sign in with.</summary>
public sealed record UserNameTaken(string UserName) : Refusal("user-name-taken", $"There is an account “{UserName}” already.", "Choose another name to sign in with.", "userName")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Another account has that address.</summary>
/// <param name="Email">The address.</param>
/// <param name="By">Whose it is; null where that is not for the reader to know.</param>
public sealed record EmailTaken(string Email, string? By) : Refusal("email-taken", $"{Email} is the address of {By ?? "another account"} already.", "Give the person's own address.", "email")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>The platform would be left without an admin who can sign in.</summary>
public sealed record LastAdmin(string Name) : Refusal("last-admin", $"{Name} is the last admin whose account is open: somebody must look after the portal.", "Make somebody else admin first.")
{
    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}
