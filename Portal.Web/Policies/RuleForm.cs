using System.Globalization;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Web.Policies;

/// <summary>One of those a level asks, as it is typed: <c>owners</c>, <c>role:approver</c>, or a person's identifier.</summary>
public sealed class ApproverForm
{
    /// <summary>What is chosen.</summary>
    public string Choice { get; set; } = "role:approver";

    /// <summary>What the service is given.</summary>
    public Approver ToApprover() => Choice switch
    {
        "owners" => new(ApproverKind.ProjectOwners),
        ['r', 'o', 'l', 'e', ':', .. var role] => new(ApproverKind.Role, Role: role),
        _ => new(ApproverKind.Person, Guid.TryParse(Choice, out var id) ? id : null),
    };

    /// <summary>As the form shows it.</summary>
    public static ApproverForm Of(Approver approver) => new()
    {
        Choice = approver.Kind switch
        {
            ApproverKind.ProjectOwners => "owners",
            ApproverKind.Role => "role:" + approver.Role,
            ApproverKind.Person => approver.UserId?.ToString() ?? "",
        },
    };
}

/// <summary>One level, as it is typed.</summary>
public sealed class LevelForm
{
    /// <summary>Whether each has to say yes.</summary>
    public bool All { get; set; }

    /// <summary>Whom it asks.</summary>
    public IList<ApproverForm> Approvers { get; } = [];
}

/// <summary>A range, as it is typed.</summary>
public sealed class RangeForm
{
    /// <summary>At least.</summary>
    public string From { get; set; } = "";

    /// <summary>At most.</summary>
    public string To { get; set; } = "";

    /// <summary>What the service is given.</summary>
    public RuleRange ToRange() => new(RuleForm.Number(From), RuleForm.Number(To));

    /// <summary>Whether something typed is no number.</summary>
    public bool IsGarbled => IsGarble(From) || IsGarble(To);

    /// <summary>As the form shows it.</summary>
    public static RangeForm Of(RuleRange? range) => new() { From = RuleForm.Text(range?.From), To = RuleForm.Text(range?.To) };

    static bool IsGarble(string text) => !string.IsNullOrWhiteSpace(text) && RuleForm.Number(text) is null;
}

