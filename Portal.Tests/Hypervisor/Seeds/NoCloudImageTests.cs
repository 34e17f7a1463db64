using System.Net;
using System.Text;
using Portal.Hypervisor.Seeds;

namespace Portal.Tests.Hypervisor.Seeds;

public class NoCloudImageTests
{
    private const int Sector = 2048;

    private static readonly Seed Sample = new(
        "id-1", "web-01", ["ssh-ed25519 AAAAC3Nz+/= ada@desk"], "52:54:00:12:34:56", IPAddress.Parse("10.78.4.10"), 16,
        IPAddress.Parse("10.78.0.1"), [IPAddress.Parse("10.78.0.1")]);

    [Fact]
    public void The_image_is_iso_9660_labelled_cidata()
    {
        var image = NoCloudImage.Build(Sample);

        Encoding.ASCII.GetString(image, 16 * Sector + 1, 5).ShouldBe("CD001");
        Encoding.ASCII.GetString(image, 16 * Sector + 40, 32).Trim().ShouldBe("cidata");
        (image.Length % Sector).ShouldBe(0);
    }

    [Fact]
    public void Both_directories_lead_to_the_three_documents()
    {
        var image = NoCloudImage.Build(Sample);

        foreach (var (descriptor, text) in new[] { (16, Encoding.ASCII), (17, Encoding.BigEndianUnicode) })
        {
            var files = ReadFiles(image, descriptor, text);

            files.Keys.Select(n => n.ToLowerInvariant().Replace(";1", "", StringComparison.Ordinal))
                .ShouldBe(["meta-data", "network-config", "user-data"]);
            files.Values.First().ShouldStartWith("instance-id: \"id-1\"\nlocal-hostname: \"web-01\"\n");
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes() => NoCloudImage.Build(Sample).ShouldBe(NoCloudImage.Build(Sample));

    [Fact]
    public void The_network_is_matched_by_its_address_and_has_a_default_route_and_a_name_server()
        => NoCloudDocuments.NetworkConfig(Sample).ShouldBe("""
            version: 2
            ethernets:
              primary:
                match:
                  macaddress: "52:54:00:12:34:56"
                addresses:
                  - "10.78.4.10/16"
                routes:
                  - to: default
                    via: "10.78.0.1"
                nameservers:
                  addresses:
                    - "10.78.0.1"

            """, StringCompareShould.IgnoreLineEndings);

    [Fact]
    public void A_key_with_a_line_break_cannot_add_a_directive()
    {
        var document = NoCloudDocuments.UserData(Sample with { SshKeys = ["ssh-rsa AAAA\nruncmd:\n  - reboot \"x\""] });

        document.ShouldBe("#cloud-config\nssh_authorized_keys:\n  - \"ssh-rsa AAAA\\nruncmd:\\n  - reboot \\\"x\\\"\"\n");
    }

    private static Dictionary<string, string> ReadFiles(byte[] image, int descriptor, Encoding text)
    {
        var at = BitConverter.ToInt32(image, descriptor * Sector + 156 + 2) * Sector;
        var files = new Dictionary<string, string>();
        for (; image[at] > 0; at += image[at])
        {
            if ((image[at + 25] & 2) != 0)
                continue;
            var start = BitConverter.ToInt32(image, at + 2) * Sector;
            files[text.GetString(image, at + 33, image[at + 32])] = Encoding.UTF8.GetString(image, start, BitConverter.ToInt32(image, at + 10));
        }

        return files;
    }
}
