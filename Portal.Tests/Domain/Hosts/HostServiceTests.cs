using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Hosts;

public sealed class HostServiceTests(PostgresCluster cluster) : FreshDatabase(cluster)
{
    HostService Hosts => Get<HostService>();

    [Fact]
    public async Task An_admin_adds_a_host_that_was_tested_and_it_is_online_at_once()
    {
        var world = await Postgres.NewWorldAsync();

        var added = (await Hosts.AddAsync(world.Admin, Draft("hv9"), Report(), Ct)).Value;

        (added.Name, added.State, added.Room.MemoryMib, added.Accelerator).ShouldBe(("hv9", HostState.Online, 8192, "Kvm"));
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        (await db.AuditEvents.SingleAsync(e => e.Action == "host.add", Ct)).SubjectId.ShouldBe(added.Id);
    }

    [Fact]
    public async Task Names_URIs_and_hosts_are_there_only_once()
    {
        var world = await Postgres.NewWorldAsync();
        var report = Report();
        await Hosts.AddAsync(world.Admin, Draft("hv9"), report, Ct);

        (await Hosts.AddAsync(world.Admin, Draft("hv9") with { Uri = "qemu+tls://other/system" }, Report(), Ct)).Refusal.ShouldBeOfType<HostNameTaken>();
        (await Hosts.AddAsync(world.Admin, Draft("hv9") with { Name = "hv10" }, Report(), Ct)).Refusal.ShouldBeOfType<HostUriTaken>().Message.ShouldContain("hv9");
        (await Hosts.AddAsync(world.Admin, Draft("hv11"), report, Ct)).Refusal.ShouldBeOfType<SameHostTwice>().Message.ShouldContain("hv9");
    }

