using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.CompilerServices;

namespace Portal.Tests.Fleet;

/// <summary>Breaks the lab's hosts and mends them again, through the lab's own commands. Guests survive all of it.</summary>
public static class LabFaults
{
    /// <summary>Kills a host's daemon; disposing starts it again.</summary>
    public static async Task<IAsyncDisposable> KillDaemonAsync(this LabFixture lab, string host)
    {
        await lab.RunAsync("host-down", host);
        return new Mend(() => lab.RunAsync("host-up", host));
    }

    /// <summary>Stops a host's daemon as a hung one is stopped: it accepts and never answers. Disposing lets it run on.</summary>
    public static async Task<IAsyncDisposable> FreezeDaemonAsync(this LabFixture lab, string host)
    {
        var pid = (await File.ReadAllTextAsync($"/run/portal-lab/{lab.File.Name}/{host}/libvirtd.pid")).Trim();
        await SignalAsync("-STOP", pid);
        return new Mend(() => SignalAsync("-CONT", pid));
    }

    /// <summary>Sends a signal to a process.</summary>
    public static Task SignalAsync(string signal, string pid) => AsRootAsync("kill", signal, pid);

    /// <summary>Takes the image store away from a host; disposing gives it back.</summary>
    public static async Task<IAsyncDisposable> CloseStoreAsync(this LabFixture lab, string host)
    {
        var uri = lab[host].Endpoint.Uri;
        await ExecuteAsync(["virsh", "-q", "-c", uri, "pool-destroy", lab.File.Pool]);
        return new Mend(() => ExecuteAsync(["virsh", "-q", "-c", uri, "pool-start", lab.File.Pool]));
    }

    /// <summary>Defines and starts a directory pool on a host; disposing takes it away again, but not the directory.</summary>
    public static async Task<IAsyncDisposable> AddPoolAsync(this LabFixture lab, string host, string pool, string path)
    {
        string[] virsh = ["virsh", "-q", "-c", lab[host].Endpoint.Uri];
        await ExecuteAsync([.. virsh, "pool-create-as", pool, "dir", "--target", path, "--build"]);
        return new Mend(() => ExecuteAsync([.. virsh, "pool-destroy", pool]));
    }

    /// <summary>Lets nothing that a guest is asked with by that protocol through on a host; disposing lets it.</summary>
    public static async Task<IAsyncDisposable> SilenceAsync(this LabFixture lab, string host, IPAddress guest, string protocol = "icmp type echo-request")
    {
        string[] nft = ["ip", "netns", "exec", $"{lab.File.Name}-{host}", "nft"];
        await AsRootAsync([.. nft, $"table bridge silence {{ chain pings {{ type filter hook forward priority 0; ip daddr {guest} {protocol} drop; }}; }}"]);
        return new Mend(() => AsRootAsync([.. nft, "delete table bridge silence"]));
    }

    /// <summary>Cuts the link between two hosts, as a pulled cable does: nothing arrives and nobody is told. Disposing mends it.</summary>
    public static async Task<IAsyncDisposable> CutLinkAsync(this LabFixture lab, string host, string other)
    {
        var address = lab[other].Endpoint.Address;
        string[] nft = ["ip", "netns", "exec", $"{lab.File.Name}-{host}", "nft"];
        await AsRootAsync([.. nft, $"table inet cut {{ chain out {{ type filter hook output priority 0; ip daddr {address} drop; }}; chain in {{ type filter hook input priority 0; ip saddr {address} drop; }}; }}"]);
        return new Mend(() => AsRootAsync([.. nft, "delete table inet cut"]));
    }

    /// <summary>Adds a port to a host's bridge, as a guest's start does; disposing removes it.</summary>
    public static async Task<IAsyncDisposable> AddPortAsync(this LabFixture lab, string host, string mac)
    {
        string[] ip = ["ip", "-n", $"{lab.File.Name}-{host}", "link"];
        await AsRootAsync([.. ip, "add", "guest", "address", mac, "master", "br0", "type", "veth", "peer", "name", "guest-far"]);
        return new Mend(() => AsRootAsync([.. ip, "delete", "guest"]));
    }

    /// <summary>The MAC of a host's bridge.</summary>
    public static async Task<string> BridgeAddressAsync(this LabFixture lab, string host)
    {
        string[] command = Rooted(["ip", "netns", "exec", $"{lab.File.Name}-{host}", "cat", "/sys/class/net/br0/address"]);
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return (await Wait.WithinAsync("the bridge's address", TimeSpan.FromSeconds(60), process.StandardOutput.ReadToEndAsync())).Trim();
    }

    /// <summary>Kills a guest's process on one host, as the kernel does that runs out of memory.</summary>
    public static async Task KillGuestAsync(this LabFixture lab, string host, string machine)
        => await AsRootAsync("kill", "-KILL", (await File.ReadAllTextAsync($"/run/portal-lab/{lab.File.Name}/{host}/qemu/{machine}.pid")).Trim());

    /// <summary>Takes QEMU's certificate authority away from a host, so that it can prove and check nothing; disposing gives it back.</summary>
    public static async Task<IAsyncDisposable> TakeCertificatesAsync(this LabFixture lab, string host)
    {
        var file = $"/var/lib/portal-lab/{lab.File.Name}/hosts/{host}/pki/qemu/ca-cert.pem";
        await AsRootAsync("mv", file, $"{file}.away");
        return new Mend(() => AsRootAsync("mv", $"{file}.away", file));
    }

