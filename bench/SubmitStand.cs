using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Catalog;
using Portal.Domain.Machines;
using Portal.Domain.Projects;
using Portal.Domain.Requests;

namespace Portal.Bench;

/// <summary>A project with room for so many machines, and who asks for them.</summary>
sealed record SubmitProject(Guid Id, Actor Member);

/// <summary>The domain's services on a database, with a catalog, and projects to submit to.</summary>
sealed class SubmitStand : IAsyncDisposable
{
    const string SshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f bench@desk";

    readonly ServiceProvider _services;
    readonly RequestService _requests;
    int _names;

    SubmitStand(ServiceProvider services) => (_services, _requests) = (services, services.GetRequiredService<RequestService>());

    public Flavor Flavor { get; } = Flavor.Create("small", 1, 256, 2);

    public Image Image { get; } = Image.Create("micro");

    public Network Network { get; } = Network.Create("lab");

    public Project Project { get; } = Project.Create("bench", TimeProvider.System.GetUtcNow());

    public User User { get; } = new() { DisplayName = "Mia", UserName = "mia", NormalizedUserName = "MIA" };

    /// <summary>Whom every submit asks, and tells: without a rule of its own an organisation's approvers decide.</summary>
    User Approver { get; } = new() { DisplayName = "Ann", UserName = "ann", NormalizedUserName = "ANN" };

    IDbContextFactory<PortalDbContext> Contexts => _services.GetRequiredService<IDbContextFactory<PortalDbContext>>();

    public static async Task<SubmitStand> CreateAsync(string connection, CancellationToken ct)
    {
        var stand = new SubmitStand(new ServiceCollection().AddLogging().AddPortalDomain(connection).BuildServiceProvider());
        stand.Image.Describe("Micro", "busybox", "micro.qcow2", "qcow2", new string('0', 64), "root", 96, 1, DeviceModel.Paravirtual);
        stand.Network.Describe("10.0.0.0/8", IPAddress.Parse("10.0.0.1"), null, IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.255.255.254"), "br0");
        await using var db = await stand.Contexts.CreateDbContextAsync(ct);
        db.AddRange(stand.Flavor, stand.Image, stand.Network, stand.Project, stand.User, stand.Approver);
        var role = new IdentityRole<Guid>(Roles.Approver) { Id = Guid.CreateVersion7(), NormalizedName = Roles.Approver.ToUpperInvariant() };
        db.AddRange(role, new IdentityUserRole<Guid> { RoleId = role.Id, UserId = stand.Approver.Id });
        await db.SaveChangesAsync(ct);
        return stand;
    }

    /// <summary>Projects whose every limit is met exactly by so many machines.</summary>
    public async Task<IReadOnlyList<SubmitProject>> AddProjectsAsync(int count, int machines, CancellationToken ct)
    {
        await using var db = await Contexts.CreateDbContextAsync(ct);
        var takes = QuotaAmounts.OfMachine(Flavor.Size);
        var projects = new List<SubmitProject>();
        for (var n = 0; n < count; n++)
        {
            var project = db.Add(Project.Create($"bench-{Guid.CreateVersion7():n}", TimeProvider.System.GetUtcNow())).Entity;
            db.Add(ProjectMember.Create(project.Id, User.Id, ProjectRole.Member));
            db.AddRange(Enum.GetValues<QuotaResource>().Select(resource => Quota.Create(project.Id, resource, machines * takes.Of(resource))));
            projects.Add(new SubmitProject(project.Id, new Actor(User.Id, User.DisplayName, RemoteAddress: "127.0.0.1")));
        }
        await db.SaveChangesAsync(ct);
        return projects;
    }

    public Task<Result<RequestView>> SubmitAsync(SubmitProject project, CancellationToken ct)
    {
        var name = $"web-{Interlocked.Increment(ref _names)}";
        return _requests.SubmitAsync(project.Member, new RequestDraft(project.Id, name, Image.Id, Flavor.Id, Network.Id, SshKey, "To be measured"), name, ct);
    }

    /// <summary>Has the server's commits wait for its disk, or leaves that to its own settings again; returns when it does.</summary>
    public async Task WaitForDiskAsync(bool waits, CancellationToken ct)
    {
        foreach (var setting in (string[])["fsync", "synchronous_commit", "full_page_writes"])
            await RunAsync($"alter system {(waits ? $"set {setting} = on" : $"reset {setting}")}", ct);
        await RunAsync("select pg_reload_conf()", ct);
        // Each server process takes a new setting over on its own, between two statements: only new ones are sure to have it.
        await using var db = await Contexts.CreateDbContextAsync(ct);
        NpgsqlConnection.ClearPool((NpgsqlConnection)db.Database.GetDbConnection());
        while (waits && !await WaitsForDiskAsync(ct))
            await Task.Delay(50, ct);
    }

    /// <summary>Whether this server's commits wait for the disk.</summary>
    public async Task<bool> WaitsForDiskAsync(CancellationToken ct)
    {
        await using var db = await Contexts.CreateDbContextAsync(ct);
        return await db.Database.SqlQuery<bool>($"select current_setting('fsync') = 'on' and current_setting('synchronous_commit') <> 'off' as \"Value\"").SingleAsync(ct);
    }

    async Task RunAsync(string statement, CancellationToken ct)
    {
        await using var db = await Contexts.CreateDbContextAsync(ct);
        await db.Database.ExecuteSqlRawAsync(statement, ct);
    }

    public async ValueTask DisposeAsync()
    {
        await using (var db = await Contexts.CreateDbContextAsync())
            NpgsqlConnection.ClearPool((NpgsqlConnection)db.Database.GetDbConnection());
        await _services.DisposeAsync();
    }
}
