using System.Text.RegularExpressions;

namespace Portal.Domain.Requests;

/// <summary>The rule for machine names: an RFC 1123 label in lower case of at most 40 characters, since it is also the guest's host name.</summary>
public static partial class MachineName
{
    /// <summary>The most characters a name has.</summary>
    public const int MaxLength = 40;

    /// <summary>Null when a name keeps the rule; otherwise what is wrong with it.</summary>
    public static Refusal? Check(string name)
    {
        var problem = name switch
        {
            "" => "The machine needs a name.",
            { Length: > MaxLength } => $"The name has {name.Length} characters; at most {MaxLength} are allowed.",
            _ when name.Any(char.IsAsciiLetterUpper) => "The name has capital letters.",
            _ when name[0] == '-' || name[^1] == '-' => "The name begins or ends with a hyphen.",
            _ when !Label().IsMatch(name) => "The name has characters that a host name may not have.",
            _ => null,
        };
        return problem is null ? null : new InvalidText("machineName", problem, "Use lower-case letters a–z, digits and hyphens, e.g. “web-01”.");
    }

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]*[a-z0-9])?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Label();
}
