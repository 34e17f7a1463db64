namespace Portal.Web.Accounts;

/// <summary>Where to go after sign-in: an address given by the caller is followed only within the portal.</summary>
public static class LocalAddress
{
    /// <summary>The given path when it stays here, else the overview. "//host" and "/\host" would leave.</summary>
    public static string OrHome(string? address) =>
        address is ['/', ..] && address is not ['/', '/' or '\\', ..] && !address.Any(char.IsControl)
        && !address.StartsWith("/sign-", StringComparison.OrdinalIgnoreCase)
            ? address
            : "/";
}
