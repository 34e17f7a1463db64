using Portal.Domain.Accounts;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Domain.Policies;

/// <summary>Everything a policy can look at; nothing in it is asked of anything again.</summary>
/// <param name="ProjectId">The project that pays.</param>
/// <param name="RequesterId">Who asks.</param>
/// <param name="ProjectRole">That person's role in the project.</param>
/// <param name="Platform">The platform roles that person holds.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="FlavorId">The flavor, for a new machine.</param>
/// <param name="ImageId">The image, for a new machine.</param>
/// <param name="Size">The machine's size afterwards; null when it is about the project.</param>
/// <param name="Takes">What it takes of the quota.</param>
/// <param name="ShareAfter">The fullest limit's share of what is used and held once this is taken, 0–1 and above.</param>
/// <param name="LeaseDays">Length of the lease asked for, days: whole for a new machine, added for an extension; null: for ever, or none.</param>
public sealed record RequestFacts(
    Guid ProjectId, Guid RequesterId, ProjectRole ProjectRole, PlatformRoles Platform, RequestKind Kind, Guid? FlavorId, Guid? ImageId,
    MachineSize? Size, QuotaAmounts Takes, double ShareAfter, int? LeaseDays)
{
    /// <summary>What the machine costs afterwards in 30 days, by the price list; the policy book fills it in. Null when it is about no machine.</summary>
    public decimal? Cost { get; init; }

    /// <summary><see cref="ShareAfter"/> in per cent, to two decimals: so that exactly half is 50 and no more.</summary>
    public decimal SharePercent => (decimal)Math.Round(Math.Clamp(ShareAfter, 0, 1e6) * 100, 2);
}
