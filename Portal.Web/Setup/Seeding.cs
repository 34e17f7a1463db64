using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Catalog;
using Portal.Domain.Policies;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Host = Portal.Domain.Hosts.Host;

namespace Portal.Web.Setup;

/// <summary>What a first run puts in the database. Running it again changes only what the lab changed.</summary>
public sealed class Seeding(PortalDbContext context, UserManager<User> users, RoleManager<IdentityRole<Guid>> roles, TimeProvider time)
{
    private static readonly (string Name, int Vcpus, int MemoryMib, int DiskGib)[] Flavors =
        [("tiny", 1, 96, 1), ("small", 1, 256, 2), ("medium", 2, 512, 8), ("large", 4, 1024, 16)];

    private static readonly (string Name, int Machines, int Vcpus, int MemoryMib, int DiskGib)[] Projects =
        [("Web shop", 10, 16, 4096, 80), ("Build farm", 6, 8, 2048, 40)];

    /// <summary>Writes everything in one transaction; returns what to tell the person who ran it.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(LabFile lab, CancellationToken cancellationToken)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        // Two seeds at once would both find nothing; the second waits here.
        await context.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtext('portal seed'))", cancellationToken);

        await HostsAsync(lab, cancellationToken);
        await NetworkAsync(lab.Network, cancellationToken);
        await ImagesAsync(lab.Images, cancellationToken);
        await FlavorsAsync(cancellationToken);
        var told = await AccountsAndProjectsAsync(cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await PolicyAsync(cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return told;
    }

    private async Task HostsAsync(LabFile lab, CancellationToken cancellationToken)
    {
        var known = await context.Hosts.ToDictionaryAsync(host => host.Name, cancellationToken);
        foreach (var host in lab.Hosts)
        {
            if (known.TryGetValue(host.Name, out var row))
                row.Locate(host.Uri, host.Address, lab.Pool);
            else
                context.Add(Host.Create(host.Name, host.Uri, host.Address, lab.Pool, time.GetUtcNow()));
        }
    }

    private async Task NetworkAsync(LabNetwork lab, CancellationToken cancellationToken)
    {
        var network = await context.Networks.FirstOrDefaultAsync(row => row.Name == lab.Name, cancellationToken) ?? context.Add(Network.Create(lab.Name)).Entity;
        network.Describe(lab.Cidr, IPAddress.Parse(lab.Gateway), IPAddress.Parse(lab.Dns), IPAddress.Parse(lab.First), IPAddress.Parse(lab.Last), lab.Bridge);
    }

    private async Task ImagesAsync(IReadOnlyList<LabImage> images, CancellationToken cancellationToken)
    {
        foreach (var image in images)
        {
            var row = await context.Images.FirstOrDefaultAsync(known => known.Name == image.Name, cancellationToken) ?? context.Add(Image.Create(image.Name)).Entity;
            row.Describe(image.Title, image.Description, image.Volume, image.Format, image.Sha256, image.User, image.MinMemoryMib, image.MinDiskGib, DeviceModel.Paravirtual);
        }
    }

    private async Task FlavorsAsync(CancellationToken cancellationToken)
    {
        var known = await context.Flavors.Select(flavor => flavor.Name).ToListAsync(cancellationToken);
        foreach (var flavor in Flavors.Where(flavor => !known.Contains(flavor.Name)))
            context.Add(Flavor.Create(flavor.Name, flavor.Vcpus, flavor.MemoryMib, flavor.DiskGib));
    }

    /// <summary>
    /// Rules to begin with, so that one sees what rules are. A machine for as long as one likes waits for an approver; one admin is enough
    /// for everything. They are written once: whoever deletes them all is not given them again.
    /// </summary>
    private async Task PolicyAsync(CancellationToken cancellationToken)
    {
        if (await context.PolicyRevisions.AnyAsync(cancellationToken))
            return;
        var tiny = await context.Flavors.Where(flavor => flavor.Name == "tiny").Select(flavor => flavor.Id).ToListAsync(cancellationToken);
        var approver = new ApprovalLevel([new(ApproverKind.Role, Role: Roles.Approver)], All: false);
        var owner = new ApprovalLevel([new(ApproverKind.ProjectOwners)], All: false);
        context.AddRange(
            ApprovalRule.Create(1, "A tiny machine for a week: at once", "Small, soon gone, and the project keeps half of its quota: nobody needs to look at it.", enabled: true,
                new RuleConditions(Kinds: [RequestKind.Create], Flavors: tiny, SharePercent: new(To: 50), LeaseDays: new(To: 7)),
                new RuleOutcome(PolicyOutcome.Approve, "Tiny machines for up to a week are approved at once.", []), null, time.GetUtcNow()),
            ApprovalRule.Create(2, "Large machines: an owner, then an approver", "From 4 vCPU on, the project says that it needs it before the platform says that there is room.", enabled: true,
                new RuleConditions(Kinds: [RequestKind.Create, RequestKind.Resize], Vcpus: new(From: 4)),
                new RuleOutcome(PolicyOutcome.Ask, null, [owner, approver], MayDecideOwn: true), null, time.GetUtcNow()),
            ApprovalRule.Create(3, "Everything else: an approver decides", "Whoever asked may decide too, so that one admin is enough to begin with. Switch that off here as soon as there are two.", enabled: true,
                RuleConditions.Any, new RuleOutcome(PolicyOutcome.Ask, null, [approver], MayDecideOwn: true), null, time.GetUtcNow()));
        await context.SaveChangesAsync(cancellationToken);
        await PolicyRevision.RaiseAsync(context, cancellationToken);
    }

    private async Task<IReadOnlyList<string>> AccountsAndProjectsAsync(CancellationToken cancellationToken)
    {
        if (await context.Users.AnyAsync(cancellationToken))
            return ["The accounts are as they were; their passwords were shown at the first run."];

        foreach (var role in Roles.All.Select(role => role.Name).Append(Roles.Member))
        {
            if (!await roles.RoleExistsAsync(role))
                Must(await roles.CreateAsync(new IdentityRole<Guid>(role) { Id = Guid.CreateVersion7() }));
        }

        var (admin, adminPassword) = await AccountAsync("admin", "Ada Admin", Roles.Admin, Roles.Member);
        var (member, memberPassword) = await AccountAsync("member", "Max Member", Roles.Member);
        foreach (var (name, machines, vcpus, memory, disk) in Projects)
        {
            var project = context.Add(Project.Create(name, time.GetUtcNow())).Entity;
            context.Add(ProjectMember.Create(project.Id, admin.Id, ProjectRole.Owner));
            context.Add(ProjectMember.Create(project.Id, member.Id, ProjectRole.Member));
            context.AddRange(
                Quota.Create(project.Id, QuotaResource.Machines, machines), Quota.Create(project.Id, QuotaResource.Vcpus, vcpus),
                Quota.Create(project.Id, QuotaResource.MemoryMib, memory), Quota.Create(project.Id, QuotaResource.DiskGib, disk), Quota.Create(project.Id, QuotaResource.Addresses, machines),
                Quota.Create(project.Id, QuotaResource.Snapshots, 2 * machines));
        }

        return ["These passwords are shown once:", $"  admin   {adminPassword}", $"  member  {memberPassword}"];
    }

    private async Task<(User User, string Password)> AccountAsync(string name, string displayName, params string[] held)
    {
        var password = RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 16);
        var user = new User { UserName = name, Email = $"{name}@portal.local", EmailConfirmed = true, DisplayName = displayName, LockoutEnabled = true };
        Must(await users.CreateAsync(user, password));
        foreach (var role in held)
            Must(await users.AddToRoleAsync(user, role));
        return (user, password);
    }

    private static void Must(IdentityResult result)
    {
        if (!result.Succeeded)
            throw new InvalidOperationException($"An account could not be made: {string.Join(" ", result.Errors.Select(error => error.Description))}");
    }
}
