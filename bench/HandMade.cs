using System.Net;
using System.Xml.Linq;

namespace Portal.Bench;

/// <summary>
/// A machine made with <c>qemu-img</c>, <c>xorriso</c> and <c>virsh</c>, as one would without the portal. Its definition is that of a
/// machine the portal made, with its own name, disk and address, so that both sides of a comparison are the same guest.
/// </summary>
sealed class HandMade(Stand stand, XDocument model, string name) : IAsyncDisposable
{
    /// <summary>A copy that has not ended by then is broken off: with virsh's defaults that of a writing guest need not end.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    readonly Lab lab = stand.Lab;
    readonly Guid uuid = Guid.NewGuid();
    readonly string folder = Path.Combine(Path.GetTempPath(), name);

    public IPAddress Address { get; } = stand.NextAddress();

    /// <summary>The host it runs on.</summary>
    public LabHost Home { get; private set; } = stand.Lab.Hosts[0];

    string Disk => Path.Combine(Store, name + ".qcow2");

    string Seed => Path.Combine(Store, name + ".iso");

    string Store => Path.GetDirectoryName(DiskElement(model, "disk").Attribute("file")!.Value)!;

    /// <summary>Makes and starts it; returns when the hypervisor has taken it.</summary>
    public async Task CreateAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var mac = $"52:54:00:{string.Join(':', uuid.ToByteArray().Take(3).Select(b => b.ToString("x2", null)))}";
        await Task.WhenAll(MakeDiskAsync(ct), MakeSeedAsync(mac, ct));
        var xml = Path.Combine(folder, "machine.xml");
        Define(mac).Save(xml);
        await Home.VirshAsync(["define", xml], ct);
        await Home.VirshAsync(["start", uuid.ToString()], ct);
    }

    /// <summary>Moves it live with virsh and returns when virsh does.</summary>
    public async Task MigrateLiveAsync(LabHost destination, ByHand how, CancellationToken ct)
    {
        if (how == ByHand.ShortPause)
            await Home.VirshAsync(["migrate-setmaxdowntime", uuid.ToString(), "20"], ct);
        string[] encrypted = how == ByHand.Encrypted ? ["--tls", "--tls-destination", new Uri(destination.PeerUri).IdnHost] : [];
        var moving = Home.VirshAsync(["migrate", "--live", "--p2p", "--persistent", "--undefinesource", "--unsafe", .. encrypted, uuid.ToString(), destination.PeerUri, $"tcp://{destination.Address}"], ct);
        try
        {
            await moving.WaitAsync(Longest, ct);
        }
        catch (TimeoutException)
        {
            // Then virsh fails, and says so.
            await Home.VirshAsync(["domjobabort", uuid.ToString()], ct);
            await moving;
        }

        Home = destination;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Home.VirshAsync(["destroy", uuid.ToString()], CancellationToken.None);
            await Home.VirshAsync(["undefine", uuid.ToString()], CancellationToken.None);
        }
        finally
        {
            File.Delete(Disk);
            File.Delete(Seed);
            Directory.Delete(folder, recursive: true);
        }
    }

    async Task MakeDiskAsync(CancellationToken ct)
    {
        await Tool.RunAsync("qemu-img", ["create", "-q", "-f", "qcow2", "-F", lab.Images[0].Format, "-b", Path.Combine(Store, lab.Images[0].Volume), Disk, "1G"], ct);
        await Tool.RunAsync("chmod", ["666", Disk], ct);
    }

    async Task MakeSeedAsync(string mac, CancellationToken ct)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "meta-data"), $"instance-id: {uuid}\nlocal-hostname: {name}\n", ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "user-data"), $"#cloud-config\nssh_authorized_keys:\n  - {stand.Login.PublicKey}\n", ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "network-config"), $"""
            version: 2
            ethernets:
              net0:
                match:
                  macaddress: "{mac}"
                addresses: ["{Address}/{lab.Network.Cidr.Split('/')[1]}"]

            """, ct);
        await Tool.RunAsync("xorriso", ["-as", "mkisofs", "-quiet", "-V", "cidata", "-J", "-R", "-o", Seed, folder], ct);
        await Tool.RunAsync("chmod", ["644", Seed], ct);
    }

    XDocument Define(string mac)
    {
        var xml = new XDocument(model);
        var domain = xml.Root!;
        domain.Attribute("id")?.Remove();
        domain.SetElementValue("name", name);
        domain.SetElementValue("uuid", uuid.ToString());
        DiskElement(xml, "disk").SetAttributeValue("file", Disk);
        DiskElement(xml, "cdrom").SetAttributeValue("file", Seed);
        domain.Descendants("backingStore").Remove();
        domain.Descendants("interface").Single().Element("mac")!.SetAttributeValue("address", mac);
        foreach (var console in domain.Descendants().Where(e => e.Name.LocalName is "serial" or "console").Elements("source").ToList())
            console.SetAttributeValue("path", console.Attribute("path")?.Value.Replace(model.Root!.Element("uuid")!.Value, uuid.ToString(), StringComparison.Ordinal).Replace(model.Root!.Element("name")!.Value, name, StringComparison.Ordinal));
        return xml;
    }

    /// <summary>The source of the boot disk, or of the seed, whichever device type carries it.</summary>
    static XElement DiskElement(XDocument xml, string kind) =>
        xml.Root!.Element("devices")!.Elements("disk")
            .Single(d => (kind == "disk") == (d.Element("readonly") is null))
            .Element("source")!;
}

/// <summary>How a person moves a machine with virsh.</summary>
enum ByHand
{
    /// <summary>With its defaults: a pause of 300 ms is allowed, and nothing is encrypted.</summary>
    Defaults,
    /// <summary>With a limit of 20 ms set beforehand.</summary>
    ShortPause,
    /// <summary>With its defaults, and encrypted as the portal's moves are.</summary>
    Encrypted,
}
