using Microsoft.EntityFrameworkCore;
using Portal.Domain.Catalog;
using Portal.Domain.Leases;
using Portal.Domain.Machines;

namespace Portal.Domain.Requests;

/// <summary>A draft held against every rule but quota and address, which are decided when they are taken.</summary>
/// <param name="Name">The machine's name; null when it breaks the rule.</param>
/// <param name="NameFree">Whether nobody in the project has it; null without a valid name.</param>
/// <param name="Image">The image, when it is offered.</param>
/// <param name="Flavor">The flavor, when it is offered.</param>
/// <param name="Network">The network.</param>
/// <param name="SshKey">The line that goes to the guest.</param>
/// <param name="Why">What it is for, trimmed.</param>
/// <param name="Lease">The project's lease terms.</param>
/// <param name="Refusals">Every rule it breaks, in the order of the form.</param>
sealed record DraftCheck(string? Name, bool? NameFree, Image? Image, Flavor? Flavor, Network? Network, string? SshKey, string? Why, LeaseTerms Lease, IReadOnlyList<Refusal> Refusals)
{
    /// <summary>The longest reason, characters.</summary>
    public const int MostWhy = 1000;

    /// <summary>Holds a draft against the rules; does not stop at the first that is broken.</summary>
    public static async Task<DraftCheck> RunAsync(PortalDbContext db, RequestDraft draft, CancellationToken ct)
    {
        var refusals = new List<Refusal>();
        var name = (draft.MachineName ?? "").Trim();
        var badName = MachineName.Check(name);
        var (image, flavor, network, taken) = await FindAsync(db, draft, badName is null ? name : "", ct);
        if (image is not { Available: true })
            refusals.Add(new NotOffered("image", image?.Title));
        if (flavor is not { Available: true })
            refusals.Add(new NotOffered("flavor", flavor?.Name));
        if (image is { Available: true } && flavor is { Available: true } && TooSmall(image, flavor) is { } small)
            refusals.Add(small);
        if (network is null)
            refusals.Add(new NotOffered("network", null));

        bool? free = badName is null ? !taken : null;
        if ((badName ?? (free == false ? new NameTaken(name) : null)) is { } nameRefusal)
            refusals.Add(nameRefusal);
        var key = SshPublicKey.Parse(draft.SshKey ?? "");
        if (!key.IsOk)
            refusals.Add(key.Refusal);
        var why = Texts.Trimmed(draft.Why);
        if (Texts.CheckProse("why", why, MostWhy) is { } badWhy)
            refusals.Add(badWhy);
        var terms = await LeaseBook.TermsAsync(db, draft.ProjectId, ct);
        if (terms.Refuse(draft.LeaseDays) is { } badLease)
            refusals.Add(badLease);
        return new DraftCheck(badName is null ? name : null, free, image, flavor, network, key.IsOk ? key.Value : null, why, terms, refusals);
    }

    /// <summary>What the draft names, in one round trip.</summary>
    static async Task<(Image? Image, Flavor? Flavor, Network? Network, bool Taken)> FindAsync(PortalDbContext db, RequestDraft draft, string name, CancellationToken ct)
    {
        var found = await db.Projects.AsNoTracking().Where(p => p.Id == draft.ProjectId).Select(p => new
        {
            Image = db.Images.FirstOrDefault(i => i.Id == draft.ImageId),
            Flavor = db.Flavors.FirstOrDefault(f => f.Id == draft.FlavorId),
            Network = db.Networks.FirstOrDefault(n => n.Id == draft.NetworkId),
            Taken = db.Machines.Any(m => m.ProjectId == p.Id && m.Name == name && m.State != MachineState.Deleted),
        }).SingleAsync(ct);
        return (found.Image, found.Flavor, found.Network, found.Taken);
    }

    /// <summary>Whether a machine of the project has the name.</summary>
    public static Question IsTaken(Guid projectId, string name) => new("select exists (select 1 from machines where project_id = $1 and name = $2 and state <> 'Deleted')", projectId, name);

    static TooSmallForImage? TooSmall(Image image, Flavor flavor) =>
        flavor.MemoryMib < image.MinMemoryMib ? new TooSmallForImage(image.Title, $"at least {image.MinMemoryMib} MiB of memory; the flavor “{flavor.Name}” has {flavor.MemoryMib} MiB")
        : flavor.DiskGib < image.MinDiskGib ? new TooSmallForImage(image.Title, $"at least {image.MinDiskGib} GiB of disk; the flavor “{flavor.Name}” has {flavor.DiskGib} GiB")
        : null;
}
