using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Portal.Domain.Accounts;

/// <summary>A person who can sign in. Platform roles are Identity roles; roles in a project are memberships.</summary>
public sealed class User : IdentityUser<Guid>
{
    /// <summary>For EF Core and Identity.</summary>
    public User() => Id = Guid.CreateVersion7();

    /// <summary>The name other people see.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>What a person is called wherever others read it: the name shown, or without one what they sign in with. In a query the database says so.</summary>
    public static string NameOf(string displayName, string? userName) => displayName.Length > 0 ? displayName : userName ?? "";

    /// <summary>When an admin shut the account; null while it is open. A shut account signs in nowhere, and its tokens speak for nobody.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>Whether somebody else chose the password: then nothing is done with the account before its owner chose one.</summary>
    public bool MustChangePassword { get; set; }
}

sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder) => builder.Property(u => u.DisplayName).HasMaxLength(80);

    /// <summary>Tells EF Core how <see cref="User.NameOf"/> is written: <c>coalesce(nullif(display_name, ''), user_name, '')</c>.</summary>
    public static void Name(ModelBuilder builder) => builder.HasDbFunction(typeof(User).GetMethod(nameof(User.NameOf))!).HasTranslation(names =>
    {
        var none = new SqlConstantExpression("", names[0].TypeMapping);
        var shown = new SqlFunctionExpression("nullif", [names[0], none], nullable: true, argumentsPropagateNullability: [false, false], typeof(string), names[0].TypeMapping);
        return new SqlFunctionExpression("coalesce", [shown, names[1], none], nullable: false, argumentsPropagateNullability: [false, false, false], typeof(string), names[0].TypeMapping);
    });
}
