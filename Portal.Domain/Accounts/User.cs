using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Portal.Domain.Accounts;

/// <summary>A person who can sign in. Platform roles are Identity roles; roles in a project are memberships.</summary>
public sealed class User : IdentityUser<Guid>
{
    /// <summary>For EF Core and Identity.</summary>
    public User() => Id = Guid.CreateVersion7();

    /// <summary>The name other people see.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>When an admin shut the account; null while it is open. A shut account signs in nowhere, and its tokens speak for nobody.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>Whether somebody else chose the password: then nothing is done with the account before its owner chose one.</summary>
    public bool MustChangePassword { get; set; }
}

sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder) => builder.Property(u => u.DisplayName).HasMaxLength(80);
}
