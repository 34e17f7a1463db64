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
}

sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder) => builder.Property(u => u.DisplayName).HasMaxLength(80);
}
