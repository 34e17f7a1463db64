using Microsoft.EntityFrameworkCore;
using Portal.Domain;
using Portal.Domain.Accounts;
using Portal.Domain.Approvals;
using Portal.Domain.Audit;
using Portal.Domain.Catalog;
using Portal.Domain.Evacuations;
using Portal.Domain.Hosts;
using Portal.Domain.Machines;
using Portal.Domain.Migrations;
using Portal.Domain.Operations;
using Portal.Domain.Projects;
using Portal.Domain.Requests;
using Portal.Tests.Postgres;

namespace Portal.Tests.Domain.Access;

/// <summary>Every verb of the services, tried by an actor on things made for the try: <c>ok</c>, or the refusal's code.</summary>
sealed class Deeds
{
    readonly PostgresFixture postgres;
    readonly World world;

    public Deeds(PostgresFixture postgres, World world)
    {
        (this.postgres, this.world) = (postgres, world);
        All = new Dictionary<string, Func<Actor, Task<string>>>
        {
            ["see-machine"] = async actor => Seen(await Machines.GetAsync(actor, (await world.AddMachineAsync()).Id, Ct)),
            ["see-activity"] = async actor => Seen(await Machines.ActivityAsync(actor, (await world.AddMachineAsync()).Id, Ct)),
            ["see-request"] = async actor => Of(await Requests.GetAsync(actor, await AskAsync(), Ct)),
            ["see-move"] = async actor => Seen(await Moves.GetAsync(actor, (await MoveAsync()).Id, Ct)),
            ["see-operation"] = async actor => Seen(await Operations.GetAsync(actor, (await MoveAsync()).OperationId, Ct)),
            ["see-quota"] = async actor => Of(await postgres.Get<QuotaService>().GetAsync(actor, world.Project.Id, Ct)),
            ["see-catalog"] = async actor => Of(await postgres.Get<CatalogService>().GetAsync(actor, world.Project.Id, Ct)),
            ["see-project"] = async actor => Seen(await postgres.Get<ProjectService>().GetAsync(actor, world.Project.Id, Ct)),
            ["see-members"] = async actor => Seen(await Members.ListAsync(actor, world.Project.Id, Ct)),
            ["see-how-hosts-are-reached"] = async actor => (await Hosts.GetAsync(actor, world.Hosts[0].Id, Ct))!.Uri is null ? "hidden" : "ok",
            ["read-audit"] = async actor => Of(await postgres.Get<AuditService>().ListAsync(actor, new ListQuery(), Ct)),
            ["list-accounts"] = async actor => Of(await Accounts.ListAsync(actor, new ListQuery(), Ct)),
            ["ask-for-machine"] = async actor => Of(await Requests.SubmitAsync(actor, world.Draft(), Key, Ct)),
            ["preview-machine"] = async actor => Of(await Requests.PreviewAsync(actor, world.Draft(), Ct)),
            ["withdraw-others-request"] = async actor => Of(await Requests.WithdrawAsync(actor, await AskAsync(world.Owner), Ct)),
            ["approve-request"] = async actor => Of((await Approvals.ApproveAsync(actor, [await AskAsync()], null, Ct)).Single().Refusal),
            ["deny-request"] = async actor => Of((await Approvals.DenyAsync(actor, [await AskAsync()], "No room.", Ct)).Single().Refusal),
            ["switch-power"] = async actor => Of(await Machines.PowerAsync(actor, (await world.AddMachineAsync()).Id, PowerAction.Reset, Key, Ct)),
            ["delete-machine"] = async actor => await world.AddMachineAsync() is var machine ? Of(await Machines.DeleteAsync(actor, machine.Id, machine.Name, Key, Ct)) : "",
            ["cancel-power"] = async actor => Of(await Operations.CancelAsync(actor, (await Machines.PowerAsync(world.Member, (await world.AddMachineAsync()).Id, PowerAction.Reset, Key, Ct)).Value.Id, Ct)),
            ["plan-move"] = async actor => await Moves.PlanAsync(actor, (await world.AddMachineAsync()).Id, Ct) is { } plan ? Of(plan.WhyNot) : "not-found",
            ["move-machine"] = async actor => Of(await Moves.StartAsync(actor, (await world.AddMachineAsync()).Id, world.Hosts[1].Id, MigrationMode.Live, null, Key, Ct)),
            ["cancel-move"] = async actor => Of(await Operations.CancelAsync(actor, (await MoveAsync()).OperationId, Ct)),
            ["add-host"] = async actor => Of(await Hosts.AddAsync(actor, new HostDraft($"hv-{Key[..8]}", $"qemu+tls://{Key}/system", null, "images"), new HostReport(Guid.NewGuid(), "x", "EPYC", 8, 1024, "11.3.0", "10.0.2", "QEMU", "Tcg", []), Ct)),
            ["remove-host"] = async actor => Of(await Hosts.RemoveAsync(actor, world.Hosts[1].Id, Ct)),
            ["plan-maintenance"] = async actor => Of(await Evacuations.PlanAsync(actor, await HostAsync(), EvacuationKind.Empty, new EvacuationOrder(), Ct)),
            ["empty-host"] = async actor => Of(await Evacuations.StartAsync(actor, await HostAsync(), new EvacuationOrder(), Ct)),
            ["pause-emptying"] = async actor => Of(await Evacuations.PauseAsync(actor, (await EmptyAsync()).Id, Ct)),
            ["take-host-back"] = async actor => Of(await Evacuations.ReleaseAsync(actor, await EmptiedAsync(), null, Ct)),
            ["see-emptying"] = async actor => Seen(await Evacuations.GetAsync(actor, (await EmptyAsync()).Id, Ct)),
            ["create-project"] = async actor => Of(await Projects.CreateAsync(actor, new ProjectDraft($"New {Key[..8]}", new Dictionary<QuotaResource, long>()), Ct)),
            ["rename-project"] = async actor => Of(await Projects.RenameAsync(actor, world.Project.Id, $"Other {Key[..8]}", await VersionAsync(), Ct)),
            ["archive-project"] = async actor => Of(await Projects.ArchiveAsync(actor, world.Project.Id, await VersionAsync(), Ct)),
            ["add-member"] = async actor => Of(await Members.AddAsync(actor, world.Project.Id, (await postgres.HireAsync(PlatformRoles.None)).UserId, ProjectRole.Viewer, Ct)),
            ["change-member"] = async actor => await JoinAsync() is var (id, version) ? Of(await Members.ChangeRoleAsync(actor, world.Project.Id, id, ProjectRole.Owner, version, Ct)) : "",
            ["remove-member"] = async actor => await JoinAsync() is var (id, version) ? Of(await Members.RemoveAsync(actor, world.Project.Id, id, version, Ct)) : "",
            ["create-account"] = async actor => Of(await Accounts.CreateAsync(actor, new AccountDraft($"p{Key[..8]}", "Somebody", $"{Key}@example.org"), Ct)),
            ["change-roles"] = async actor => Of(await Accounts.ChangeRolesAsync(actor, await SomebodyAsync(), PlatformRoles.None, PlatformRoles.Auditor, Ct)),
            ["disable-account"] = async actor => Of(await Accounts.DisableAsync(actor, await SomebodyAsync(), Ct)),
            ["enable-account"] = async actor => Of(await Accounts.EnableAsync(actor, await SomebodyAsync(), Ct)),
            ["reset-password"] = async actor => Of(await Accounts.ResetPasswordAsync(actor, await SomebodyAsync(), Ct)),
        };
    }

