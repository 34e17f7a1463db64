namespace Portal.Web.Accounts;

/// <summary>Where to go after sign-in: an address given by the caller is followed only within the portal.</summary>
public static class LocalAddress
{
    /// <summary>The given path when it stays here, else the overview.</summary>
    public static string OrHome(string? address) =>
        address is not null && Domain.Texts.IsOwnPath(address) && !address.StartsWith("/sign-", StringComparison.OrdinalIgnoreCase)
            ? address
            : "/";
}
