using Microsoft.AspNetCore.Identity;
using Portal.Domain;
using Portal.Domain.Accounts;

namespace Portal.Web.Accounts;

/// <summary>ASP.NET Core Identity on the portal's own database, with the same rules for the pages and for the verbs.</summary>
public static class Identity
{
    /// <summary>Registers users, roles and the rules for passwords and lock-out.</summary>
    public static IdentityBuilder AddPortalIdentity(this IServiceCollection services) => services.AddIdentityCore<User>(Rules)
        .AddRoles<IdentityRole<Guid>>()
        .AddEntityFrameworkStores<PortalDbContext>();

    private static void Rules(IdentityOptions options)
    {
        options.User.RequireUniqueEmail = true;
        options.Password.RequiredLength = 12;
        options.Password.RequireDigit = options.Password.RequireLowercase = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
        options.Lockout.MaxFailedAccessAttempts = 5;
        options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
        options.ClaimsIdentity.SecurityStampClaimType = PortalClaims.Stamp;
    }
}
