namespace Portal.Domain.Projects;

/// <summary>Quota in words: amounts with their unit, and what a rule says.</summary>
public static class QuotaWords
{
    /// <summary>An amount with its unit: <c>512 MiB of memory</c>.</summary>
    public static string Amount(QuotaResource resource, long amount) => resource switch
    {
        QuotaResource.Machines => amount == 1 ? "1 machine" : $"{amount} machines",
        QuotaResource.Vcpus => $"{amount} vCPU",
        QuotaResource.MemoryMib => $"{amount} MiB of memory",
        QuotaResource.DiskGib => $"{amount} GiB of disk",
        QuotaResource.Addresses => amount == 1 ? "1 address" : $"{amount} addresses",
        QuotaResource.Snapshots => amount == 1 ? "1 snapshot" : $"{amount} snapshots",
    };

    /// <summary>The refusal's stable name.</summary>
    internal static string Code(QuotaRule rule) => rule switch
    {
        QuotaRule.Project => "quota-exceeded",
        QuotaRule.Soft => "soft-quota-exceeded",
        QuotaRule.Member => "member-quota-exceeded",
        QuotaRule.MachineCap => "machine-too-large",
    };

    /// <summary>Which rule says no, and by how much.</summary>
    internal static string Message(QuotaLine line, long asked, QuotaRule rule)
    {
        var (limit, most) = rule switch
        {
            QuotaRule.Project => ("the project's limit", line.Limit),
            QuotaRule.Soft => ("the days of grace are over, and the project's soft limit", line.InForce),
            QuotaRule.Member => ("your own limit in this project", line.Limit),
            QuotaRule.MachineCap => ("the most a single machine of this project may have", line.Limit),
        };
        var figures = $"{limit} is {Amount(line.Resource, most)}";
        return rule == QuotaRule.MachineCap
            ? $"This asks for {Amount(line.Resource, asked)}, {Amount(line.Resource, asked - line.Left)} too much: {figures}."
            : $"This asks for {Amount(line.Resource, asked)}, {Amount(line.Resource, asked - line.Left)} more than is left: {figures}, of which {Amount(line.Resource, line.Used)} are used and {Amount(line.Resource, line.Reserved)} are held by requests.";
    }

    /// <summary>What would fit, and what else can be done.</summary>
    internal static string Advice(QuotaRule rule, WhatFits? fits)
    {
        var what = fits switch
        {
            null => "",
            { Flavor: { } flavor } => $"The largest flavor that fits is “{flavor}”, {fits.Count} of it. ",
            _ when fits.Left.Count == 0 => "No flavor fits now. ",
            _ => $"At most {string.Join(", ", fits.Left.Select(left => Amount(left.Key, left.Value)))} more would fit. ",
        };
        return what + rule switch
        {
            QuotaRule.Project or QuotaRule.Soft => "Choose a smaller flavor, delete a machine, withdraw a request that waits, or ask an admin for a higher limit.",
            QuotaRule.Member => "Choose a smaller flavor, delete a machine of yours, withdraw a request of yours, or ask an owner of the project for a higher limit of your own.",
            QuotaRule.MachineCap => "Choose a smaller flavor, or ask an admin to lift the cap on single machines.",
        };
    }
}
