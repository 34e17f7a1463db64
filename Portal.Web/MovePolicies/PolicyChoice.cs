using Portal.Domain;
using Portal.Domain.Migrations;
using Portal.Domain.MovePolicies;
using Portal.Web.Controls;

namespace Portal.Web.MovePolicies;

/// <summary>A policy one can order a live move by: built in, or made by an admin.</summary>
/// <param name="Key">What stands for it in a form.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Means">What comes of it.</param>
/// <param name="Ending">What it does where no allowed pause will do.</param>
sealed record PolicyChoice(string Key, string Name, string Means, MoveEnding Ending)
{
    /// <summary>The choice where nobody made one.</summary>
    public const string Usual = nameof(MigrationPolicy.Balanced);

    /// <summary>Those that are built in.</summary>
    public static IReadOnlyList<PolicyChoice> BuiltIn { get; } =
        [.. Enum.GetValues<MigrationPolicy>().Select(policy => new PolicyChoice(policy.ToString(), Words.Of(policy), Words.Means(policy), ObjectiveRules.EndingOf(policy, made: null)))];

    /// <summary>Those that are built in, then those that were made and are not retired.</summary>
    public static async Task<IReadOnlyList<PolicyChoice>> AllAsync(MovePolicyService policies, Actor actor, CancellationToken cancellationToken)
    {
        var made = await policies.ListAsync(actor, new ListQuery(Take: MovePolicyService.Most, Filters: new Dictionary<string, string>(StringComparer.Ordinal) { ["retired"] = "no" }), cancellationToken);
        return [.. BuiltIn, .. made.Items.Select(policy => new PolicyChoice(KeyOf(policy.Id), policy.Name, MovePolicyWords.Means(policy.Terms), policy.Terms.Ending))];
    }

    /// <summary>What stands for what an order says.</summary>
    public static string KeyOf(MigrationParameters? move) => move?.PolicyId is { } id ? KeyOf(id) : move?.Policy?.ToString() ?? Usual;

    /// <summary>What an order says for a choice.</summary>
    public static (MigrationPolicy? Policy, Guid? PolicyId) Read(string key) =>
        Guid.TryParse(key, out var id) ? (null, id) : (Enum.TryParse<MigrationPolicy>(key, out var policy) ? policy : null, null);

    static string KeyOf(Guid id) => id.ToString();
}
