namespace Portal.Web.Layout;

/// <summary>What a person chose (light, dark or system) and what that means on their screen right now.</summary>
/// <param name="Choice">One of <c>light</c>, <c>dark</c>, <c>system</c>.</param>
/// <param name="IsDark">Whether dark colours are shown; for <c>system</c> the browser told us in a cookie.</param>
public sealed record ThemeChoice(string Choice, bool IsDark)
{
    /// <summary>The cookie that keeps the choice; written by <c>theme.js</c>, read here so that the first paint is right.</summary>
    public const string Cookie = "portal-theme";

    /// <summary>The cookie in which the browser says what its system prefers at the moment.</summary>
    public const string SystemCookie = "portal-theme-system";

    /// <summary>Follow the system, and light until it has said otherwise.</summary>
    public static ThemeChoice Default { get; } = new("system", IsDark: false);

    /// <summary>Reads the choice; anything that is not one of the three words counts as <c>system</c>.</summary>
    public static ThemeChoice FromCookies(IRequestCookieCollection cookies) =>
        For(cookies[Cookie], systemIsDark: cookies[SystemCookie] == "dark");

    /// <summary>The theme for a choice on a system that prefers dark or light.</summary>
    public static ThemeChoice For(string? choice, bool systemIsDark) => choice switch
    {
        "light" => new("light", IsDark: false),
        "dark" => new("dark", IsDark: true),
        _ => new("system", systemIsDark),
    };
}
