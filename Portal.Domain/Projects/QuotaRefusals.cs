namespace Portal.Domain.Projects;

/// <summary>A limit of the project would be passed. Nothing was taken.</summary>
/// <param name="Line">The limit and what is held of it.</param>
/// <param name="Asked">What was asked for.</param>
public sealed record QuotaExceeded(QuotaLine Line, long Asked) : Refusal(
    "quota-exceeded",
    $"This asks for {QuotaWords.Amount(Line.Resource, Asked)}, {QuotaWords.Amount(Line.Resource, Asked - Line.Left)} more than is left: the project's limit is {QuotaWords.Amount(Line.Resource, Line.Limit)}, of which {QuotaWords.Amount(Line.Resource, Line.Used)} are used and {QuotaWords.Amount(Line.Resource, Line.Reserved)} are held by requests.",
    "Choose a smaller flavor, delete a machine, withdraw a request that waits, or ask an admin for a higher limit.",
    "flavorId")
{
    /// <summary>By how much the limit would be passed.</summary>
    public long Over => Asked - Line.Left;

    /// <inheritdoc/>
    public override RefusalKind Kind => RefusalKind.Conflict;
}

/// <summary>Amounts of a quota in words, with their unit.</summary>
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
}