    [Fact]
    public async Task Ten_admins_adding_the_same_host_at_once_add_one()
    {
        var world = await Postgres.NewWorldAsync(new WorldPlan(Hosts: 0));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => Hosts.AddAsync(world.Admin, Draft("hv9"), Report(), Ct), Ct)));

        answers.Count(a => a.IsOk).ShouldBe(1);
        answers.Where(a => !a.IsOk).ShouldAllBe(a => a.Refusal is HostNameTaken);
    }

    [Fact]
    public async Task Only_an_admin_adds_removes_and_sees_how_hosts_are_reached()
    {
        var world = await Postgres.NewWorldAsync();

        (await Hosts.AddAsync(world.Owner, Draft("hv9"), Report(), Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Hosts.RemoveAsync(world.Owner, world.Hosts[0].Id, Ct)).Refusal.ShouldBeOfType<NotAllowed>();
        (await Hosts.ListAsync(world.Stranger, Ct)).ShouldAllBe(h => h.Uri == null && h.Address == null && h.Report == null && h.Pool == "");
        (await Hosts.GetAsync(world.Admin, world.Hosts[0].Id, Ct))!.Uri.ShouldBe(world.Hosts[0].Uri);
    }

    [Theory]
    [InlineData("", "uri")]
    [InlineData("hv1", "uri")]
    [InlineData("qemu+tcp://hv1/system", "uri")]
    [InlineData("qemu+ext://hv1/system?command=/bin/sh", "uri")]
    [InlineData("qemu+ssh://hv1/system?netcat=/tmp/x", "uri")]
    [InlineData("qemu+ssh://hv1/system?Comm%61nd=/tmp/x", "uri")]
    [InlineData("qemu+tls://hv1/system?no_verify=1", "uri")]
    [InlineData("qemu+ssh://hv1/system?no_sanity=1;command=/tmp/x", "uri")]
    [InlineData("qemu+ssh://hv1/system?keyfile=/k;command=/tmp/x", "uri")]
    [InlineData("qemu+tls://hv1/system?pkipath=/p;no_verify=1", "uri")]
    [InlineData("qemu+ssh://hv1/system#?command=/tmp/x", "uri")]
    [InlineData("qemu+ssh://hv1/system?mode=direct", "uri")]
    [InlineData("test:///etc/passwd", "uri")]
    [InlineData("test+ssh://hv1/default", "uri")]
    [InlineData("test:///default?command=/tmp/x", "uri")]
    [InlineData("qemu+ssh://me:secret@hv1/system", "uri")]
    [InlineData("xen:///", "uri")]
    [InlineData("file:///etc/passwd", "uri")]
    public async Task A_URI_that_is_none_or_would_be_dangerous_is_refused(string uri, string field)
    {
        (await Hosts.AddAsync(Actor.System, Draft("hv9") with { Uri = uri }, Report(), Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe(field);
    }

    [Theory]
    [InlineData("qemu+tls://10.77.0.11/system?pkipath=/var/lib/pki")]
    [InlineData("qemu+ssh://portal@hv1/system")]
    [InlineData("qemu+ssh://portal@hv1/system?keyfile=/etc/portal/key&socket=/run/libvirt/libvirt-sock")]
    [InlineData("qemu+unix:///system")]
    [InlineData("qemu:///system")]
    [InlineData("test:///default")]
    public async Task The_URIs_libvirt_speaks_are_taken(string uri) =>
        (await Hosts.AddAsync(Actor.System, Draft("hv9") with { Uri = uri }, Report(), Ct)).IsOk.ShouldBeTrue();

    [Theory]
    [InlineData("", null, "images", "name")]
    [InlineData("-hv", null, "images", "name")]
    [InlineData("hv 1", null, "images", "name")]
    [InlineData("hv1\n", null, "images", "name")]
    [InlineData("hv1", "not an address", "images", "address")]
    [InlineData("hv1", null, "../images", "pool")]
    public async Task What_else_is_wrong_with_a_draft_is_said_by_field(string name, string? address, string pool, string field)
    {
        (await Hosts.AddAsync(Actor.System, new HostDraft(name, "qemu+tls://hv1/system", address, pool), Report(), Ct)).Refusal.ShouldBeOfType<InvalidText>().Field.ShouldBe(field);
    }

    [Fact]
    public async Task A_host_with_machines_stays_and_an_empty_one_goes()
    {
        var world = await Postgres.NewWorldAsync();
        await world.AddMachineAsync(host: world.Hosts[0]);

        (await Hosts.RemoveAsync(world.Admin, world.Hosts[0].Id, Ct)).Refusal.ShouldBeOfType<HostInUse>().Machines.ShouldBe(1);
        (await Hosts.RemoveAsync(world.Admin, world.Hosts[1].Id, Ct)).IsOk.ShouldBeTrue();
        (await Hosts.RemoveAsync(world.Admin, world.Hosts[1].Id, Ct)).Refusal.ShouldBeOfType<NotFound>();
        (await Hosts.GetAsync(world.Admin, world.Hosts[1].Id, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task When_a_host_falls_silent_its_machines_are_unknown_and_remember_what_they_were()
    {
        var world = await Postgres.NewWorldAsync();
        var running = await world.AddMachineAsync();
        var off = await world.AddMachineAsync(MachineState.Off);
        var elsewhere = await world.AddMachineAsync(host: world.Hosts[1]);

        await Hosts.MarkUnreachableAsync(world.Hosts[0].Id, "Connection refused", Ct);
        await Hosts.MarkUnreachableAsync(world.Hosts[0].Id, "No route to host", Ct);

        (await MachineAsync(running.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Unknown), m => m.LastKnownState.ShouldBe(MachineState.Running));
        (await MachineAsync(off.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Unknown), m => m.LastKnownState.ShouldBe(MachineState.Off));
        (await MachineAsync(elsewhere.Id)).State.ShouldBe(MachineState.Running);
        (await Hosts.GetAsync(world.Admin, world.Hosts[0].Id, Ct)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            h => h.State.ShouldBe(HostState.Unreachable), h => h.StateReason.ShouldBe("No route to host"));
    }

    [Fact]
    public async Task A_machine_whose_worker_saw_the_host_online_is_unknown_all_the_same()
    {
        var world = await Postgres.NewWorldAsync();
        var machine = await world.AddMachineAsync(MachineState.Provisioning);
        await using var db = await Postgres.Contexts.CreateDbContextAsync(Ct);
        await using var worker = await db.Database.BeginTransactionAsync(Ct);
        await db.Database.ExecuteSqlAsync($"update machines set state = 'Running' where id = {machine.Id}", Ct);

        var lost = Task.Run(() => Hosts.MarkUnreachableAsync(world.Hosts[0].Id, "Connection refused", Ct), Ct);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (!lost.IsCompleted && await WaitingAsync(deadline.Token) == 0)
        {
        }
        await worker.CommitAsync(Ct);
        await lost;

        (await MachineAsync(machine.Id)).ShouldSatisfyAllConditions(m => m.State.ShouldBe(MachineState.Unknown), m => m.LastKnownState.ShouldBe(MachineState.Running));
    }

    [Fact]
    public async Task A_host_that_answers_with_another_hosts_UUID_is_not_believed()
    {
        var world = await Postgres.NewWorldAsync();

        await Hosts.ReportAsync(world.Hosts[0].Id, Report() with { Uuid = world.Hosts[1].Uuid!.Value }, Ct);

        var host = (await Hosts.GetAsync(world.Admin, world.Hosts[0].Id, Ct)).ShouldNotBeNull();
        host.State.ShouldBe(HostState.Unreachable);
        host.StateReason!.ShouldContain(world.Hosts[1].Name);
    }

    /// <summary>Asked outside of any transaction: inside one PostgreSQL shows activity as it was at the first look.</summary>
    async Task<int> WaitingAsync(CancellationToken ct)
    {
        await using var db = await Postgres.Contexts.CreateDbContextAsync(ct);
        return await db.Database.SqlQuery<int>(
            $"""select count(*)::int as "Value" from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'""").SingleAsync(ct);
    }

    static HostDraft Draft(string name) => new(name, $"qemu+tls://{name}/system", null, "images");

    static HostReport Report() => new(Guid.NewGuid(), "hv9.lab", "EPYC", 4, 8192, "11.3.0", "10.0.2", "QEMU", "Kvm", []);
}
