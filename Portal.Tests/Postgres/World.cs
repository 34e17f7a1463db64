using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Catalog;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Tests.Postgres;

/// <summary>How much of everything a <see cref="World"/> has.</summary>
public sealed record WorldPlan(long Machines = 10, long Vcpus = 100, long MemoryMib = 100_000, long DiskGib = 1000, int Addresses = 200, int Hosts = 2, long HostMemoryMib = 16_384, long Snapshots = 100);

/// <summary>
/// One project with people of every role, a flavor of 1 vCPU, 256 MiB and 2 GiB, an image, a network and hosts that answer. Names and
/// identifiers are its own, so that worlds in one database do not meet; only hosts are seen by all.
/// </summary>
public sealed class World
{
    /// <summary>A valid key nobody has the other half of.</summary>
    public const string SshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f ada@desk";

    readonly IDbContextFactory<PortalDbContext> contexts;
    int names;
    int addresses = 100;

    World(IDbContextFactory<PortalDbContext> contexts, string tag)
    {
        this.contexts = contexts;
        Project = Project.Create($"project-{tag}", DateTimeOffset.UtcNow);
        Flavor = Flavor.Create($"small-{tag}", 1, 256, 2);
        Image = Image.Create($"micro-{tag}");
        Image.Describe("Micro", "busybox", "micro.qcow2", "qcow2", new string('0', 64), "root", 96, 1, DeviceModel.Paravirtual);
        Network = Network.Create($"lab-{tag}");
    }

    public Project Project { get; }

    public Flavor Flavor { get; }

    public Image Image { get; }

    public Network Network { get; }

    public IReadOnlyList<Host> Hosts { get; private set; } = [];

    /// <summary>Holds the platform role admin and belongs to no project.</summary>
    public Actor Admin { get; private set; } = Actor.System;

    public Actor Owner { get; private set; } = Actor.System;

    public Actor Member { get; private set; } = Actor.System;

    public Actor Viewer { get; private set; } = Actor.System;

    /// <summary>Has an account and belongs to nothing.</summary>
    public Actor Stranger { get; private set; } = Actor.System;

    public static async Task<World> BuildAsync(IDbContextFactory<PortalDbContext> contexts, WorldPlan plan)
    {
        var tag = Guid.NewGuid().ToString("n")[..8];
        var world = new World(contexts, tag);
        await using var db = await contexts.CreateDbContextAsync();
        db.AddRange(world.Project, world.Flavor, world.Image, world.Network);
        db.AddRange(Quota.Create(world.Project.Id, QuotaResource.Machines, plan.Machines), Quota.Create(world.Project.Id, QuotaResource.Vcpus, plan.Vcpus),
            Quota.Create(world.Project.Id, QuotaResource.MemoryMib, plan.MemoryMib), Quota.Create(world.Project.Id, QuotaResource.DiskGib, plan.DiskGib), Quota.Create(world.Project.Id, QuotaResource.Addresses, 1_000_000),
            Quota.Create(world.Project.Id, QuotaResource.Snapshots, plan.Snapshots));
        world.Network.Describe("10.9.0.0/16", IPAddress.Parse("10.9.0.1"), IPAddress.Parse("10.9.0.1"), AddressAt(1), AddressAt(plan.Addresses), "br0");
        world.Hosts = [.. Enumerable.Range(1, plan.Hosts).Select(n => HostThatAnswers($"hv{n}-{tag}", plan.HostMemoryMib))];
        db.AddRange(world.Hosts);
        world.Admin = Person(db, $"Root-{tag}", isAdmin: true);
        db.Add(new IdentityUserRole<Guid> { UserId = world.Admin.UserId, RoleId = await AdminRoleAsync(db) });
        world.Owner = Person(db, $"Olga-{tag}");
        world.Member = Person(db, $"Mia-{tag}");
        world.Viewer = Person(db, $"Vera-{tag}");
        world.Stranger = Person(db, $"Sam-{tag}");
        db.AddRange(ProjectMember.Create(world.Project.Id, world.Owner.UserId, ProjectRole.Owner), ProjectMember.Create(world.Project.Id, world.Member.UserId, ProjectRole.Member),
            ProjectMember.Create(world.Project.Id, world.Viewer.UserId, ProjectRole.Viewer));
        await db.SaveChangesAsync();
        return world;
    }

    /// <summary>A draft that would be taken; every one with a new name unless told.</summary>
    public RequestDraft Draft(string? name = null) =>
        new(Project.Id, name ?? $"web-{Interlocked.Increment(ref names):00}", Image.Id, Flavor.Id, Network.Id, SshKey, "For the tests");

    /// <summary>A machine in the books as if it had come all the way: its quota in use, and its room on its host taken.</summary>
    public async Task<Machine> AddMachineAsync(MachineState state = MachineState.Running, Host? host = null, string? name = null, IPAddress? address = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var id = Guid.CreateVersion7();
        var machine = Machine.Ask(id, Project.Id, name ?? $"old-{Interlocked.Increment(ref names):00}", Image, Flavor, Network.Id, address ?? AddressAt(Interlocked.Increment(ref addresses)), MacAddress.For(id), SshKey, Member.UserId, DateTimeOffset.UtcNow);
        if (state is not MachineState.Waiting and not MachineState.Deleted)
        {
            var home = host ?? Hosts[0];
            machine.LiveOn(home.Id);
            db.Add(Placement.Create(id, home.Id, PlacementPurpose.Home, machine.Vcpus, machine.MemoryMib));
            (await QuotaBooks.ReserveAsync(db, Project.Id, machine.CreatedBy, QuotaAmounts.OfMachine(machine.Size), CancellationToken.None)).ShouldBeNull();
            await QuotaBooks.UseReservedAsync(db, Project.Id, machine.CreatedBy, QuotaAmounts.OfMachine(machine.Size), CancellationToken.None);
        }
        machine.Become(state, null, DateTimeOffset.UtcNow);
        db.Add(machine);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return machine;
    }

    static async Task<Guid> AdminRoleAsync(PortalDbContext db)
    {
        var name = Roles.Admin.ToUpperInvariant();
        await db.Database.ExecuteSqlAsync($"""insert into "AspNetRoles" (id, name, normalized_name) values ({Guid.CreateVersion7()}, {Roles.Admin}, {name}) on conflict do nothing""");
        return await db.Roles.Where(r => r.NormalizedName == name).Select(r => r.Id).SingleAsync();
    }

    static IPAddress AddressAt(int number) => new([10, 9, (byte)(1 + (number >> 8)), (byte)number]);

    static Host HostThatAnswers(string name, long memoryMib)
    {
        var host = Host.Create(name, $"qemu+tls://{name}/system", null, "images", DateTimeOffset.UtcNow);
        host.Answered(new HostReport(Guid.NewGuid(), name, "EPYC", 8, memoryMib, "11.3.0", "10.0.2", "QEMU", "Tcg", [new("live-migration", true, null), new("quick-direct", true, null)]), DateTimeOffset.UtcNow);
        return host;
    }

    static Actor Person(PortalDbContext db, string name, bool isAdmin = false)
    {
        var user = new User { DisplayName = name, UserName = name, NormalizedUserName = name.ToUpperInvariant() };
        db.Add(user);
        return new Actor(user.Id, name, isAdmin ? PlatformRoles.Admin : PlatformRoles.None, "127.0.0.1");
    }
}
