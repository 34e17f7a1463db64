using System.Net.Mail;
using System.Text.RegularExpressions;

namespace Portal.Domain.Accounts;

/// <summary>What a new account's names and address must be like; knows no database.</summary>
static partial class AccountRules
{
    /// <summary>The most characters of a display name.</summary>
    public const int MostName = 80;

    /// <summary>The most characters of an address (RFC 5321, 4.5.3.1.3, without the brackets).</summary>
    public const int MostEmail = 254;

    /// <summary>Why a draft, its texts tidied, will not do, or null.</summary>
    public static Refusal? Check(AccountDraft draft)
    {
        if (!UserName().IsMatch(draft.UserName))
            return new InvalidText("userName", "That is no name to sign in with.", "Use 2 to 40 lower-case letters, digits, dots, hyphens and underscores, with a letter or digit first.");
        return Names.Check("name", draft.Name, MostName, "A person") ?? CheckEmail(draft.Email);
    }

    /// <summary>Why an address will not do, or null.</summary>
    public static Refusal? CheckEmail(string email) =>
        email.Length <= MostEmail && email.All(c => c is > ' ' and < '\u007f') && !email.StartsWith('-') && MailAddress.TryCreate(email, out var parsed) && parsed.Address == email && parsed.Host.Contains('.', StringComparison.Ordinal)
            ? null
            : new InvalidText("email", "That is no e-mail address the portal can write to.", $"Give one like mia@example.org, of at most {MostEmail} characters and without accents.");

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{1,39}\z", RegexOptions.NonBacktracking)]
    private static partial Regex UserName();
}
