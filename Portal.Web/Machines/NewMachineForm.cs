using System.Globalization;
using Portal.Domain.Catalog;
using Portal.Domain.Leases;
using Portal.Domain.Requests;

namespace Portal.Web.Machines;

/// <summary>What is typed into the form, kept in the browser tab until it was sent: neither an error nor a lost connection empties it.</summary>
public sealed class NewMachineForm
{
    /// <summary>The key of this form: pressing twice, or again after a lost answer, asks once.</summary>
    public string Key { get; set; } = Guid.NewGuid().ToString();

    /// <summary>The project.</summary>
    public Guid ProjectId { get; set; }

    /// <summary>The image tile.</summary>
    public Guid ImageId { get; set; }

    /// <summary>The flavor tile.</summary>
    public Guid FlavorId { get; set; }

    /// <summary>The network.</summary>
    public Guid NetworkId { get; set; }

    /// <summary>The machine's name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The public key that may log in.</summary>
    public string SshKey { get; set; } = "";

    /// <summary>How long it is wanted: days as typed; empty for as long as the project gives by itself.</summary>
    public string LeaseDays { get; set; } = "";

    /// <summary>Whether it is wanted without an end.</summary>
    public bool ForEver { get; set; }

    /// <summary>Why it is wanted.</summary>
    public string Why { get; set; } = "";

    /// <summary>What may be kept: a private key that was pasted by mistake is not.</summary>
    public NewMachineForm ToKeep()
    {
        var kept = new NewMachineForm();
        kept.Take(this);
        if (kept.SshKey.Contains("PRIVATE KEY", StringComparison.Ordinal))
            kept.SshKey = "";
        return kept;
    }

    /// <summary>Takes over what was kept in the browser.</summary>
    public void Take(NewMachineForm kept) =>
        (Key, ProjectId, ImageId, FlavorId, NetworkId, Name, SshKey, LeaseDays, ForEver, Why) = (kept.Key, kept.ProjectId, kept.ImageId, kept.FlavorId, kept.NetworkId, kept.Name, kept.SshKey, kept.LeaseDays, kept.ForEver, kept.Why);

    /// <summary>Begins with what was asked for before.</summary>
    public void Take(RequestDraft asked) =>
        (ProjectId, ImageId, FlavorId, NetworkId, Name, SshKey, Why, LeaseDays, ForEver) = (asked.ProjectId, asked.ImageId, asked.FlavorId, asked.NetworkId, asked.MachineName, asked.SshKey, asked.Why ?? "",
            asked.LeaseDays is > 0 and var days ? days.ToString(CultureInfo.InvariantCulture) : "", asked.LeaseDays == LeaseTerms.NoEnd);

    /// <summary>
    /// Picks what has not been picked: the first image, network, and flavor that fits both image and quota. What was picked and is
    /// offered no more stays picked, so that the person is told instead of getting something else.
    /// </summary>
    public void PickDefaults(CatalogView? catalog)
    {
        if (catalog is null)
            return;
        if (ImageId == Guid.Empty && catalog.Images is [var image, ..])
            ImageId = image.Id;
        if (NetworkId == Guid.Empty && catalog.Networks is [var network, ..])
            NetworkId = network.Id;
        var picked = catalog.Images.FirstOrDefault(i => i.Id == ImageId);
        if (FlavorId == Guid.Empty)
            FlavorId = catalog.Flavors.FirstOrDefault(f => f.Fits && f.Size.MemoryMib >= (picked?.MinMemoryMib ?? 0) && f.Size.DiskGib >= (picked?.MinDiskGib ?? 0))?.Id ?? Guid.Empty;
    }

    /// <summary>What the service is asked for.</summary>
    public RequestDraft ToDraft() => new(ProjectId, Name.Trim(), ImageId, FlavorId, NetworkId, SshKey.Trim(), string.IsNullOrWhiteSpace(Why) ? null : Why.Trim(), Lease);

    /// <summary>The length as the service takes it; what is no number is refused there.</summary>
    int? Lease => ForEver ? LeaseTerms.NoEnd : LeaseDays.Trim() is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days > 0 ? days : -1;
}
