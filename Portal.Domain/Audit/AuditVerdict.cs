using System.Globalization;

namespace Portal.Domain.Audit;

/// <summary>A place in the chain with its hash: kept elsewhere, it proves later that everything up to it still stands.</summary>
/// <param name="Sequence">The place; 0 before the first event.</param>
/// <param name="Hash">Its hash, 64 hexadecimal digits.</param>
public sealed record AuditMark(long Sequence, string Hash)
{
    /// <summary>Reads <c>SEQUENCE:HASH</c>; null when it is none.</summary>
    public static AuditMark? Parse(string? text) =>
        text?.Trim().Split(':') is [var number, { Length: 2 * AuditCanon.HashBytes } hash] && hash.All(char.IsAsciiHexDigit)
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? new(sequence, hash.ToLowerInvariant())
            : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}:{Hash}");

    internal static AuditMark Of(long sequence, byte[] hash) => new(sequence, Convert.ToHexStringLower(hash));
}

/// <summary>What is wrong with a trail.</summary>
public enum AuditFault
{
    /// <summary>An event is not what was sealed.</summary>
    Altered,

    /// <summary>An event or its seal is gone.</summary>
    Missing,

    /// <summary>An event stands in another place than it was sealed in.</summary>
    OutOfOrder,

    /// <summary>The end of the trail is gone.</summary>
    CutOff,

    /// <summary>Something is there that the portal did not write.</summary>
    Inserted,
}

/// <summary>The first thing that is wrong with the trail.</summary>
/// <param name="Fault">What is wrong.</param>
/// <param name="Sequence">At which place; null where it has none.</param>
/// <param name="EventId">With which event, where one is there.</param>
/// <param name="Explanation">In words.</param>
public sealed record AuditBreak(AuditFault Fault, long? Sequence, Guid? EventId, string Explanation);

/// <summary>What looking through the whole trail found.</summary>
/// <param name="Events">Events that stand where and as they were sealed, from the first on.</param>
/// <param name="Head">The last of them, to keep elsewhere.</param>
/// <param name="Unsealed">Events not sealed yet.</param>
/// <param name="OldestUnsealed">When the oldest of those was.</param>
/// <param name="Break">The first thing that is wrong; null when nothing is.</param>
/// <param name="Remark">What is not wrong but worth a look; null when there is nothing.</param>
public sealed record AuditVerdict(long Events, AuditMark Head, long Unsealed, DateTimeOffset? OldestUnsealed, AuditBreak? Break, string? Remark)
{
    /// <summary>Whether everything stands as it was sealed.</summary>
    public bool IsWhole => Break is null;
}