    /// <summary>Lets a host's daemon know a lesser processor, one without that feature, after a restart; disposing gives it back.</summary>
    public static async Task<IAsyncDisposable> TakeProcessorFeatureAsync(this LabFixture lab, string host, string feature)
    {
        await SetAsync("true", "false");
        return new Mend(() => SetAsync("false", "true"));

        // What QEMU can do is asked once and kept; an emulated processor has every feature that QEMU knows.
        async Task SetAsync(string from, string to)
        {
            await using (await lab.KillDaemonAsync(host))
                await AsRootAsync("sh", "-c", $"sed -i \"/<hostCPU type='/,/<.hostCPU>/s/name='{feature}' type='boolean' value='{from}'/name='{feature}' type='boolean' value='{to}'/\" /var/lib/portal-lab/{lab.File.Name}/hosts/{host}/cache/qemu/capabilities/*.xml");
        }
    }

    /// <summary>
    /// Lets the fabric not learn that a guest has moved to a host: what it sends from there is dropped, and so are the first ten
    /// announcements of its address, twice as many as QEMU makes by itself. Disposing lets everything through.
    /// </summary>
    public static async Task<IAsyncDisposable> HideArrivalAsync(this LabFixture lab, string host, IPAddress guest, string mac)
    {
        string[] nft = ["ip", "netns", "exec", $"{lab.File.Name}-{host}", "nft"];
        var fabric = NetworkInterface.GetAllNetworkInterfaces().Single(card => card.GetIPProperties().UnicastAddresses.Any(a => a.Address.ToString() == lab.File.Network.Gateway)).Name;
        // The portal's machine must not ask everybody where the guest is: the answer would show it.
        await AsRootAsync("ip", "neigh", "replace", guest.ToString(), "lladdr", mac, "dev", fabric, "nud", "permanent");
        await AsRootAsync([.. nft, $"table bridge hidden {{ chain frames {{ type filter hook forward priority 0; ether saddr {mac} ether type arp drop; ether saddr {mac} ether type 0x8035 quota until 460 bytes drop; }}; }}"]);
        return new Mend(async () =>
        {
            await AsRootAsync([.. nft, "delete table bridge hidden"]);
            await AsRootAsync("ip", "neigh", "del", guest.ToString(), "dev", fabric);
        });
    }

    /// <summary>Whether a machine's process runs on a host, whatever its daemon says.</summary>
    public static async Task<bool> HasProcessAsync(this LabFixture lab, string host, string machine)
    {
        var file = $"/run/portal-lab/{lab.File.Name}/{host}/qemu/{machine}.pid";
        return File.Exists(file) && Directory.Exists($"/proc/{(await File.ReadAllTextAsync(file)).Trim()}");
    }

    /// <summary>Lets a host's QEMU not use userfaultfd any more, as on hosts where nobody allowed it; disposing lets it.</summary>
    public static async Task<IAsyncDisposable> TakeUserfaultAsync(this LabFixture lab, string host)
    {
        var file = $"/var/lib/portal-lab/{lab.File.Name}/hosts/{host}/userfaultfd";
        await AsRootAsync("chmod", "000", file);
        return new Mend(() => AsRootAsync("chmod", "600", file));
    }

    /// <summary>Limits the memory stream of a machine's next move, or of the one under way, so that there is a middle to break into.</summary>
    public static Task ThrottleAsync(this LabFixture lab, string host, Guid machine, int mibPerSecond)
        => ExecuteAsync(["virsh", "-q", "-c", lab[host].Endpoint.Uri, "migrate-setspeed", machine.ToString(), mibPerSecond.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Saves a machine's memory to the store and stops it, as a quick saved move that is never carried on.</summary>
    public static async Task SaveAsync(this LabFixture lab, string host, Guid machine)
    {
        var pool = await lab[host].Storage.FindPoolAsync(lab.File.Pool, CancellationToken.None);
        await ExecuteAsync(["virsh", "-q", "-c", lab[host].Endpoint.Uri, "save", machine.ToString(), $"{pool!.Path}/{machine}.memory", "--running"]);
    }

    /// <summary>Makes a saved memory look as one does whose host died in the middle of saving: libvirt writes the mark of a whole one last.</summary>
    public static async Task MarkPartialAsync(this LabFixture lab, string host, Guid machine)
    {
        const string Partial = "LibvirtQemudPart";
        var pool = await lab[host].Storage.FindPoolAsync(lab.File.Pool, CancellationToken.None);
        await AsRootAsync("sh", "-c", $"printf {Partial} | dd of='{pool!.Path}/{machine}.memory' conv=notrunc status=none");
    }

    /// <summary>Runs one of the lab's commands.</summary>
    public static Task RunAsync(this LabFixture lab, string command, string host)
        => ExecuteAsync([Script(), command, host, "--lab", lab.File.Name]);

    private static string Script([CallerFilePath] string here = "")
        => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "lab", "lab"));

    private static Task AsRootAsync(params string[] command) => ExecuteAsync(Rooted(command));

    private static string[] Rooted(string[] command) => Environment.IsPrivilegedProcess ? command : ["sudo", "-n", .. command];

    private static async Task ExecuteAsync(string[] command)
    {
        // No redirection: the daemon a command starts would hold the pipe open for as long as it lives.
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]))!;
        await Wait.WithinAsync($"{string.Join(' ', command)} to end", TimeSpan.FromSeconds(60), process.WaitForExitAsync());
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
    }

    internal sealed class Mend(Func<Task> mend) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await mend();
    }
}