/// <summary>A rule as it is typed; text where a number is wanted stays what was typed until it is one.</summary>
public sealed class RuleForm
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it is for.</summary>
    public string Description { get; set; } = "";

    /// <summary>Whether it is switched on.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Projects ticked.</summary>
    public ISet<Guid> Projects { get; } = new HashSet<Guid>();

    /// <summary>Roles in the project ticked.</summary>
    public ISet<ProjectRole> ProjectRoles { get; } = new HashSet<ProjectRole>();

    /// <summary>Platform roles ticked.</summary>
    public ISet<string> PlatformRoles { get; } = new HashSet<string>();

    /// <summary>Kinds ticked.</summary>
    public ISet<RequestKind> Kinds { get; } = new HashSet<RequestKind>();

    /// <summary>Flavors ticked.</summary>
    public ISet<Guid> Flavors { get; } = new HashSet<Guid>();

    /// <summary>Images ticked.</summary>
    public ISet<Guid> Images { get; } = new HashSet<Guid>();

    /// <summary>Ranges by condition.</summary>
    public IDictionary<RuleCondition, RangeForm> Ranges { get; } = RangeConditions.ToDictionary(condition => condition, _ => new RangeForm());

    /// <summary>What happens.</summary>
    public PolicyOutcome Outcome { get; set; } = PolicyOutcome.Ask;

    /// <summary>Why.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Who is asked.</summary>
    public IList<LevelForm> Levels { get; } = [];

    /// <summary>Whether the requester may decide too.</summary>
    public bool MayDecideOwn { get; set; }

    /// <summary>How long it may wait, hours.</summary>
    public string ExpiresAfterHours { get; set; } = "";

    /// <summary>What happens then.</summary>
    public ExpiryAction OnExpiry { get; set; } = ExpiryAction.Escalate;

    /// <summary>The conditions that are ranges.</summary>
    public static IReadOnlyList<RuleCondition> RangeConditions { get; } =
        [RuleCondition.Vcpus, RuleCondition.Memory, RuleCondition.Disk, RuleCondition.Share, RuleCondition.Lease, RuleCondition.Cost];

    /// <summary>A form with one level that asks an approver.</summary>
    public static RuleForm Empty()
    {
        var form = new RuleForm();
        form.AddLevel();
        return form;
    }

    /// <summary>A form that shows a rule.</summary>
    public static RuleForm Of(RuleView rule)
    {
        var form = new RuleForm
        {
            Name = rule.Name, Description = rule.Description ?? "", Enabled = rule.Enabled, Outcome = rule.Then.Outcome, Reason = rule.Then.Reason ?? "", MayDecideOwn = rule.Then.MayDecideOwn,
            ExpiresAfterHours = rule.Then.ExpiresAfterHours?.ToString(CultureInfo.InvariantCulture) ?? "", OnExpiry = rule.Then.OnExpiry,
        };
        form.Projects.UnionWith(rule.When.Projects ?? []);
        form.ProjectRoles.UnionWith(rule.When.ProjectRoles ?? []);
        form.PlatformRoles.UnionWith(rule.When.PlatformRoles ?? []);
        form.Kinds.UnionWith(rule.When.Kinds ?? []);
        form.Flavors.UnionWith(rule.When.Flavors ?? []);
        form.Images.UnionWith(rule.When.Images ?? []);
        foreach (var (condition, range) in new[] { (RuleCondition.Vcpus, rule.When.Vcpus), (RuleCondition.Memory, rule.When.MemoryMib), (RuleCondition.Disk, rule.When.DiskGib), (RuleCondition.Share, rule.When.SharePercent), (RuleCondition.Lease, rule.When.LeaseDays), (RuleCondition.Cost, rule.When.Cost) })
            form.Ranges[condition] = RangeForm.Of(range);
        foreach (var level in rule.Then.Levels)
        {
            var shown = new LevelForm { All = level.All };
            foreach (var approver in level.Approvers)
                shown.Approvers.Add(ApproverForm.Of(approver));
            form.Levels.Add(shown);
        }

        if (form.Levels.Count == 0)
            form.AddLevel();
        return form;
    }

    /// <summary>One more level, which asks an approver.</summary>
    public void AddLevel()
    {
        var level = new LevelForm();
        level.Approvers.Add(new ApproverForm());
        Levels.Add(level);
    }

    /// <summary>What is typed that is no number; null when all is well.</summary>
    public InvalidRule? Garbled() => Ranges.FirstOrDefault(pair => pair.Value.IsGarbled) is { Value: not null } pair
        ? new InvalidRule(pair.Key.ToString(), $"What is typed for {Label(pair.Key)} is no number.", "Type digits, with a point before decimals.")
        : !string.IsNullOrWhiteSpace(ExpiresAfterHours) && Hours is null ? new InvalidRule("expiresAfterHours", "What is typed for the hours is no whole number.", "Type digits, or leave it empty.") : null;

    /// <summary>What the service is given.</summary>
    public RuleDraft ToDraft() => new(Name, Description, Enabled,
        new RuleConditions([.. Projects], [.. ProjectRoles], [.. PlatformRoles], [.. Kinds], [.. Flavors], [.. Images], Ranges[RuleCondition.Vcpus].ToRange(), Ranges[RuleCondition.Memory].ToRange(),
            Ranges[RuleCondition.Disk].ToRange(), Ranges[RuleCondition.Share].ToRange(), Ranges[RuleCondition.Lease].ToRange(), Ranges[RuleCondition.Cost].ToRange()),
        new RuleOutcome(Outcome, Reason, [.. Levels.Select(level => new ApprovalLevel([.. level.Approvers.Select(approver => approver.ToApprover())], level.All))], MayDecideOwn, Hours, OnExpiry));

    /// <summary>A condition that is a range, in words.</summary>
    public static string Label(RuleCondition condition) => condition switch
    {
        RuleCondition.Vcpus => "vCPU",
        RuleCondition.Memory => "Memory, MiB",
        RuleCondition.Disk => "Disk, GiB",
        RuleCondition.Share => "Quota afterwards, %",
        RuleCondition.Lease => "Lease, days",
        RuleCondition.Cost => "Cost in 30 days",
        _ => condition.ToString(),
    };

    /// <summary>A number as it is typed; null when it is none.</summary>
    public static decimal? Number(string? text) => decimal.TryParse(text?.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>A number as the form shows it.</summary>
    public static string Text(decimal? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "";

    int? Hours => int.TryParse(ExpiresAfterHours.Trim(), CultureInfo.InvariantCulture, out var hours) ? hours : null;
}
