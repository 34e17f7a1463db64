using Portal.Domain.Hosts;
using Portal.Domain.Migrations;

namespace Portal.Tests.Domain.Migrations;

public sealed class MoveRulesTests
{
    [Fact]
    public void A_mode_needs_the_capability_on_both_hosts_and_the_refusal_gives_the_hosts_own_reason()
    {
        var able = Host("hv1");
        var unable = Host("hv2", capabilities: [new("live-migration", false, "No shared certificate authority.")]);

        MoveRules.RefuseMode(MigrationMode.Live, able, Host("hv3")).ShouldBeNull();
        MoveRules.RefuseMode(MigrationMode.Live, able, unable)!.Message.ShouldBe("hv2 cannot move machines this way: No shared certificate authority.");
        MoveRules.RefuseMode(MigrationMode.Live, unable, able)!.HostName.ShouldBe("hv2");
        MoveRules.RefuseMode(MigrationMode.QuickSaved, able, unable)!.Message.ShouldContain("does not offer quick-saved");
        MoveRules.RefuseMode(MigrationMode.PostCopy, able, unable)!.Message.ShouldContain("does not offer post-copy");
    }

    [Fact]
    public void A_guest_does_not_change_its_accelerator_on_the_way() =>
        MoveRules.RefuseMode(MigrationMode.Live, Host("hv1"), Host("hv2", accelerator: "Kvm"))!.Message.ShouldContain("Kvm");

    [Fact]
    public void A_host_that_never_said_what_it_can_do_is_not_relied_on() =>
        MoveRules.RefuseMode(MigrationMode.Live, Host("hv1"), Portal.Domain.Hosts.Host.Create("hv2", "qemu+tls://hv2/system", null, "images", DateTimeOffset.UtcNow)).ShouldNotBeNull();

    [Fact]
    public void Findings_tell_differences_in_words()
    {
        var findings = MoveRules.Look(Host("hv1"), Host("hv2", pool: "other", cpu: "Xeon", qemu: "7.2.0"), null);

        findings.ShouldAllBe(f => f.Level != FindingLevel.Error);
        findings.Select(f => f.Text).ShouldBe(
        [
            "The processors differ: EPYC here, Xeon there.",
            "hv2 runs the older QEMU 7.2.0 (here 10.0.2); a machine started on the newer one may be refused.",
            "The disks are in the pool images here and belong into other there: where the two are not one store, they are copied before memory.",
            "Memory goes over the network unencrypted: not both hosts can encrypt it.",
        ]);
    }

    [Fact]
    public void The_network_for_moves_between_two_hosts_is_told()
        => MoveRules.Look(Host("hv1"), Host("hv2"), null, network: "10.9.0.2").ShouldContain(f => f.Level == FindingLevel.Info && f.Text.Contains("10.9.0.2"));

    [Fact]
    public void Hosts_that_share_no_store_take_a_machine_with_its_disks_live_or_quick_direct_only()
        => Enum.GetValues<MigrationMode>().Where(mode => MoveRules.RefuseDisks(mode, Host("hv1"), Host("hv2"), 1) is null).ShouldBe([MigrationMode.Live, MigrationMode.QuickDirect]);

    [Fact]
    public void A_lack_of_room_and_a_lack_of_every_mode_are_errors()
    {
        MoveRules.Look(Host("hv1"), Host("hv2"), new HostMisfit(Guid.NewGuid(), "hv2", "hv2 lacks 256 MiB of memory", true, 256, 0))[0].ShouldBe(new Finding(FindingLevel.Error, "hv2 lacks 256 MiB of memory."));
        MoveRules.Look(Host("hv1"), Host("hv2", capabilities: []), null).ShouldContain(f => f.Level == FindingLevel.Error);
    }

    static Portal.Domain.Hosts.Host Host(string name, string pool = "images", string cpu = "EPYC", string qemu = "10.0.2", string accelerator = "Tcg", HostCapability[]? capabilities = null)
    {
        var host = Portal.Domain.Hosts.Host.Create(name, $"qemu+tls://{name}/system", null, pool, DateTimeOffset.UtcNow);
        host.Answered(new HostReport(Guid.NewGuid(), name, cpu, 8, 16_384, "11.3.0", qemu, "QEMU", accelerator,
            capabilities ?? [new("live-migration", true, null), new("quick-direct", true, null), new("quick-saved", true, null)]), DateTimeOffset.UtcNow);
        return host;
    }
}
