using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Accounts;

/// <summary>A person who can sign in. The platform role <c>admin</c> is an Identity role; roles in a project are memberships.</summary>
public sealed class User : IdentityUser<Guid>
{
    /// <summary>For EF Core and Identity.</summary>
    public User() => Id = Guid.CreateVersion7();

    /// <summary>The name other people see.</summary>
    public string DisplayName { get; set; } = "";
}

/// <summary>The platform roles.</summary>
public static class Roles
{
    /// <summary>Decides requests, adds hosts, moves machines, reads the audit trail.</summary>
    public const string Admin = "admin";

    /// <summary>Asks for machines and works with those of the projects it belongs to.</summary>
    public const string Member = "member";
}

sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder) => builder.Property(u => u.DisplayName).HasMaxLength(80);
}