    public IReadOnlyDictionary<string, Func<Actor, Task<string>>> All { get; }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static string Key => Guid.NewGuid().ToString();

    MachineService Machines => postgres.Get<MachineService>();

    RequestService Requests => postgres.Get<RequestService>();

    ApprovalService Approvals => postgres.Get<ApprovalService>();

    OperationService Operations => postgres.Get<OperationService>();

    MigrationService Moves => postgres.Get<MigrationService>();

    EvacuationService Evacuations => postgres.Get<EvacuationService>();

    HostService Hosts => postgres.Get<HostService>();

    ProjectChanges Projects => postgres.Get<ProjectChanges>();

    MemberService Members => postgres.Get<MemberService>();

    AccountService Accounts => postgres.Get<AccountService>();

    async Task<Guid> AskAsync(Actor? by = null) => (await Requests.SubmitAsync(by ?? world.Member, world.Draft(), Key, Ct)).Value.Id;

    async Task<MigrationRow> MoveAsync() => (await Moves.StartAsync(world.Admin, (await world.AddMachineAsync()).Id, world.Hosts[1].Id, MigrationMode.Live, null, Key, Ct)).Value;

    async Task<Guid> HostAsync() => (await Hosts.AddAsync(world.Admin, new HostDraft($"hv-{Key[..8]}", $"qemu+tls://{Key}/system", null, "images"),
        new HostReport(Guid.NewGuid(), "x", "EPYC", 8, 1024, "11.3.0", "10.0.2", "QEMU", "Tcg", []), Ct)).Value.Id;

    async Task<EvacuationRow> EmptyAsync() => (await Evacuations.StartAsync(world.Admin, await HostAsync(), new EvacuationOrder(), Ct)).Value.Evacuation;

    async Task<Guid> EmptiedAsync()
    {
        var row = await EmptyAsync();
        await postgres.Get<EvacuationDriver>().AdvanceAsync(row.Id, Ct);
        return row.HostId!.Value;
    }

    async Task<Guid> SomebodyAsync() => (await postgres.HireAsync(PlatformRoles.None)).UserId;

    async Task<(Guid Id, uint Version)> JoinAsync()
    {
        var added = (await Members.AddAsync(world.Admin, world.Project.Id, await SomebodyAsync(), ProjectRole.Viewer, Ct)).Value;
        return (added.UserId, added.Version);
    }

    async Task<uint> VersionAsync()
    {
        await using var db = await postgres.Contexts.CreateDbContextAsync(Ct);
        return await db.Projects.Where(p => p.Id == world.Project.Id).Select(p => p.Version).SingleAsync(Ct);
    }

    static string Of<T>(Result<T> result) => Of(result.Refusal);

    static string Of(Refusal? refusal) => refusal?.Code ?? "ok";

    static string Seen(object? thing) => thing is null ? "not-found" : "ok";
}
